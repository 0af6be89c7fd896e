import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCatchUp } from '../../src/capture/catch-up.js';
import { migrateTables } from '../../src/app/migrations.js';
import { insertChanges } from '../../src/capture/tables/outbox-table.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { DATABASE_SERVERS } from '../kit/database-servers.js';
import { instanceName } from '../kit/leftovers.js';

const seed = Number(process.env['CATCH_UP_SEED'] ?? Date.now() % 1_000_000);
const available = await databasesAvailable();
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clock = { now: () => Date.now(), random: () => 0.5, id: () => crypto.randomUUID() };

/** What the tables are asked is the same for every Directus, so none is started: this is about three databases. */
for (const kind of ['sqlite', 'postgres', 'mysql'] as const) {
	describe.runIf(available[kind] === null)(
		`making up for what was missed on ${kind} (seed ${seed})`,
		{ timeout: 120_000 },
		() => {
			const name = instanceName();
			let database: Knex;
			let began: number;
			beforeAll(async () => {
				await DATABASE_SERVERS[kind].create(name);
				database = DATABASE_SERVERS[kind].connect(name);
				if (kind === 'sqlite') await database.raw('pragma synchronous = off');
				await migrateTables(database, clock, logger);
				// As Directus makes it.
				await database.schema.createTable('directus_activity', (table) => {
					table.increments();
					table.string('action', 45).notNullable();
					table.uuid('user');
					table.timestamp('timestamp').defaultTo(database.fn.now()).notNullable();
					table.string('collection', 64).notNullable();
					table.string('item', 255).notNullable();
				});
			});
			afterAll(async () => {
				await database?.destroy();
				await DATABASE_SERVERS[kind].drop(name);
			});
			beforeEach(async () => {
				for (const table of ['directus_activity', 'downstream_outbox', 'downstream_deliveries'])
					await database(table).delete();
				await database('downstream_meta').where({ key: 'activity' }).delete();
				// Whole seconds: MySQL keeps no more of a timestamp.
				began = Math.floor(Date.now() / 1_000) * 1_000 - 3_600_000;
			});

			const made = (watched = ['posts', 'tags']) =>
				createCatchUp({
					database,
					clock,
					logger,
					watched: () => watched,
					untracked: () => [],
					isRecorded: () => true,
					wake: () => {},
				});
			const act = async (action: string, collection: string, item: string, at: number) =>
				database('directus_activity').insert({ action, collection, item, timestamp: new Date(began + at) as never });
			const newest = async () => Number((await database('directus_activity').max({ id: 'id' }).first())?.['id'] ?? 0);
			const outbox = async (): Promise<string[]> =>
				(await database('downstream_outbox').select('collection', 'item', 'event').orderBy('id')).map(
					(row: Record<string, string>) => `${row['event']} ${row['collection']}/${row['item']}`,
				);
			const mark = async () => (await database('downstream_meta').where({ key: 'activity' }).first('value'))?.value;

			test('records nothing, and notes where it begins, when it starts for the first time', async () => {
				await act('create', 'posts', '1', 0);
				await made().catchUp(await newest());
				expect(await outbox()).toEqual([]);
				expect(Number(await mark())).toBe(await newest());
			});

			test('records exactly what was missed, whatever was recorded, planned, or is not watched', async () => {
				const write = fc.record({
					event: fc.constantFrom('create', 'update', 'delete', 'comment'),
					collection: fc.constantFrom('posts', 'tags', 'others'),
					item: fc.integer({ min: 1, max: 6 }).map(String),
					fate: fc.constantFrom('missed', 'outbox', 'planned'),
				});
				await fc.assert(
					fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
						for (const table of ['directus_activity', 'downstream_outbox', 'downstream_deliveries'])
							await database(table).delete();
						await act('create', 'posts', '0', -60_000);
						const first = made();
						await first.catchUp(await newest());
						await database('downstream_meta')
							.where({ key: 'activity' })
							.update({ value: String(await newest()) });
						// Half a minute apart, each about an item of its own: whether it is recorded depends on nothing else.
						for (const [index, { event, collection, item, fate }] of writes.entries()) {
							const key = `${index}-${item}`;
							await act(event, collection, key, index * 30_000);
							const at = began + index * 30_000 + 20;
							if (fate === 'outbox')
								await insertChanges(database, [
									{ collection, item: key, event: event as 'create', at, user: null, before: null, source: 'activity' },
								]);
							if (fate === 'planned')
								await database('downstream_deliveries').insert({
									id: crypto.randomUUID(),
									kind: 'flush',
									target: 't',
									status: 'delivered',
									collection,
									item: key,
									event,
									reason: '',
									changed_at: at,
									created_at: at + 30,
									next_at: at,
								});
						}
						const before = await outbox();
						await made().catchUp(await newest());
						const missed = writes.flatMap(({ event, collection, item, fate }, index) =>
							fate === 'missed' && collection !== 'others' && event !== 'comment'
								? [`${event} ${collection}/${index}-${item}`]
								: [],
						);
						expect((await outbox()).slice(before.length)).toEqual(missed);
						expect(Number(await mark())).toBe(await newest());
					}),
					{ seed, numRuns: 2 },
				);
			});

			test('records whole collections when there was too much, or the activity is gone', async () => {
				await act('create', 'posts', '1', 0);
				await made().catchUp(await newest());
				await act('update', 'posts', '2', 1_000);
				await act('update', 'posts', '3', 2_000);
				const upTo = await newest();
				await database('directus_activity').where('id', '<', upTo).delete();
				const again = made();
				await again.catchUp(upTo);
				expect(await outbox()).toEqual(['update posts/*', 'update tags/*']);
				expect(again.result()).toMatchObject({ changes: 2 });
			});

			test('moves the mark with what is recorded, and not before it has caught up', async () => {
				const one = made();
				await act('create', 'posts', '1', 0);
				await one.moveMark();
				expect(await mark()).toBeUndefined();
				await one.catchUp(await newest());
				await act('create', 'posts', '2', 1_000);
				await one.moveMark();
				expect(Number(await mark())).toBe(await newest());
				expect(await outbox()).toEqual([]);
			});
		},
	);
}
