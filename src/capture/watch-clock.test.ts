import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterEach, expect, it, vi } from 'vitest';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import type { CompiledRule } from './core/watch.js';
import { migrateTables } from '../app/migrations.js';
import { createClockWatch } from './watch-clock.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const START = 1_795_000_000_000;

afterEach(() => void vi.useRealTimers());

/** Tables without Directus; items are a list of moments, and time stands still unless it is told. */
async function worldOf(moments: ReadonlyMap<string, number>, rules = [onPublishing()]) {
	vi.useFakeTimers({ toFake: ['Date'], now: START });
	const database = memoryDatabase();
	await migrateTables(database, { now: () => Date.now(), random: () => 0.5, id: () => 'one' }, silent);
	const asked: string[] = [];
	const queries: string[] = [];
	database.on('query', ({ sql }: { sql: string }) => queries.push(sql));
	const items = {
		reached: async (_collection: string, field: string, after: Date, upTo: Date, limit: number) => {
			asked.push(field);
			const passed = [...moments].filter(([, at]) => at > after.getTime() && at <= upTo.getTime());
			const found = passed.toSorted((a, b) => a[1] - b[1]).map(([item]) => item);
			return limit < 0 ? found : found.slice(0, limit);
		},
	};
	/** A process: what it knows is gone with it, and the tables stay. */
	const node = () =>
		createClockWatch({ database, items, rules: { watch: () => ({ rules }) }, logger: silent, engine: { wake() {} } });
	const wait = (ms: number) => vi.setSystemTime(Date.now() + ms);
	return { database, node, wait, asked, queries, recorded: () => recordedIn(database) };
}

function onPublishing(field = 'publish_on'): CompiledRule {
	return {
		rule: { collection: 'articles', events: ['update'], payload: ['id'], at: [field] },
		moments: [{ field, variable: '$NOW' }],
	} as unknown as CompiledRule;
}

const recordedIn = async (database: Knex): Promise<string[]> =>
	(await database('downstream_outbox').orderBy('id').select<{ item: string }[]>('item')).map(({ item }) => item);

it('catches up once with what passed while no process ran', async () => {
	const world = await worldOf(
		new Map([
			['long ago', START - 1],
			['while it was down', START + 5_000],
			['in a while', START + 3_600_000],
		]),
	);
	await world.node().tick();
	world.wait(60_000);
	const restarted = world.node();
	await restarted.tick();
	expect(await world.recorded()).toEqual(['while it was down']);
	await restarted.tick();
	await world.node().tick();
	expect(await world.recorded()).toEqual(['while it was down']);
	await world.database.destroy();
});

it('records every moment once and in its order, however many nodes look, stop and start, and however many pass at once', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.nat(40_000), { maxLength: 60 }),
			fc.array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 3 }), fc.boolean()), {
				minLength: 1,
				maxLength: 12,
			}),
			fc.boolean(),
			async (offsets, turns, areMany) => {
				// More at one moment than are recorded in one transaction.
				const many = areMany ? Array.from({ length: 1_100 }, () => 7) : [];
				const moments = new Map([...offsets, ...many].map((offset, index) => [`item-${index}`, START + offset]));
				const world = await worldOf(moments);
				let nodes = [world.node(), world.node(), world.node()];
				await Promise.all(nodes.map((node) => node.tick()));
				for (const [ms, count, isRestart] of turns) {
					world.wait(ms);
					if (isRestart) nodes = nodes.map(world.node);
					await Promise.all(nodes.slice(0, count).map((node) => node.tick()));
				}
				world.wait(60_000);
				await world.node().tick();
				const recorded = await world.recorded();
				const passed = [...moments].filter(([, at]) => at > START).map(([item]) => item);
				expect(recorded.toSorted()).toEqual(passed.toSorted());
				const times = recorded.map((item) => moments.get(item) ?? 0);
				expect(times).toEqual(times.toSorted((a, b) => a - b));
				await world.database.destroy();
			},
		),
		{ numRuns: 25 },
	);
});

it('asks nothing at all where no rule depends on the clock', async () => {
	const plain = { rule: { collection: 'articles' }, moments: [] } as unknown as CompiledRule;
	const world = await worldOf(new Map(), [plain]);
	world.queries.splice(0);
	const node = world.node();
	for (let turn = 0; turn < 5; turn += 1) {
		await node.tick();
		world.wait(1_000);
	}
	expect(world.queries).toEqual([]);
	expect(world.asked).toEqual([]);
	await world.database.destroy();
});

it('spends a tenth of the time at the most on a table without an index, and says once what would help', async () => {
	const world = await worldOf(new Map());
	const warnings: string[] = [];
	let scans = 0;
	let taken = 0;
	const slow = async () => {
		scans += 1;
		const ms = scans <= 10 ? 50 : scans <= 30 ? 500 : 2_000;
		taken += ms;
		world.wait(ms);
		return [];
	};
	const node = createClockWatch({
		database: world.database,
		items: { reached: slow },
		rules: { watch: () => ({ rules: [onPublishing()] }) },
		logger: { ...silent, warn: (text: string) => void warnings.push(text) },
		engine: { wake() {} },
	});
	for (let turn = 0; turn < 11; turn += 1, world.wait(1_000)) await node.tick();
	expect(scans).toBe(10);
	[scans, taken] = [10, 0];
	const from = Date.now();
	for (; Date.now() - from < 600_000; world.wait(1_000)) await node.tick();
	expect(taken / (Date.now() - from)).toBeLessThan(0.11);
	expect(scans).toBeGreaterThan(30);
	expect(warnings).toEqual([expect.stringMatching(/ publish_on of articles .*index/)]);
	await world.database.destroy();
});

it('looks once for what several rules depend on, and writes nothing while nothing passes', async () => {
	const world = await worldOf(new Map(), [onPublishing(), onPublishing(), onPublishing('expires_on')]);
	const node = world.node();
	await node.tick();
	world.queries.splice(0);
	world.wait(1_000);
	await node.tick();
	expect(world.asked.toSorted()).toEqual(['expires_on', 'publish_on']);
	expect(world.queries.filter((sql) => !sql.startsWith('select'))).toEqual([]);
	await world.database.destroy();
});
