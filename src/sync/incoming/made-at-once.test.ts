import { beforeEach, describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

let all: [ExampleInstance, ExampleInstance, ExampleInstance];
let time = 0;
const now = () => (time += 1);

beforeEach(() => {
	let ids = 0;
	const clock = { now, id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
	all = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(
		(id, index) => new ExampleInstance(id, clock, 'update', 1 + index * 100),
	) as typeof all;
});

function link(...ways: [number, number][]): void {
	for (const [from, to] of ways) (all[from] as ExampleInstance).links.push(all[to] as ExampleInstance);
}

const rowsOf = ({ database }: ExampleInstance, collection: string) => [...database.table(collection).values()];
const add = ({ database }: ExampleInstance, collection: string, values: Record<string, unknown>) =>
	database.create(collection, values, now());
const questionsOf = ({ database }: ExampleInstance) =>
	database.contents.conflicts.filter(({ status, kind }) => status === 'open' && kind === 'identity');

/** Everybody plans before anybody has heard of anything; then all is sent until nobody has anything to say. */
async function exchange(): Promise<void> {
	for (let round = 0; round < 4; round += 1) {
		for (const instance of all) await instance.plan();
		for (const instance of all) for (const other of instance.links) await instance.send(other);
	}
}

const MESH: [number, number][] = [
	[0, 1],
	[0, 2],
	[1, 0],
	[1, 2],
	[2, 0],
	[2, 1],
];
const RING: [number, number][] = [
	[0, 1],
	[1, 2],
	[2, 0],
];

describe.each([
	['a mesh', MESH],
	['a directed ring', RING],
])('rows made at the same time in %s', (_name, ways) => {
	beforeEach(() => link(...ways));

	it('with the same match fields are one row, with what each side has filled in', async () => {
		add(all[0], 'pages', { label: 'home' });
		add(all[1], 'pages', { label: 'home', title: 'filled in by b' });
		add(all[2], 'pages', { label: 'home' });
		add(all[2], 'pages', { label: 'other' });
		await exchange();
		for (const instance of all) {
			expect(
				rowsOf(instance, 'pages').toSorted((a, b) => (String(a['label']) < String(b['label']) ? -1 : 1)),
			).toMatchObject([{ label: 'home', title: 'filled in by b' }, { label: 'other' }]);
			expect(instance.failed).toEqual([]);
		}
	});

	it('are not given what the database fills in where nobody chooses anything, whoever was later', async () => {
		add(all[0], 'pages', { label: 'home', status: 'published' });
		add(all[1], 'pages', { label: 'home' });
		add(all[2], 'pages', { label: 'home' });
		await exchange();
		for (const instance of all) {
			expect(rowsOf(instance, 'pages')).toMatchObject([{ label: 'home', status: 'published' }]);
			expect(instance.database.contents.conflicts).toEqual([]);
		}
		const [, second] = all;
		second.database.update('pages', [...second.database.table('pages').keys()][0] ?? '', { status: 'draft' }, now());
		await exchange();
		for (const instance of all) expect(rowsOf(instance, 'pages')).toMatchObject([{ status: 'draft' }]);
	});

	it('keep their own UUIDs where they have some, and what refers to them follows', async () => {
		const uuids = [1, 2, 3].map((n) => `e0000000-0000-4000-8000-00000000000${n}`);
		all.forEach((instance, index) =>
			add(instance, 'notes', { id: uuids[index], label: 'note', title: `by ${instance.id}` }),
		);
		const [page] = all.map((instance) => add(instance, 'pages', { label: 'home' }));
		add(all[0], 'articles', { label: 'article', page: Number(page) });
		await exchange();
		expect(all.map((instance) => rowsOf(instance, 'notes').map(({ id }) => id))).toEqual(uuids.map((id) => [id]));
		// The last of them has won everywhere.
		expect(all.map((instance) => rowsOf(instance, 'notes')[0]?.['title'])).toEqual(all.map(() => 'by cccccccccccc'));
		for (const instance of all) {
			const [only] = rowsOf(instance, 'pages');
			expect(rowsOf(instance, 'articles')).toMatchObject([{ label: 'article', page: Number(only?.['id']) }]);
		}
	});

	it('of which one is deleted and made again meanwhile stay one', async () => {
		const first = add(all[0], 'pages', { label: 'home' });
		await all[0].plan();
		all[0].database.remove('pages', first, now());
		add(all[0], 'pages', { label: 'home', title: 'again' });
		add(all[1], 'pages', { label: 'home' });
		await exchange();
		for (const instance of all) expect(rowsOf(instance, 'pages')).toMatchObject([{ label: 'home', title: 'again' }]);
	});

	it('with the same text key are one where nothing in them says otherwise', async () => {
		add(all[0], 'codes', { id: 'nl', label: 'Dutch' });
		add(all[1], 'codes', { id: 'nl', label: 'Dutch', title: 'filled in by b' });
		await exchange();
		for (const instance of all) {
			expect(rowsOf(instance, 'codes')).toMatchObject([{ id: 'nl', label: 'Dutch', title: 'filled in by b' }]);
			expect(instance.failed).toEqual([]);
		}
	});
});

describe('rows that may be one or not', () => {
	beforeEach(() => link([0, 1], [1, 0]));

	it('wait for somebody where a text key is all that they have in common', async () => {
		add(all[0], 'codes', { id: 'nl', label: 'Dutch' });
		add(all[1], 'codes', { id: 'nl', label: 'Netherlands' });
		await exchange();
		expect(all[0].failed).toMatchObject([expect.stringContaining('IN_CONFLICT the remote cannot tell which')]);
		expect(questionsOf(all[1])).toMatchObject([
			{ localKey: 'nl', message: expect.stringContaining('differ in label') },
		]);
		expect(rowsOf(all[0], 'codes')).toMatchObject([{ label: 'Dutch' }]);
		expect(rowsOf(all[1], 'codes')).toMatchObject([{ label: 'Netherlands' }]);
		// As soon as both say the same there is nothing to ask.
		all[1].database.update('codes', 'nl', { label: 'Dutch' }, now());
		await exchange();
		all[0].database.update('codes', 'nl', { title: 'of a' }, now());
		await exchange();
		expect(rowsOf(all[1], 'codes')).toMatchObject([{ label: 'Dutch', title: 'of a' }]);
		expect(questionsOf(all[1])).toEqual([]);
	});

	it('wait for somebody where several here have the match fields', async () => {
		// They were made before the field had to be unique.
		for (const label of ['one', 'two']) add(all[1], 'pages', { label });
		for (const row of rowsOf(all[1], 'pages')) row['label'] = 'home';
		add(all[0], 'pages', { label: 'home' });
		await exchange();
		expect(questionsOf(all[1])).toMatchObject([{ message: expect.stringContaining('several rows of pages here') }]);
		expect(rowsOf(all[0], 'pages')).toHaveLength(1);
		expect(rowsOf(all[1], 'pages')).toHaveLength(2);
	});

	it('wait for somebody where several at the sender have the match fields', async () => {
		for (const label of ['one', 'two']) add(all[0], 'pages', { label });
		for (const row of rowsOf(all[0], 'pages')) row['label'] = 'home';
		const key = add(all[1], 'pages', { label: 'home' });
		await all[0].plan();
		await all[0].send(all[1]);
		expect(questionsOf(all[1])).toMatchObject([
			{ localKey: key, message: expect.stringContaining('2 rows of pages on the other side') },
			{ localKey: key },
		]);
		expect(rowsOf(all[1], 'pages')).toHaveLength(1);
	});

	it('wait for somebody where the one here is known to others as another item', async () => {
		link([1, 2], [2, 1]);
		const key = add(all[1], 'pages', { title: 'nameless' });
		await all[1].plan();
		all[1].links.shift();
		await exchange();
		all[1].database.update('pages', key, { label: 'home' }, now());
		await exchange();
		for (const record of all[1].database.contents.versions.values()) record.seenBy = ['bbbbbbbbbbbb', 'cccccccccccc'];
		add(all[0], 'pages', { label: 'home' });
		await exchange();
		expect(questionsOf(all[1])).toMatchObject([{ localKey: key, message: expect.stringContaining('another item') }]);
		expect(rowsOf(all[1], 'pages')).toHaveLength(1);
	});

	it('are two where the one that sends knows them as two', async () => {
		const key = add(all[0], 'pages', { label: 'home', title: 'first' });
		await exchange();
		all[0].database.update('pages', key, { label: 'renamed' }, now());
		add(all[0], 'pages', { label: 'home', title: 'second' });
		await exchange();
		for (const instance of all.slice(0, 2)) {
			expect(instance.failed).toEqual([]);
			const rows = rowsOf(instance, 'pages').map(({ label, title }) => `${String(label)} ${String(title)}`);
			expect(rows.toSorted()).toEqual(['home second', 'renamed first']);
		}
	});
});
