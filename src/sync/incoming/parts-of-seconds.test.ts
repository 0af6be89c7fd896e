import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../test/kit/random.js';
import { digestCollection } from '../compare/compare.js';
import { EXAMPLE_MODELS } from '../../../test/fixtures/example-database.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { ReadSyncedPorts } from '../compare/read-synced.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['SYNC_SEED'] ?? Date.now() % 1_000_000);
const ID = 'd0000000-0000-4000-8000-000000000001';

/** a and b keep parts of a second; between them is m, which keeps none. */
function chain() {
	let [time, ids] = [1_000_000, 0];
	const clock = {
		now: () => (time += 1),
		id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
	};
	const [a, m, b] = ['aaaaaaaaaaaa', 'mmmmmmmmmmmm', 'bbbbbbbbbbbb'].map(
		(id, index) => new ExampleInstance(id, clock, 'update', 1 + index * 100),
	) as [ExampleInstance, ExampleInstance, ExampleInstance];
	m.database.reads.keepsMs = false;
	for (const [from, to] of [
		[a, m],
		[m, a],
		[m, b],
		[b, m],
	] as const)
		from.links.push(to);
	const tell = async () => {
		for (const instance of [a, m, b]) {
			while (!(await instance.plan()));
			for (const to of instance.links) await instance.send(to);
		}
	};
	return { a, m, b, tell, now: clock.now, wait: (ms: number) => void (time += ms) };
}

const docOf = ({ database }: ExampleInstance) => database.table('docs').get(ID) ?? {};
const cut = (at: unknown) => String(at).replace(/\d{3}Z$/, '000Z');

describe(`times on instances of which one keeps whole seconds (seed ${SEED})`, () => {
	it('pass through it as they are, and come to rest', async () => {
		const random = randomFrom(SEED);
		const { a, m, b, tell, now, wait } = chain();
		const someTime = () => new Date(Math.floor(random() * 4e12)).toISOString();
		a.database.create('docs', { id: ID, label: 'one', at: someTime() }, now());
		for (let round = 0; round < 4; round += 1) await tell();
		for (let step = 0; step < 30; step += 1) {
			const instance = [a, m, b][Math.floor(random() * 3)] ?? a;
			// Nobody is taken for two who undo each other's work.
			wait(10_000);
			instance.database.update('docs', ID, random() < 0.5 ? { at: someTime() } : { title: `${step}` }, now());
			for (let round = 0; round < 4; round += 1) await tell();
			const sent = a.sent + m.sent + b.sent;
			const { at, title } = docOf(instance);
			expect([docOf(a)['title'], docOf(m)['title'], docOf(b)['title']]).toEqual([title, title, title]);
			expect(docOf(b)['at']).toBe(docOf(a)['at']);
			expect([docOf(m)['at'], cut(at)]).toEqual([cut(docOf(a)['at']), cut(docOf(a)['at'])]);
			await tell();
			expect(a.sent + m.sent + b.sent).toBe(sent);
		}
	});

	it('are no conflict between copies that were there before, whoever is told first', async () => {
		for (const first of ['a', 'm'] as const) {
			const { a, m, tell, now } = chain();
			const at = '2026-02-03T04:05:06.789Z';
			a.database.create('docs', { id: ID, label: 'one', at }, now());
			m.database.create('docs', { id: ID, label: 'one', at: cut(at) }, now());
			const [from, to] = first === 'a' ? [a, m] : [m, a];
			while (!(await from.plan()));
			await from.send(to);
			for (let round = 0; round < 4; round += 1) await tell();
			expect([a, m].flatMap(({ database }) => database.contents.conflicts)).toEqual([]);
			expect([docOf(a)['at'], docOf(m)['at']]).toEqual([at, cut(at)]);
		}
	});

	it('are compared to the second there, and to the millisecond where both keep them', async () => {
		const model = EXAMPLE_MODELS.get('docs') as SyncModel;
		const sums = async (at: string, wholeSeconds: boolean) => {
			const ports: ReadSyncedPorts = {
				identityOf: () => model,
				chunk: async (_collection, _primary, after) => (after === null ? [{ id: ID, at }] : []),
				allSyncIds: async () => new Map(),
				allUsers: async () => [],
				overridden: async () => [],
				deleted: async () => new Set(),
				wholeSeconds,
			};
			return (await digestCollection(model, ports, null)).buckets;
		};
		const [ms, s] = ['2026-02-03T04:05:06.789Z', '2026-02-03T04:05:06.000Z'];
		expect(await sums(ms, true)).toEqual(await sums(s, true));
		expect(await sums(ms, false)).not.toEqual(await sums(s, false));
	});
});
