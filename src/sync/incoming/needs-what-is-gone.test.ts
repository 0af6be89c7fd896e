import { beforeEach, describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

let a: ExampleInstance;
let b: ExampleInstance;
let time = 0;
const now = () => (time += 1);

beforeEach(() => {
	let ids = 0;
	const clock = { now, id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
	[a, b] = [
		new ExampleInstance('aaaaaaaaaaaa', clock, 'update', 1),
		new ExampleInstance('bbbbbbbbbbbb', clock, 'update', 101),
	];
	a.links.push(b);
	b.links.push(a);
});

const rowsOf = ({ database }: ExampleInstance, collection: string) => [...database.table(collection).values()];
const keyAt = ({ database }: ExampleInstance, collection: string, label: string) =>
	[...database.table(collection)].find(([, row]) => row['label'] === label)?.[0] ?? '';
const add = ({ database }: ExampleInstance, collection: string, values: Record<string, unknown>) =>
	database.create(collection, values, now());
const tell = async (from: ExampleInstance, to: ExampleInstance) => {
	await from.plan();
	await from.send(to);
};

describe('a row that has to lead to one that was deleted meanwhile', () => {
	beforeEach(async () => {
		add(a, 'authors', { label: 'ann' });
		await tell(a, b);
		b.database.remove('authors', keyAt(b, 'authors', 'ann'), now());
		await b.plan();
	});

	it('is parked at once, with what depends on it, and nothing else', async () => {
		const part = add(a, 'parts', { label: 'part', author: Number(keyAt(a, 'authors', 'ann')) });
		add(a, 'bolts', { label: 'bolt', part: Number(part) });
		add(a, 'tags', { label: 'red' });
		await tell(a, b);
		expect(a.waits).toEqual([]);
		expect(a.failed.toSorted()).toEqual([
			expect.stringMatching(/^bolts 3: REFERENCE_PARKED it needs parts .* is parked: author has to lead to authors/),
			expect.stringMatching(/^parts 2: REFERENCE_DELETED author has to lead to authors .*, which was deleted/),
		]);
		expect(rowsOf(b, 'tags')).toHaveLength(1);
		expect([rowsOf(b, 'parts'), rowsOf(b, 'bolts')]).toEqual([[], []]);
	});

	it('takes along what comes after it', async () => {
		const part = add(a, 'parts', { label: 'part', author: Number(keyAt(a, 'authors', 'ann')) });
		await tell(a, b);
		add(a, 'bolts', { label: 'bolt', part: Number(part) });
		await tell(a, b);
		expect(a.waits).toEqual([]);
		expect(a.failed).toHaveLength(2);
	});

	it('keeps where it led before, if it is there already', async () => {
		add(a, 'authors', { label: 'bob' });
		const part = add(a, 'parts', { label: 'part', author: Number(keyAt(a, 'authors', 'bob')) });
		await tell(a, b);
		a.database.update('parts', part, { label: 'renamed', author: Number(keyAt(a, 'authors', 'ann')) }, now());
		await tell(a, b);
		expect(a.waits).toEqual([]);
		expect(a.failed).toEqual([]);
		expect(rowsOf(b, 'parts')).toMatchObject([{ label: 'renamed', author: Number(keyAt(b, 'authors', 'bob')) }]);
	});
});

it('waits for one that has only not arrived yet', async () => {
	const author = add(a, 'authors', { label: 'ann' });
	add(a, 'parts', { label: 'part', author: Number(author) });
	await a.plan();
	a.owed.get(b.id)?.reverse();
	await a.send(b, { most: 1 });
	expect(a.failed).toEqual([]);
	expect(a.waits).toHaveLength(2);
	await a.send(b);
	await a.send(b);
	expect(rowsOf(b, 'parts')).toMatchObject([{ label: 'part', author: Number(keyAt(b, 'authors', 'ann')) }]);
	expect(a.waits).toEqual([]);
});
