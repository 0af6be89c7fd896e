import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kit/wait.js';
import { buildWatch } from '../../src/capture/core/watch.js';
import { createCapture } from '../../src/capture/capture.js';
import { hookHandle } from '../../src/capture/hook-handle.js';
import { tapStatements, type StatementTap } from '../../src/capture/statement-tap.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';
import { randomFrom } from '../kit/random.js';
import { collection, field } from '../schema-overview.js';

const available = await databasesAvailable();
const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const SCHEMA = {
	collections: { posts: collection('posts', [field('id', 'integer'), field('title', 'string')]) },
	relations: [],
};

/** What Directus tells of is recorded right before the commit: on the Knex that Directus brings, without Directus. */
describe.each((['sqlite', 'postgres', 'mysql'] as const).filter((kind) => available[kind] === null))(
	'changes that a transaction tells of, on %s',
	(kind: DatabaseKind) => {
		const server = DATABASE_SERVERS[kind];
		const name = instanceName();
		let knex: Knex;
		let tap: StatementTap | null;
		let capture: ReturnType<typeof createCapture>;
		let inserts = 0;
		let last = 0;
		const broken: unknown[] = [];
		const handle = (database: Knex) => hookHandle(database, {} as never, SCHEMA, tap);
		/** The activity of a write that nothing else tells of. */
		const tell = (database: Knex, ...items: number[]) =>
			capture.onActivity(
				items.map((item) => ({ action: 'update', collection: 'posts', item: String(item), user: null })),
				handle(database),
			);

		beforeAll(async () => {
			await server.create(name);
			knex = server.connect(name);
			await knex.schema.createTable('ledger', (table) => void table.integer('item'));
			// As an earlier version made it, without a column for traces.
			await knex.schema.createTable('downstream_outbox', (table) => {
				table.increments('id');
				for (const column of ['collection', 'item', 'event', 'user', 'source']) table.string(column);
				for (const column of ['before', 'fields']) table.text(column);
				table.bigInteger('at');
			});
			const watch = buildWatch([], SCHEMA, ['posts']);
			capture = createCapture({
				clock: { now: () => Date.now(), random: () => 0, id: () => '' },
				watch: () => watch,
				stale: () => false,
				refresh: () => Promise.resolve(),
				primary: (of) => (of === 'posts' ? 'id' : null),
				columns: () => [],
				isNumbered: () => true,
				seesStatements: () => true,
				rulesWritten: () => {},
				report: (what) => {
					throw new Error(what);
				},
				afterCommit: () => handle(knex),
				wake: () => {},
				broken: (error) => void broken.push(error),
			});
			tap = tapStatements(knex, capture.statements);
			const client = knex.client as { query(connection: unknown, query: { sql?: string } | string): unknown };
			const query = client.query;
			client.query = function counted(connection, asked) {
				if (typeof asked === 'object' && asked.sql?.startsWith('insert into')) inserts += 1;
				return query.call(this, connection, asked);
			};
		});
		afterAll(async () => {
			await knex.destroy();
			await server.drop(name);
		});

		async function recordedBy(work: () => PromiseLike<unknown>): Promise<string[]> {
			await work();
			const rows = await knex('downstream_outbox').where('id', '>', last).orderBy('id');
			last = rows.at(-1)?.id ?? last;
			return rows.map(({ item }) => item as string);
		}
		const undone = (work: (transaction: Knex.Transaction) => Promise<unknown>, within: Knex = knex) =>
			within
				.transaction(async (transaction) => {
					await work(transaction);
					throw new Error('undone');
				})
				.catch((error: unknown) => {
					if (!(error instanceof Error) || error.message !== 'undone') throw error;
				});

		it('are there once it is committed, in their order, and not when it is taken back', async () => {
			expect(await recordedBy(() => knex.transaction((transaction) => tell(transaction, 3, 1, 2)))).toEqual([
				'3',
				'1',
				'2',
			]);
			expect(await recordedBy(() => undone((transaction) => tell(transaction, 4)))).toEqual([]);
			expect(await recordedBy(() => knex.transaction((transaction) => tell(transaction, 5)))).toEqual(['5']);
		});

		it('are there at once outside a transaction', async () => {
			expect(await recordedBy(() => tell(knex, 1))).toEqual(['1']);
		});

		it('are what the transaction leaves, whatever savepoints it goes back to, and however much there is', async () => {
			const random = randomFrom(SEED);
			let item = 0;
			async function some(transaction: Knex.Transaction, depth: number): Promise<void> {
				for (let step = 0; step < 6; step += 1) {
					const choice = random();
					if (choice < 0.5) {
						const items = Array.from({ length: choice < 0.05 ? 600 : 1 + Math.floor(random() * 3) }, () => (item += 1));
						await tell(transaction, ...items);
						await transaction.batchInsert(
							'ledger',
							items.map((item) => ({ item })),
							100,
						);
					} else if (choice < 0.6) {
						await transaction('downstream_outbox').count();
					} else if (depth < 3) {
						if (random() < 0.5) await undone((nested) => some(nested, depth + 1), transaction);
						else await transaction.transaction((nested) => some(nested, depth + 1));
					}
				}
			}
			for (let round = 0; round < 12; round += 1) {
				const isUndone = random() < 0.2;
				const recorded = await recordedBy(() =>
					isUndone
						? undone((transaction) => some(transaction, 0))
						: knex.transaction((transaction) => some(transaction, 0)),
				);
				const wanted = (await knex('ledger').orderBy('item')).map((row) => String(row.item));
				expect(recorded, `seed ${SEED}, round ${round}`).toEqual(wanted);
				await knex('ledger').delete();
			}
		});

		it('are read by who reads the outbox in the same transaction', async () => {
			const seen: number[] = [];
			const work = (transaction: Knex.Transaction) =>
				tell(transaction, 1, 2).then(async () => {
					const rows = await transaction('downstream_outbox').where('id', '>', last).select('id');
					seen.push(rows.length);
					await tell(transaction, 3);
				});
			expect(await recordedBy(() => knex.transaction(work))).toEqual(['1', '2', '3']);
			expect(seen).toEqual([2]);
		});

		it('cost one statement for a hundred', async () => {
			inserts = 0;
			const work = async (transaction: Knex.Transaction) => {
				for (let item = 0; item < 1_000; item += 1) await tell(transaction, item);
			};
			expect(await recordedBy(() => knex.transaction(work))).toHaveLength(1_000);
			// On PostgreSQL and SQLite they go past Knex.
			expect(inserts).toBe(kind === 'mysql' ? 10 : 0);
		});

		it('are recorded later where the outbox cannot be written, and not where the transaction is taken back', async () => {
			await knex.schema.renameTable('downstream_outbox', 'outbox_away');
			broken.length = 0;
			await knex.transaction(async (transaction) => {
				for (let item = 0; item < 700; item += 1) await tell(transaction, item);
				await transaction('ledger').insert({ item: 1 });
				await undone((nested) => tell(nested, 7_000), transaction);
			});
			await undone((transaction) => tell(transaction, 8_000));
			await until(async () => capture.unwritten() === 700, { message: 'the changes to be kept' });
			expect(broken.length).toBeGreaterThanOrEqual(1);
			expect(await knex('ledger').pluck('item')).toEqual([1]);
			await knex('ledger').delete();
			await knex.schema.renameTable('outbox_away', 'downstream_outbox');
			const recorded = await recordedBy(() => capture.recordLater([]));
			expect(recorded).toEqual(Array.from({ length: 700 }, (_, item) => String(item)));
		});

		it('are recorded later where a save of one item finds the outbox away', async () => {
			await knex.schema.renameTable('downstream_outbox', 'outbox_away');
			broken.length = 0;
			await knex.transaction(async (transaction) => {
				await tell(transaction, 1);
				await transaction('ledger').insert({ item: 1 });
			});
			// It is tried again right after the commit, in vain.
			await until(async () => capture.unwritten() === 1, { message: 'the change to be kept' });
			expect(broken.length).toBeGreaterThan(0);
			expect(await knex('ledger').pluck('item')).toEqual([1]);
			await knex('ledger').delete();
			await knex.schema.renameTable('outbox_away', 'downstream_outbox');
			expect(await recordedBy(() => capture.recordLater([]))).toEqual(['1']);
		});

		it.runIf(kind !== 'mysql')(
			'are not recorded where the COMMIT is refused, and whoever commits hears of it',
			async () => {
				broken.length = 0;
				await knex.schema.createTable('parents', (table) => void table.integer('id').primary());
				await knex.raw('create table children (parent integer references parents (id) deferrable initially deferred)');
				if (kind === 'sqlite') await knex.raw('PRAGMA foreign_keys = ON');
				const orphan = (items: number) =>
					knex.transaction(async (transaction) => {
						await tell(transaction, ...Array.from({ length: items }, (_, item) => item));
						await transaction('children').insert({ parent: 4_242 });
					});
				for (const items of [1, 300]) {
					const refused = async () => {
						await expect(orphan(items)).rejects.toThrow(/foreign key/i);
						// On SQLite a COMMIT that is refused leaves the transaction open, which Knex does not know.
						if (kind === 'sqlite') await knex.raw('rollback');
					};
					expect(await recordedBy(refused)).toEqual([]);
				}
				expect(await recordedBy(() => capture.recordLater([]))).toEqual([]);
				expect(broken).toEqual([]);
				expect(await recordedBy(() => knex.transaction((transaction) => tell(transaction, 9)))).toEqual(['9']);
				await knex.schema.dropTable('children');
				await knex.schema.dropTable('parents');
			},
		);

		it('keep their old values as they are, whatever is in them', async () => {
			const title = `it's "a" \\? ? \\ %s $1 :x \n; commit -- /* ü 🙂 */ ''`;
			const read = { columns: { title }, between: null, related: null };
			for (const columns of kind === 'postgres' ? [read] : [read, { ...read, columns: { title: `${title}\u0000.` } }]) {
				const work = (transaction: Knex.Transaction) => {
					const change = { collection: 'posts', item: "o'clock", event: 'update', at: 1, user: null } as const;
					expect(
						handle(transaction).keep([{ change: { ...change, before: columns, source: 'hand' }, read: null }]),
					).toBe(true);
					return Promise.resolve();
				};
				expect(await recordedBy(() => knex.transaction(work))).toEqual(["o'clock"]);
				const row = await knex('downstream_outbox').where({ id: last }).first();
				expect(row).toMatchObject({ at: expect.anything(), event: 'update', user: null, source: 'hand' });
				expect(JSON.parse(row.before)).toEqual({ columns: columns.columns });
			}
		});

		it('are split by their size', async () => {
			const before = { columns: { title: 'x'.repeat(700_000) }, between: null, related: null };
			const change = (item: string) =>
				({ collection: 'posts', item, event: 'update', at: 0, user: null, before, source: 'hand' }) as const;
			if (kind === 'mysql') await knex.raw('alter table downstream_outbox modify `before` longtext');
			inserts = 0;
			expect(await recordedBy(() => handle(knex).record(['1', '2', '3'].map(change)))).toEqual(['1', '2', '3']);
			expect(inserts).toBe(3);
		});

		it.runIf(kind === 'mysql')('are committed with what MySQL commits by itself', async () => {
			const work = async (transaction: Knex.Transaction) => {
				await tell(transaction, 1);
				await transaction.raw('create table made (a int)');
				await tell(transaction, 2);
			};
			expect(await recordedBy(() => undone(work))).toEqual(['1', '2']);
			await knex.schema.dropTable('made');
		});

		it.runIf(kind === 'postgres')('are not recorded where a failed transaction is committed all the same', async () => {
			broken.length = 0;
			const work = async (transaction: Knex.Transaction) => {
				await tell(transaction, 1);
				await transaction.raw('select * from nowhere').catch(() => {});
			};
			expect(await recordedBy(() => knex.transaction(work))).toEqual([]);
			expect(await recordedBy(() => capture.recordLater([]))).toEqual([]);
			expect(broken).toEqual([]);
		});

		it.runIf(kind === 'postgres')('stay with a transaction that is ended by one of several statements', async () => {
			const work = async (transaction: Knex.Transaction) => {
				await tell(transaction, 1);
				await transaction.raw('select 1; commit');
			};
			expect(await recordedBy(() => undone(work))).toEqual(['1']);
		});
	},
);
