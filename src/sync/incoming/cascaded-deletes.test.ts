import { describe, expect, it } from 'vitest';
import type { DeletePolicy } from '../../contract/vocabulary.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

/** Two instances that have an article with one place each knows of. */
async function twoWithAnArticle(onDelete: DeletePolicy) {
	let [time, ids] = [0, 0];
	const clock = {
		now: () => (time += 1),
		id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
	};
	const [a, b] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'].map(
		(id, index) => new ExampleInstance(id, clock, onDelete, 1 + index * 100),
	) as [ExampleInstance, ExampleInstance];
	a.links.push(b);
	b.links.push(a);
	const tell = async (from: ExampleInstance, to: ExampleInstance) => {
		while (!(await from.plan()));
		await from.send(to);
	};
	const add = ({ database }: ExampleInstance, collection: string, values: Record<string, unknown>) =>
		Number(database.create(collection, values, clock.now()));
	const article = add(a, 'articles', { label: 'one', title: 'first' });
	add(a, 'places', { article, sort: 'known to both' });
	await tell(a, b);
	await tell(b, a);
	const there = Number([...b.database.table('articles').keys()][0]);
	return { a, b, article, there, tell, add, now: clock.now };
}

const sorts = ({ database }: ExampleInstance) => [...database.table('places').values()].map(({ sort }) => sort);
const titles = ({ database }: ExampleInstance) => [...database.table('articles').values()].map(({ title }) => title);

describe('a deletion that would take along a row which its maker never saw', () => {
	it('waits for somebody, who is told which row', async () => {
		const { a, b, article, there, tell, add, now } = await twoWithAnArticle('park');
		const place = add(b, 'places', { article: there, sort: 'new' });
		a.database.remove('articles', String(article), now());
		await tell(a, b);
		expect(titles(b)).toEqual(['first']);
		expect(sorts(b)).toEqual(['new']);
		expect(b.database.contents.conflicts).toMatchObject([
			{ status: 'open', kind: 'delete', collection: 'articles', message: expect.stringContaining(`places ${place}`) },
		]);
	});

	it('also where the row was sent to its maker, and came too late', async () => {
		const { a, b, article, there, tell, add, now } = await twoWithAnArticle('park');
		add(b, 'places', { article: there, sort: 'new' });
		while (!(await b.plan()));
		a.database.remove('articles', String(article), now());
		await tell(a, b);
		await tell(b, a);
		expect(titles(b)).toEqual(['first']);
		expect(sorts(b)).toEqual(['new']);
	});

	it('does not happen where rows win over deletions: both have the row and what it came with', async () => {
		const { a, b, article, there, tell, add, now } = await twoWithAnArticle('update');
		add(b, 'places', { article: there, sort: 'new' });
		a.database.remove('articles', String(article), now());
		for (let round = 0; round < 3; round += 1) {
			await tell(a, b);
			await tell(b, a);
		}
		for (const instance of [a, b]) {
			expect(titles(instance)).toEqual(['first']);
			expect(sorts(instance)).toEqual(['new']);
		}
	});

	it('where deletions win, notes all that goes, in the order in which it can be brought back', async () => {
		const { a, b, article, there, tell, add, now } = await twoWithAnArticle('delete');
		const place = add(b, 'places', { article: there, sort: 'new' });
		a.database.remove('articles', String(article), now());
		b.log = [];
		await tell(a, b);
		await tell(b, a);
		for (const instance of [a, b]) expect([...titles(instance), ...sorts(instance)]).toEqual([]);
		const [, gone, last] = b.log.filter(({ event }) => event === 'delete');
		expect(gone).toMatchObject({ collection: 'places', localKey: String(place), after: null, before: { sort: 'new' } });
		expect(last).toMatchObject({ collection: 'articles', localKey: String(there), before: { title: 'first' } });
	});
});

describe('a deletion that takes nothing else along', () => {
	it('asks nobody about rows that its maker knew, however many there are', async () => {
		const { a, b, article, tell, add, now } = await twoWithAnArticle('park');
		for (let index = 0; index < 30; index += 1) add(a, 'places', { article, sort: `known ${index}` });
		await tell(a, b);
		expect(sorts(b)).toHaveLength(31);
		a.database.remove('articles', String(article), now());
		await tell(a, b);
		expect([...titles(b), ...sorts(b)]).toEqual([]);
		expect(b.database.contents.conflicts).toEqual([]);
	});

	it('asks nobody about links to it', async () => {
		const { a, b, article, there, tell, add, now } = await twoWithAnArticle('park');
		const tag = add(b, 'tags', { label: 'red' });
		add(b, 'links', { article: there, tag });
		a.database.remove('articles', String(article), now());
		await tell(a, b);
		expect([...titles(b), ...b.database.table('links').values()]).toEqual([]);
	});
});
