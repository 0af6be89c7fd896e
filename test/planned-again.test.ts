import { expect, it } from 'vitest';
import { createOutboxPlanner } from '../src/app/plan-outbox.js';
import { migrateTables } from '../src/app/migrations.js';
import { buildWatch, compileRule } from '../src/capture/core/watch.js';
import { insertChanges } from '../src/capture/tables/outbox-table.js';
import { createSharedTransaction } from '../src/kernel/database/shared-transaction.js';
import { memoryDatabase } from './kit/memory-database.js';
import { collection, field } from './schema-overview.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const schema = {
	collections: { posts: collection('posts', [field('id', 'integer'), field('title', 'string')]) },
	relations: [],
};
const rule = compileRule(
	{ collection: 'posts', events: ['create', 'update'], payload: ['title'], when: { title: { _nnull: true } } },
	'target',
	0,
	schema,
);

/** An outbox with changes of three items, and a planner whose reads of items fail so many times with an error. */
async function worldWhere(error: Error, failures: number) {
	const database = memoryDatabase();
	let [time, ids, left] = [1_000, 0, failures];
	const clock = { now: () => (time += 1), random: () => 0.5, id: () => String(++ids).padStart(4, '0') };
	await migrateTables(database, clock, silent);
	const change = { collection: 'posts', event: 'update', user: null, before: null, source: 'activity' } as const;
	const edit = (...keys: string[]) =>
		insertChanges(
			database,
			keys.map((item) => ({ ...change, item, at: clock.now() })),
		);
	await edit('1', '2', '3');
	const row = (id: string) => [id, { id: Number(id), title: `title ${id}` }] as const;
	async function read(_collection: string, keys: string[]) {
		if (left-- > 0) throw error;
		return new Map(keys.map(row));
	}
	const items = {
		read,
		columns: read,
		matching: async (name: string, keys: string[]) => new Set((await read(name, keys)).keys()),
		cast: async (_collection: string, rows: object[]) => rows,
		revisions: async () => [],
	};
	const watch = buildWatch([rule], schema);
	const rules = {
		refresh: async () => {},
		reload: async () => {},
		isSettling: () => false,
		watch: () => watch,
		target: () => null,
	};
	const sync = { plan: async () => ({ deliveries: [] }), keepPlan: async () => {}, hasMoved: () => false };
	const plan = createOutboxPlanner({
		database,
		clock,
		logger: silent,
		rules: rules as never,
		plan: { items: items as never, clock, primary: () => 'id' },
		sync: sync as never,
		together: createSharedTransaction(database),
	});
	return {
		plan,
		edit,
		async planned() {
			const rows: { item: string; as_it_was: number }[] = await database('downstream_deliveries').orderBy('item');
			return rows.map(({ item, as_it_was: asItWas }) => ({ item, isWithoutValues: Number(asItWas) === 1 }));
		},
		waiting: async () => (await database('downstream_outbox').select('id')).length,
		stop: () => database.destroy(),
	};
}

const withValues = ['1', '2', '3'].map((item) => ({ item, isWithoutValues: false }));

it.each([
	['ends the connection', new Error('Connection terminated unexpectedly')],
	['shuts down', Object.assign(new Error('the database system is shutting down'), { code: '57P03' })],
	['has no connection left', Object.assign(new Error('Knex: Timeout'), { name: 'KnexTimeoutError' })],
])('plans changes again, with their values, when the database %s', async (_what, error) => {
	const { plan, planned, waiting, stop } = await worldWhere(error, 3);
	for (let round = 0; round < 3; round++) {
		await expect(plan()).rejects.toThrow(error.message);
		expect(await waiting()).toBe(3);
	}
	await plan();
	expect(await planned()).toEqual(withValues);
	expect(await waiting()).toBe(0);
	await stop();
});

it('sends them to be safe where the database never answers what a rule asks', async () => {
	const { plan, edit, planned, waiting, stop } = await worldWhere(
		new Error('Connection terminated unexpectedly'),
		10_000,
	);
	for (let round = 0; round < 30 && (await planned()).length === 0; round++) await plan().catch(() => {});
	expect(await planned()).toEqual(withValues.map((row) => ({ ...row, isWithoutValues: true })));
	// And does not wait as long for each change that follows.
	await edit('4');
	await plan();
	expect(await waiting()).toBe(0);
	await stop();
});
