import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nothingIn, type HourCount } from '../../src/delivery/core/throughput.js';
import { addToHours, readHours, removeOldHours } from '../../src/delivery/tables/hour-table.js';
import { migrateTables, NEWEST_VERSION } from '../../src/app/migrations.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';

const available = await databasesAvailable();
const clock = { now: () => Date.now(), random: () => 0.5, id: () => randomUUID() as string };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const OURS = /^downstream_deliveries_(by_target|by_collection|open|open_by_target|causes|operation)$/;

describe.each(['sqlite', 'postgres', 'mysql'] as DatabaseKind[])('the tables on %s', (kind) => {
	const server = DATABASE_SERVERS[kind];
	const name = instanceName();
	const nodes: Knex[] = [];
	const here = available[kind] === null;
	const only = () => nodes[0] as Knex;

	beforeAll(async () => {
		if (!here) return;
		await server.create(name);
		nodes.push(server.connect(name), server.connect(name));
		await migrateTables(only(), clock, silent, 1);
	});
	afterAll(async () => {
		for (const node of nodes) await node.destroy();
		if (here) await server.drop(name);
	});

	const version = async () => (await only()('downstream_meta').where({ key: 'version' }).first('value')).value;
	const delivery = (number: number, change: object) => ({
		id: `0000000${number}-0000-7000-8000-000000000000`,
		kind: 'flush',
		target: 'a',
		status: 'delivered',
		collection: 'posts',
		item: String(number),
		event: 'update',
		reason: 'it was updated',
		changed_at: number,
		created_at: number,
		next_at: number,
		...change,
	});

	test.runIf(here)('go from version 1 to the newest with all that is in them, on two nodes at once', async () => {
		expect(await version()).toBe('1');
		expect(await only().schema.hasTable('downstream_hours')).toBe(false);
		const rows = [delivery(1, {}), delivery(2, { status: 'failed', error_code: 'HTTP_500', operation: 'o' })];
		await only()('downstream_deliveries').insert(rows);
		await Promise.all(nodes.map((node) => migrateTables(node, clock, silent)));
		expect(await version()).toBe(String(NEWEST_VERSION));
		expect(await only()('downstream_deliveries').select('id', 'status', 'operation').orderBy('id')).toEqual(
			rows.map((row) => ({ id: row.id, status: row.status, operation: 'operation' in row ? row.operation : null })),
		);
		expect((await indexes(only(), kind)).filter((index) => OURS.test(index))).toHaveLength(6);
	});

	test.runIf(here)('do so again without stumbling where it broke off half way', async () => {
		await only()('downstream_meta').where({ key: 'version' }).update({ value: '1' });
		await migrateTables(only(), clock, silent);
		expect(await version()).toBe(String(NEWEST_VERSION));
		expect((await indexes(only(), kind)).filter((index) => OURS.test(index))).toHaveLength(6);
	});

	test.runIf(here)(
		'let an older package go on where it would misread nothing, and keep it out where it would',
		async () => {
			const write = (key: string, value: number) => only()('downstream_meta').where({ key }).update({ value });
			await write('version', NEWEST_VERSION + 2);
			await migrateTables(only(), clock, silent);
			expect(await version()).toBe(String(NEWEST_VERSION + 2));
			await write('needs', NEWEST_VERSION + 1);
			await expect(migrateTables(only(), clock, silent)).rejects.toThrow(
				`need a package that knows version ${NEWEST_VERSION + 1}, but this one knows ${NEWEST_VERSION}`,
			);
			await write('version', NEWEST_VERSION);
			await write('needs', NEWEST_VERSION);
		},
	);

	test.runIf(here)('add up the hours that several nodes count, and forget old ones', async () => {
		const count = (target: string, hour: number, change: Partial<HourCount>) => ({
			...nothingIn(target, hour),
			...change,
		});
		const one = nothingIn('', 0).durations.map((_, range) => (range === 3 ? 1 : 0));
		const own = [
			count('b', 7_200_000, { delivered: 1, requests: 1, durations: one }),
			count('a', 7_200_000, { failed: 2 }),
			count('a', 3_600_000, { retried: 3 }),
		];
		const rounds = Array.from({ length: 10 }, (_, round) => (round % 2 === 0 ? own : own.toReversed()));
		await Promise.all(rounds.map((counts, round) => addToHours(nodes[round % 2] as Knex, counts)));
		const read = async () =>
			(await readHours(only(), 0)).toSorted((a, b) => a.hour - b.hour || (a.target < b.target ? -1 : 1));
		const sums = [
			count('a', 3_600_000, { retried: 30 }),
			count('a', 7_200_000, { failed: 20 }),
			count('b', 7_200_000, { delivered: 10, requests: 10, durations: one.map((number) => number * 10) }),
		];
		expect(await read()).toEqual(sums);
		expect(await readHours(only(), 7_200_000)).toHaveLength(2);
		await removeOldHours(only(), 7_200_000);
		expect(await read()).toEqual(sums.slice(1));
	});
});

async function indexes(knex: Knex, kind: DatabaseKind): Promise<string[]> {
	if (kind === 'sqlite') return (await knex('sqlite_master').where({ type: 'index' })).map((row) => String(row.name));
	if (kind === 'postgres') return (await knex('pg_indexes').select('indexname')).map((row) => String(row.indexname));
	const rows = await knex('information_schema.statistics')
		.distinct({ name: 'index_name' })
		.whereRaw('table_schema = database()');
	return rows.map((row) => String(row.name));
}
