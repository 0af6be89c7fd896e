import { beforeEach, describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

let a: ExampleInstance;
let b: ExampleInstance;
let c: ExampleInstance;
let time = 0;

beforeEach(() => {
	let ids = 0;
	const clock = {
		now: () => (time += 1),
		id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
	};
	[a, b, c] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(
		(id, index) => new ExampleInstance(id, clock, 'update', 1 + index * 100),
	) as [ExampleInstance, ExampleInstance, ExampleInstance];
});

const now = () => (time += 1);
const rowsOf = ({ database }: ExampleInstance, collection: string) => [...database.table(collection).values()];
const add = ({ database }: ExampleInstance, collection: string, values: Record<string, unknown>) =>
	database.create(collection, values, now());
const keyAt = ({ database }: ExampleInstance, collection: string, label: string) =>
	[...database.table(collection)].find(([, row]) => row['label'] === label)?.[0] ?? '';

/** Plans and sends, in this order, until each has had its turn. */
async function tell(...way: [ExampleInstance, ExampleInstance][]): Promise<void> {
	for (const [from, to] of way) {
		await from.plan();
		await from.send(to);
	}
}

function link(...ways: [ExampleInstance, ExampleInstance][]): void {
	for (const [from, to] of ways) from.links.push(to);
}

describe('two instances', () => {
	beforeEach(() => link([a, b], [b, a]));

	it.each([0, 1, 2, 3])('never take an older value for an edit of a newer record (moment %i)', async (moment) => {
		const key = add(a, 'authors', { label: 'ann', name: 'old' });
		await tell([a, b], [b, a]);
		b.database.update('authors', keyAt(b, 'authors', 'ann'), { name: 'new' }, now());
		await b.plan();
		a.database.update('authors', key, { label: 'ann' }, now());
		let reads = 0;
		// While a plan reads this and that, b's value arrives.
		a.database.meanwhile = async () => {
			if (reads++ === moment) await b.send(a);
		};
		while (!(await a.plan()));
		await tell([a, b], [b, a], [a, b]);
		for (const instance of [a, b]) {
			expect(rowsOf(instance, 'authors')).toMatchObject([{ name: 'new' }]);
			// It is b's edit for everybody, not one of a's that undid it and was undone in turn.
			const [record] = instance.database.contents.versions.values();
			expect(record?.state.groups.find(({ values }) => 'name' in values)?.stamp).toMatch(/-b+$/);
		}
	});

	it('take a row that is missing without a deletion for no deletion, even where it was just edited', async () => {
		add(a, 'authors', { label: 'ann', name: 'old' });
		await a.plan();
		await a.send(b, { loses: true });
		const key = keyAt(b, 'authors', 'ann');
		b.database.update('authors', key, { name: 'by b' }, now());
		// Something takes it past Directus: nobody has seen a deletion. Then the same arrives a second time.
		b.database.table('authors').delete(key);
		await tell([a, b], [b, a], [a, b]);
		for (const instance of [a, b]) expect(rowsOf(instance, 'authors')).toMatchObject([{ name: 'old' }]);
	});

	it('tell what the database deleted along with a row, though it came after somebody had looked for that', async () => {
		for (const [collection, label] of [
			['articles', 'one'],
			['tags', 'red'],
		] as const)
			add(a, collection, { label });
		await tell([a, b], [b, a]);
		add(b, 'links', { article: Number(keyAt(b, 'articles', 'one')), tag: Number(keyAt(b, 'tags', 'red')) });
		await tell([b, a]);
		// Only the article's deletion is recorded; its link came in between.
		const [link] = [...a.database.table('links').keys()];
		a.database.table('links').delete(String(link));
		a.database.remove('articles', keyAt(a, 'articles', 'one'), now());
		// Somebody edits the article there, so that it is kept.
		b.database.update('articles', keyAt(b, 'articles', 'one'), { label: 'two' }, now());
		await tell([a, b], [b, a], [a, b]);
		expect([rowsOf(a, 'articles').length, rowsOf(b, 'articles').length]).toEqual([1, 1]);
		expect([rowsOf(a, 'links').length, rowsOf(b, 'links').length]).toEqual([0, 0]);
	});

	it('keep a link that was removed and made again before anybody was told', async () => {
		const [article, tag] = [add(a, 'articles', { label: 'one' }), add(a, 'tags', { label: 'red' })].map(Number);
		const first = add(a, 'links', { article, tag });
		await a.plan();
		a.database.remove('links', first, now());
		add(a, 'links', { article, tag });
		await tell([a, b], [b, a]);
		expect(rowsOf(b, 'links')).toHaveLength(1);
		expect(rowsOf(a, 'links')).toHaveLength(1);
	});

	it('make one link of the same two ends, whoever made it', async () => {
		add(a, 'articles', { label: 'one' });
		add(a, 'tags', { label: 'red' });
		await tell([a, b], [b, a]);
		for (const instance of [a, b])
			add(instance, 'links', {
				article: Number(keyAt(instance, 'articles', 'one')),
				tag: Number(keyAt(instance, 'tags', 'red')),
			});
		await tell([a, b], [b, a], [a, b]);
		expect([rowsOf(a, 'links').length, rowsOf(b, 'links').length]).toEqual([1, 1]);
	});

	it('take what one side filled in of a row that the other made without it, whoever was later', async () => {
		add(a, 'docs', { id: 'd0000000-0000-4000-8000-000000000003', title: 'from a' });
		add(b, 'docs', { id: 'd0000000-0000-4000-8000-000000000003', label: 'from b' });
		await tell([a, b], [b, a], [a, b]);
		for (const instance of [a, b])
			expect(rowsOf(instance, 'docs')).toMatchObject([{ title: 'from a', label: 'from b' }]);
	});

	it('do not wait for a row that is deleted, and lead to it again when it is back', async () => {
		add(a, 'authors', { label: 'ann', name: 'ann' });
		add(a, 'articles', { label: 'one' });
		await tell([a, b], [b, a]);
		const key = keyAt(b, 'authors', 'ann');
		b.database.remove('authors', key, now());
		await b.plan();
		// Neither knows of the other: a's article leads to the author, whose name a changes.
		a.database.update('articles', keyAt(a, 'articles', 'one'), { author: Number(keyAt(a, 'authors', 'ann')) }, now());
		await tell([a, b]);
		expect(a.waits).toEqual([]);
		expect(rowsOf(b, 'articles')).toMatchObject([{ author: null }]);
		a.database.update('authors', keyAt(a, 'authors', 'ann'), { name: 'anna' }, now());
		await tell([a, b], [b, a]);
		expect(keyAt(b, 'authors', 'ann')).toBe(key);
		expect(rowsOf(b, 'articles')).toMatchObject([{ author: Number(key) }]);
		expect(rowsOf(a, 'articles')).toMatchObject([{ author: Number(keyAt(a, 'authors', 'ann')) }]);
	});

	it('leave out what leads to a row that was never there', async () => {
		add(a, 'places', { kind: 'blocks', item: '77', sort: 'first' });
		await tell([a, b]);
		expect(a.waits).toEqual([]);
		expect(rowsOf(b, 'places')).toMatchObject([{ item: null, sort: 'first' }]);
	});
});

describe('a directed ring of three', () => {
	beforeEach(() => link([a, b], [b, c], [c, a]));

	it('tells the end of a row on, also through an instance that never had it', async () => {
		add(c, 'docs', { id: 'd0000000-0000-4000-8000-000000000001', label: 'one' });
		await tell([c, a]);
		expect(rowsOf(a, 'docs')).toHaveLength(1);
		// Before a has told anybody of the row, somebody deletes it there.
		a.database.remove('docs', 'd0000000-0000-4000-8000-000000000001', now());
		await tell([a, b], [b, c]);
		expect([a, b, c].map((instance) => rowsOf(instance, 'docs'))).toEqual([[], [], []]);
	});

	it('brings back a row everywhere that was deleted by two and kept by one, also if its state comes twice', async () => {
		const id = 'd0000000-0000-4000-8000-000000000004';
		add(a, 'docs', { id, label: 'four' });
		await tell([a, b], [b, c], [c, a]);
		c.database.update('docs', id, { title: 'edited' }, now());
		await tell([c, a]);
		b.database.remove('docs', id, now());
		await b.plan();
		a.database.remove('docs', id, now());
		await a.plan();
		// c keeps what b has deleted without knowing the edit; a, which knew the edit, has deleted it with that.
		await b.send(c);
		await a.send(b);
		await c.plan();
		await c.send(a, { loses: true });
		await c.send(a);
		for (let round = 0; round < 4; round += 1) await tell([b, c], [a, b], [c, a]);
		for (const instance of [a, b, c])
			expect(rowsOf(instance, 'docs')).toMatchObject([{ label: 'four', title: 'edited' }]);
	});

	it('goes around once', async () => {
		add(a, 'docs', { id: 'd0000000-0000-4000-8000-000000000002', label: 'two' });
		for (let round = 0; round < 3; round += 1) await tell([a, b], [b, c], [c, a]);
		expect([a, b, c].map(({ sent }) => sent)).toEqual([1, 1, 0]);
	});
});

describe('an instance that was restored from an older backup', () => {
	beforeEach(() => link([a, b], [b, a]));

	it('is told again what was deleted and changed, by whoever it shows what it has', async () => {
		const [gone, changed] = [add(a, 'tags', { label: 'gone' }), add(a, 'tags', { label: 'before' })];
		await tell([a, b], [b, a]);
		const backup = structuredClone(b.database.contents);
		a.database.remove('tags', gone, now());
		a.database.update('tags', changed, { label: 'after' }, now());
		await tell([a, b], [b, a]);
		expect(rowsOf(b, 'tags').map(({ label }) => label)).toEqual(['after']);
		b.database.contents = backup;
		const shown = [...backup.versions.values()].map(({ collection, syncId, state, seenBy }) => ({
			collection,
			sync_id: syncId,
			key: syncId,
			state,
			seen_by: seenBy,
			forced: true as const,
		}));
		await a.takeIn(b.id, shown);
		await tell([a, b], [b, a], [a, b]);
		for (const instance of [a, b]) expect(rowsOf(instance, 'tags').map(({ label }) => label)).toEqual(['after']);
		expect(a.owed.get(b.id) ?? []).toEqual([]);
	});
});
