import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

const LONG_MS = 60_000;

let time = 1e12;
let a: ExampleInstance;
let b: ExampleInstance;
const now = () => (time += 1);

function start(): void {
	let ids = 0;
	const clock = { now, id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
	a = new ExampleInstance('aaaaaaaaaaaa', clock, 'update', 1);
	b = new ExampleInstance('bbbbbbbbbbbb', clock, 'update', 100);
	a.links.push(b);
	b.links.push(a);
}

async function exchange(): Promise<void> {
	for (let round = 0; round < 4; round += 1) {
		for (const instance of [a, b]) await instance.plan();
		await a.send(b);
		await b.send(a);
	}
}

const labels = ({ database }: ExampleInstance, collection: string) =>
	[...database.table(collection).values()].map(({ label }) => label).toSorted();
const questions = () =>
	[a, b].flatMap(({ database }) => database.contents.conflicts.filter(({ status }) => status === 'open'));

describe('a key that is used again, after its row was deleted without an event', () => {
	beforeEach(start);

	it.each(['tags', 'articles', 'pages'])(
		'stands for another row of %s, and the first one stays at the remote',
		async (collection) => {
			for (const label of ['one', 'two', 'three']) a.database.create(collection, { label }, now());
			await exchange();
			a.database.table(collection).clear();
			time += LONG_MS;
			a.database.create(collection, { id: 1, label: 'new one' }, now());
			a.database.create(collection, { id: 2, label: 'new two' }, now());
			await exchange();
			expect(labels(b, collection)).toEqual(['new one', 'new two', 'one', 'three', 'two']);
			// Each goes on as itself.
			a.database.update(collection, '1', { label: 'newer one' }, now());
			await exchange();
			expect(labels(b, collection)).toEqual(['new two', 'newer one', 'one', 'three', 'two']);
			const [key] = [...b.database.table(collection)].find(([, { label }]) => label === 'one') ?? [];
			b.database.update(collection, String(key), { label: 'old one' }, now());
			await exchange();
			expect(labels(a, collection)).toEqual(['new two', 'newer one', 'old one']);
			expect(questions()).toEqual([]);
		},
	);

	it('loses and duplicates nothing, in whatever order tables are emptied and rows added', async () => {
		const steps = fc.array(
			fc.oneof(
				fc.record({ does: fc.constant('add' as const), at: fc.nat(1) }),
				fc.record({ does: fc.constant('empty' as const), at: fc.nat(1) }),
				fc.record({ does: fc.constant('exchange' as const), at: fc.nat(1) }),
			),
			{ maxLength: 14 },
		);
		await fc.assert(
			fc.asyncProperty(steps, async (all) => {
				start();
				let n = 0;
				const next = [1, 1];
				const everywhere = new Set<string>();
				for (const { does, at } of [...all, { does: 'exchange' as const, at: 0 }]) {
					const instance = at === 0 ? a : b;
					const { database } = instance;
					if (does === 'exchange') await exchange();
					else if (does === 'add') {
						let id = next[at] ?? 1;
						while (database.table('tags').has(String(id))) id += 1;
						next[at] = id + 1;
						database.create('tags', { id, label: `tag ${(n += 1)}` }, now());
						everywhere.add(`tag ${n}`);
					} else {
						await exchange();
						time += LONG_MS;
						database.table('tags').clear();
						next[at] = 1;
					}
				}
				// Rows that were deleted without an event still exist on the other instance.
				const there = [...labels(a, 'tags'), ...labels(b, 'tags')];
				const isEmptied = [a, b].some(({ database }) => database.table('tags').size < everywhere.size);
				for (const label of new Set(there)) {
					for (const instance of [a, b])
						expect(labels(instance, 'tags').filter((other) => other === label).length).toBeLessThanOrEqual(1);
				}
				if (!isEmptied) expect(new Set(there)).toEqual(everywhere);
				expect(questions()).toEqual([]);
			}),
			{ numRuns: 60 },
		);
	});
});

describe('rows that are matched by their keys', () => {
	beforeEach(start);
	const both = (label: string, id: number) => {
		for (const { database } of [a, b]) {
			database.create('copies', { id, label }, 1);
			database.contents.outbox = [];
		}
	};

	it('are one row, whichever instance sends it first', async () => {
		for (const id of [1, 2, 3]) both(`row ${id}`, id);
		for (const instance of [a, b]) for (const id of ['1', '2', '3']) instance.database.touch('copies', id, now());
		await exchange();
		for (const instance of [a, b]) expect(labels(instance, 'copies')).toEqual(['row 1', 'row 2', 'row 3']);
		b.database.update('copies', '2', { label: 'edited' }, now());
		await exchange();
		expect(a.database.table('copies').get('2')?.['label']).toBe('edited');
		expect(questions()).toEqual([]);
	});

	it('are two rows when both instances happen to use the same key', async () => {
		both('row 1', 1);
		a.database.create('copies', { id: 2, label: 'made by a' }, now());
		b.database.create('copies', { id: 2, label: 'made by b' }, now());
		await exchange();
		for (const instance of [a, b]) expect(labels(instance, 'copies')).toEqual(['made by a', 'made by b', 'row 1']);
		expect(questions()).toEqual([]);
	});
});

describe('rows with one UUID that share a name with others', () => {
	beforeEach(start);
	const [first, second] = ['00000000-0000-4000-9000-000000000001', '00000000-0000-4000-9000-000000000002'];

	it('are the same rows, even if their names were swapped on one side before the two were linked', async () => {
		a.database.create('notes', { id: first, label: 'x', title: 'first' }, 1);
		a.database.create('notes', { id: second, label: 'y', title: 'second' }, 1);
		b.database.create('notes', { id: first, label: 'y', title: 'first' }, 1);
		b.database.create('notes', { id: second, label: 'x', title: 'second' }, 1);
		b.database.contents.outbox = [];
		await exchange();
		for (const { database } of [a, b]) {
			expect(database.table('notes').get(first)?.['title']).toBe('first');
			expect(database.table('notes').get(second)?.['title']).toBe('second');
		}
	});
});
