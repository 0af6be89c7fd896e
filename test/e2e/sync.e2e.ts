import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

const ARTICLES = {
	collection: 'articles',
	fields: [
		'title',
		'slug',
		'body',
		'featured',
		'seo',
		'rating',
		'published_at',
		'author',
		'tags',
		'translations',
		'blocks',
	],
};
const RULES = [
	ARTICLES,
	{ collection: 'authors', fields: ['name', 'bio'] },
	{ collection: 'tags', fields: ['*'] },
	{ collection: 'block_text', fields: ['*'] },
	{ collection: 'block_quote', fields: ['*'] },
	{ collection: 'posts', fields: ['title', 'slug', 'views'] },
	{ collection: 'docs', fields: ['title'] },
	{ collection: 'countries', fields: ['name'] },
	{ collection: 'site', fields: ['*'] },
].map((rule) => ({ ...rule, direction: 'both' }));

type Item = Record<string, unknown> & { id: number };

describe('two instances', () => {
	let a: Directus;
	let b: Directus;
	let there: string;

	const items = (directus: Directus, collection: string, query = '') =>
		directus.data<Item[]>('GET', `/items/${collection}?limit=-1&sort=id${query}`);
	const bySlug = async (directus: Directus, collection: string, slug: string, fields = '*') =>
		(await items(directus, collection, `&filter[slug][_eq]=${slug}&fields=${fields}`))[0];

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		// The same numbers stand for other rows on each side.
		for (const n of [1, 2, 3]) await b.request('POST', '/items/posts', { title: `of b ${n}`, slug: `b-${n}` });
		there = await link(a, b, RULES);
		await link(b, a, RULES);
	});
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('keep a created, an updated and a deleted row equal, whatever its number is', async () => {
		const post = await a.data<Item>('POST', '/items/posts', { title: 'one', slug: 'one', views: 1 });
		const copy = await until(() => bySlug(b, 'posts', 'one'), { message: 'the row at b' });
		expect(copy).toMatchObject({ title: 'one', views: 1 });
		expect(copy.id).not.toBe(post.id);
		await b.request('PATCH', `/items/posts/${copy.id}`, { title: 'one, by b' });
		await until(async () => (await bySlug(a, 'posts', 'one'))?.['title'] === 'one, by b', {
			message: "b's title at a",
		});
		await a.request('DELETE', `/items/posts/${post.id}`);
		await until(async () => !(await bySlug(b, 'posts', 'one')), { message: 'the row to be gone at b' });
		await quiet(a, b);
		expect((await items(b, 'posts')).map(({ slug }) => slug)).toEqual(['b-1', 'b-2', 'b-3']);
		expect((await syncDeliveries(a, there)).every(({ status }) => status === 'delivered')).toBe(true);
	});

	it('carry an article with its author, tags, translations and blocks', async () => {
		await a.request('POST', '/items/articles', {
			title: 'Whole',
			slug: 'whole',
			featured: true,
			seo: { title: 'seo', tags: [1, 2] },
			rating: '4.50',
			published_at: '2026-01-02T03:04:05.678Z',
			author: { name: 'Ada' },
			tags: [{ tags_id: { name: 'red' } }, { tags_id: { name: 'blue' } }],
			translations: [
				{ languages_code: 'en-US', title: 'Whole' },
				{ languages_code: 'nl-NL', title: 'Geheel' },
			],
			blocks: [
				{ collection: 'block_text', item: { text: 'first' }, sort: 1 },
				{ collection: 'block_quote', item: { quote: 'second', source: 'them' }, sort: 2 },
			],
		});
		const fields =
			'title,featured,seo,rating,published_at,author.name,tags.tags_id.name,translations.languages_code,translations.title,blocks.sort,blocks.collection,blocks.item:block_text.text,blocks.item:block_quote.quote';
		await quiet(a, b);
		const [mine, theirs] = [await bySlug(a, 'articles', 'whole', fields), await bySlug(b, 'articles', 'whole', fields)];
		expect(theirs).toEqual(mine);
		expect(mine).toMatchObject({ author: { name: 'Ada' }, featured: true, published_at: '2026-01-02T03:04:05.678Z' });
	});

	it('leave the activity and the revisions behind that the same writes by hand do', async () => {
		const values = { title: 'tracked', slug: 'tracked', rating: 1.5, featured: true, seo: { tags: [1] } };
		const changed = { title: 'changed', published_at: '2026-01-02T03:04:05', seo: { tags: [2, 3] } };
		const made = await a.data<Item>('POST', '/items/articles', values);
		const copy = await until(() => bySlug(b, 'articles', 'tracked'), { message: 'the article at b' });
		await a.request('PATCH', `/items/articles/${made.id}`, changed);
		await until(async () => (await bySlug(b, 'articles', 'tracked'))?.['title'] === 'changed', {
			message: 'the change at b',
		});
		await a.request('DELETE', `/items/articles/${made.id}`);
		await until(async () => !(await bySlug(b, 'articles', 'tracked')), { message: 'the article to be gone at b' });
		const tracks = async (directus: Directus, item: number) => {
			const of = `limit=-1&sort=id&filter[collection][_eq]=articles&filter[item][_eq]=${item}`;
			const fields = 'action,collection,item,revisions.data,revisions.delta,revisions.item,revisions.collection';
			const found = await directus.data<Item[]>('GET', `/activity?${of}&fields=${fields},timestamp,user`);
			expect(found.every(({ timestamp, user }) => Date.parse(String(timestamp)) > 0 && user !== null)).toBe(true);
			return found.map(({ action, revisions }) => ({
				action: String(action),
				revisions: (revisions as { data: Item; delta: Item }[]).map(({ data, delta }) => ({ data, delta })),
			}));
		};
		const [byHand, bySync] = [await tracks(a, made.id), await tracks(b, copy.id)];
		expect(bySync.map(({ action, revisions }) => [action, revisions.length])).toEqual([
			['create', 1],
			['update', 1],
			['delete', 0],
		]);
		const [, updated] = bySync;
		expect(updated?.revisions[0]?.delta).toEqual(byHand[1]?.revisions[0]?.delta);
		expect({ ...updated?.revisions[0]?.data, id: 0 }).toEqual({ ...byHand[1]?.revisions[0]?.data, id: 0 });
		// By hand, a creation's revision has what was sent; by sync that is every field of the rule.
		expect(bySync[0]?.revisions[0]?.data).toMatchObject(byHand[0]?.revisions[0]?.data ?? {});
	});

	it('keep rows with text keys, UUIDs and singletons', async () => {
		await a.request('POST', '/items/countries', { code: 'NL', name: 'Nederland' });
		const doc = await a.data<{ id: string }>('POST', '/items/docs', { title: 'a doc' });
		await a.request('PATCH', '/items/site', { title: 'Ours', motto: 'always' });
		await quiet(a, b);
		expect(await b.data('GET', '/items/countries/NL')).toMatchObject({ name: 'Nederland' });
		expect(await b.data('GET', `/items/docs/${doc.id}`)).toMatchObject({ title: 'a doc' });
		expect(await b.data('GET', '/items/site')).toMatchObject({ title: 'Ours', motto: 'always' });
		await b.request('PATCH', '/items/site', { motto: 'sometimes' });
		await quiet(a, b);
		expect(await a.data('GET', '/items/site')).toMatchObject({ title: 'Ours', motto: 'sometimes' });
	});

	it('end equal, and quiet, where both change the same row at once', async () => {
		const post = await a.data<Item>('POST', '/items/posts', { title: 'both', slug: 'both' });
		const copy = await until(() => bySlug(b, 'posts', 'both'));
		await quiet(a, b);
		for (let round = 0; round < 10; round += 1) {
			await Promise.all([
				a.request('PATCH', `/items/posts/${post.id}`, { title: `a ${round}`, views: round }),
				b.request('PATCH', `/items/posts/${copy.id}`, { title: `b ${round}` }),
			]);
		}
		await quiet(a, b);
		const [mine, theirs] = [await bySlug(a, 'posts', 'both'), await bySlug(b, 'posts', 'both')];
		expect({ ...theirs, id: 0 }).toEqual({ ...mine, id: 0 });
		expect(mine?.['views']).toBe(9);
	});
});
