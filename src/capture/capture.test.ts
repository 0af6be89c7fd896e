import { expect, it, vi } from 'vitest';
import { collection, field } from '../../test/schema-overview.js';
import { buildWatch } from './core/watch.js';
import { createCapture } from './capture.js';
import type { NewChange } from './new-change.js';
import type { CapturePorts, Handle } from './capture-ports.js';

/** A database that counts what is asked of it; one transaction is open until `commit`. */
function counting() {
	const schema = { collections: { posts: collection('posts', [field('id', 'integer')]) }, relations: [] };
	const watch = buildWatch([], schema, ['posts']);
	const recorded: NewChange[] = [];
	const work = { outcomes: 0, waits: 0, queries: 0 };
	let commit = () => {};
	const over = new Promise<boolean>((resolve) => (commit = () => resolve(true)));
	const outcome = (): Promise<boolean> => {
		work.outcomes += 1;
		const told = over.then((committed) => committed);
		const then = told.then.bind(told);
		vi.spyOn(told, 'then').mockImplementation((...callbacks) => ((work.waits += 1), then(...callbacks)));
		return told;
	};
	const handle = (transaction: object | null): Handle => ({
		rows: (_collection, _field, values) => ((work.queries += 1), Promise.resolve(values.map((id) => ({ id })))),
		read: () => Promise.resolve([]),
		record: (changes) => ((work.queries += 1), void recorded.push(...changes), Promise.resolve()),
		keep: () => false,
		hasEnded: () => false,
		outcome: () => (transaction ? outcome() : null),
		transaction,
		notes: null,
	});
	const ports: CapturePorts = {
		clock: { now: () => 0, random: () => 0, id: () => '' },
		watch: () => watch,
		stale: () => false,
		refresh: () => Promise.resolve(),
		primary: () => 'id',
		columns: () => [],
		isNumbered: () => true,
		seesStatements: () => false,
		rulesWritten: () => {},
		report: () => {},
		afterCommit: () => handle(null),
		wake: () => {},
		broken: (error) => {
			throw error;
		},
	};
	return { capture: createCapture(ports), inTransaction: handle({}), recorded, work, commit: () => commit() };
}

/** An import of so many items that leave no activity row: Directus tells of each by itself, before it commits. */
async function importUntracked(items: number) {
	const { capture, inTransaction, recorded, work, commit } = counting();
	const told: Promise<void>[] = [];
	for (let item = 0; item < items; item += 1) {
		capture.beforeUntracked('posts', inTransaction);
		told.push(capture.onAction('posts', [item], 'create', null, false));
	}
	commit();
	await Promise.all(told);
	expect(new Set(recorded.map(({ item }) => item)).size).toBe(items);
	return work;
}

it('does twice the work for twice the items of an untracked import, and asks once how the transaction ends', async () => {
	const [once, twice] = [await importUntracked(1_000), await importUntracked(2_000)];
	expect([once.outcomes, twice.outcomes]).toEqual([1, 1]);
	expect(twice.waits).toBeLessThanOrEqual(2 * once.waits + 10);
	expect(twice.queries).toBeLessThanOrEqual(2 * once.queries + 10);
	expect(twice.queries).toBeLessThan(100);
});

it.each(['update', 'delete'] as const)(
	'asks once how a transaction ends in which many items are to %s',
	async (event) => {
		const { capture, inTransaction, recorded, work } = counting();
		const keys = Array.from({ length: 3_000 }, (_, index) => index);
		await (event === 'update'
			? capture.beforeUpdate('posts', keys, { title: 'x' }, inTransaction)
			: capture.beforeDelete('posts', keys, inTransaction));
		for (const key of keys)
			await capture.onActivity([{ action: event, collection: 'posts', item: String(key), user: null }], inTransaction);
		expect(recorded).toHaveLength(3_000);
		expect(work.outcomes).toBe(1);
		expect(work.waits).toBeLessThan(10);
	},
);
