import fc from 'fast-check';
import type { Knex } from 'knex';
import { expect, it } from 'vitest';
import { createClockWatch } from '../../src/capture/watch-clock.js';
import type { CompiledRule } from '../../src/capture/core/watch.js';
import { readDatabaseTime } from '../../src/kernel/database/database-time.js';
import { migrateTables } from '../../src/app/migrations.js';
import { insertChanges, readOutbox } from '../../src/capture/tables/outbox-table.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';
import { until } from '../kit/wait.js';
import { anyChanges } from './outbox-values.js';

const available = await databasesAvailable();
const kinds = (Object.keys(DATABASE_SERVERS) as DatabaseKind[]).filter((kind) => available[kind] === null);

it.each(kinds)('reads the time of %s in ms since 1970, whatever the time zone of the connection', async (kind) => {
	const [name, server] = [instanceName(), DATABASE_SERVERS[kind]];
	await server.create(name);
	const database = server.connect(name);
	if (kind === 'mysql') await database.raw("set time_zone = '+05:30'");
	if (kind === 'postgres') await database.raw("set time zone 'Asia/Kolkata'");
	const [before, told, after] = [Date.now(), await readDatabaseTime(database), Date.now()];
	if (kind === 'sqlite') expect(told).toBeNull();
	else {
		expect(told).toBeGreaterThanOrEqual(before - 50);
		expect(told).toBeLessThanOrEqual(after + 50);
	}
	await database.destroy();
	await server.drop(name);
});

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => Date.now(), random: () => 0.5, id: () => crypto.randomUUID() };

/** Our tables on a database of their own, without Directus. */
async function withTables(kind: DatabaseKind, work: (connect: () => Knex) => Promise<void>): Promise<void> {
	const [name, server] = [instanceName(), DATABASE_SERVERS[kind]];
	await server.create(name);
	const open: Knex[] = [];
	const connect = () => {
		const database = server.connect(name);
		open.push(database);
		return database;
	};
	try {
		await migrateTables(connect(), clock, silent);
		await work(connect);
	} finally {
		for (const database of open) await database.destroy();
		await server.drop(name);
	}
}

it.each(kinds)('keeps every old value as it was on %s, within a save and after it', async (kind) => {
	await withTables(kind, async (connect) => {
		const database = connect();
		await fc.assert(
			fc.asyncProperty(anyChanges, fc.boolean(), fc.boolean(), async (changes, isWithin, isOldStyle) => {
				if (!isWithin) await insertChanges(database, changes);
				else
					await database.transaction(async (transaction) => {
						if (kind === 'postgres' && isOldStyle) await transaction.raw('set local standard_conforming_strings = off');
						await insertChanges(transaction, changes);
					});
				const read = await readOutbox(database, 100);
				await database('downstream_outbox').delete();
				const told = read.map(({ item, event, before, between, fields }) => ({ item, event, before, between, fields }));
				expect(told).toEqual(
					changes.map(({ item, event, before, fields }) => ({
						item,
						event,
						before: before?.columns,
						between: before?.between,
						fields,
					})),
				);
			}),
			{ numRuns: 60, ...(process.env['SEED'] ? { seed: Number(process.env['SEED']) } : {}) },
		);
	});
});

it.each(kinds)('records a moment that passes once on %s, however many nodes look', async (kind) => {
	await withTables(kind, async (connect) => {
		const database = connect();
		await database.schema.createTable('articles', (table) => {
			table.integer('id').primary();
			table.bigInteger('publish_on');
		});
		const rule = {
			rule: { collection: 'articles', events: ['update'], payload: ['id'], at: ['publish_on'] },
			moments: [{ field: 'publish_on', variable: '$NOW' }],
		} as unknown as CompiledRule;
		const nodeOn = (own: Knex) =>
			createClockWatch({
				database: own,
				items: {
					reached: async (_collection, field, after, upTo, limit) => {
						const passed = own('articles').where(field, '>', after.getTime()).andWhere(field, '<=', upTo.getTime());
						const rows = await passed.orderBy(field).limit(limit < 0 ? 10_000 : limit);
						return (rows as { id: number }[]).map(({ id }) => String(id));
					},
				},
				rules: { watch: () => ({ rules: [rule] }) },
				logger: silent,
				engine: { wake() {} },
			});
		const nodes = [nodeOn(connect()), nodeOn(connect()), nodeOn(connect())];
		await Promise.all(nodes.map((node) => node.tick()));
		const now = Date.now();
		await database('articles').insert(Array.from({ length: 40 }, (_, id) => ({ id, publish_on: now + 20 * id })));
		const recorded = async () =>
			(await database('downstream_outbox').select<{ item: string }[]>('item')).map(({ item }) => Number(item));
		await until(async () => {
			await Promise.all(nodes.map((node) => node.tick()));
			return (await recorded()).includes(39);
		});
		await Promise.all([...nodes, nodeOn(database)].map((node) => node.tick()));
		expect((await recorded()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, id) => id));
	});
});
