import { expect, it } from 'vitest';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import { migrateTables } from '../app/migrations.js';
import { createRulesInForce } from './rules-in-force.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Nodes on one database, which count how often they have read the targets. */
async function nodes(count: number) {
	const database = memoryDatabase();
	const time = { now: 1_795_000_000_000 };
	let ids = 0;
	const clock = { now: () => time.now, random: () => 0.5, id: () => `id-${(ids += 1)}` };
	await migrateTables(database, clock, silent);
	const all = Array.from({ length: count }, () => {
		const node = { reads: 0 };
		const rules = createRulesInForce({
			database,
			clock,
			passed: () => time.now,
			getSchema: async () => ({ collections: {}, relations: [] }),
			readTargets: async () => ((node.reads += 1), []),
			ruleByHash: async () => null,
			changed: () => {},
		});
		return { node, rules };
	});
	for (const { rules } of all) await rules.reload();
	for (const { node } of all) node.reads = 0;
	return { database, time, all };
}

it('makes every node reload the rules when a change of a target could not notify them', async () => {
	const { database, time, all } = await nodes(3);
	const [saving] = all;
	saving?.rules.expect('never-written');
	expect(saving?.rules.stale()).toBe(true);
	for (let passed = 0; passed < 15_000; passed += 1_000, time.now += 1_000)
		for (const { rules } of all) await rules.refresh();
	expect(all.map(({ node }) => node.reads)).toEqual([1, 1, 1]);
	expect(all.map(({ rules }) => rules.stale())).toEqual([false, false, false]);
	await database.destroy();
});

it('reads nothing again where nothing has changed', async () => {
	const { database, time, all } = await nodes(2);
	for (let passed = 0; passed < 60_000; passed += 1_000, time.now += 1_000)
		for (const { rules } of all) await rules.refresh();
	expect(all.map(({ node }) => node.reads)).toEqual([0, 0]);
	await database.destroy();
});

it('plans nothing while the schema is changing, and has every node read the rules again once it is not', async () => {
	const { database, time, all } = await nodes(2);
	const [here, other] = all;
	here?.rules.schemaChanges();
	here?.rules.schemaChanges();
	await here?.rules.refresh();
	expect([here?.rules.stale(), here?.rules.isSettling()]).toEqual([true, true]);
	await here?.rules.schemaSettled();
	expect([here?.rules.stale(), here?.rules.isSettling()]).toEqual([false, false]);
	await other?.rules.refresh();
	expect(other?.node.reads).toBe(1);

	here?.rules.schemaChanges();
	const settled = here?.rules.schemaSettled();
	here?.rules.schemaChanges();
	await settled;
	expect(here?.rules.isSettling()).toBe(true);
	time.now += 10_000;
	expect(here?.rules.isSettling()).toBe(false);
	await database.destroy();
});

it('tells the other nodes of a burst of schema changes without a queue, and of its last one', async () => {
	const { database, all } = await nodes(2);
	const [here, other] = all;
	let updates = 0;
	database.on('query', ({ sql }: { sql: string }) => (updates += sql.startsWith('update') ? 1 : 0));
	for (let field = 0; field < 100; field += 1) here?.rules.schemaChanges();
	await here?.rules.schemaSettled();
	expect(updates).toBe(1);
	expect([here?.rules.stale(), here?.rules.isSettling()]).toEqual([false, false]);
	await other?.rules.refresh();
	expect(other?.node.reads).toBe(1);
	await database.destroy();
});
