import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../src/contract/answers/status.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { letEverybodyRead, readTagged } from './tagged-reads.js';

const PUBLISHED = { status: { _eq: 'published' } };

/** What reads answer with (docs/pages.md). */
describe.each(directusVersions())('tags of reads on Directus %s', (version) => {
	/** Directus 12 takes permissions with a filter from licensed projects only. */
	const hasFilters = version === '11';
	const permitted = hasFilters ? ['articles.status'] : [];
	let directus: Directus;
	let article: number;
	let draft: number;
	let author: number;
	let tag: number;

	beforeAll(async () => {
		directus = await startDirectus({
			version,
			database: 'sqlite',
			content: true,
			env: {
				DOWNSTREAM_RESPONSE_TAGS: 'Cache-Tag,Surrogate-Key',
				CACHE_ENABLED: 'true',
				CACHE_STORE: 'memory',
				CACHE_TTL: '10m',
				CACHE_AUTO_PURGE: 'true',
				CACHE_STATUS_HEADER: 'x-cache',
			},
		});
		await letEverybodyRead(directus, 'articles', hasFilters ? PUBLISHED : null);
		for (const open of ['authors', 'tags', 'articles_tags', 'articles_translations', 'site', 'directus_files'])
			await letEverybodyRead(directus, open);
		const {
			id,
			author: by,
			tags,
		} = await directus.data<{
			id: number;
			author: number;
			tags: { tags_id: number }[];
		}>('POST', '/items/articles?fields=id,author,tags.tags_id', {
			title: 'Ant',
			status: 'published',
			author: { name: 'Ann' },
			tags: [{ tags_id: { name: 'insects' } }],
			translations: [{ languages_code: 'nl-NL', title: 'Mier' }],
		});
		[article, author, tag] = [id, by, tags[0]?.tags_id ?? 0];
		draft = (await directus.data<{ id: number }>('POST', '/items/articles', { title: 'Bee', status: 'draft' })).id;
	});
	afterAll(() => directus?.stop());

	const admin = { authorization: `Bearer downstream-admin-token` };

	test('a list has its items, what may be in it, its order, and the reader’s permission', async () => {
		const found = await readTagged(directus, '/items/articles?fields=id,title&filter[title][_eq]=Ant&sort=slug');
		expect(JSON.parse(found.text)).toEqual({ data: [{ id: article, title: 'Ant' }] });
		expect(found.tags).toEqual([
			'..',
			`articles-${article}`,
			'articles.',
			'articles.slug',
			...permitted,
			'articles.title',
		]);
		expect(found.headers.get('surrogate-key')?.split(' ').toSorted()).toEqual(found.tags);
		expect(found.headers.get('x-downstream-cache')).toBeNull();
	});

	test('out of Directus’ own cache it has the same', async () => {
		const path = '/items/articles?fields=id,author.id,author.name&sort=title';
		const first = await readTagged(directus, path);
		const again = await readTagged(directus, path);
		expect(again.headers.get('x-cache')).toBe('HIT');
		expect(first.tags).toContain(`authors-${author}`);
		expect(again.tags).toEqual(first.tags);
	});

	test('items at any depth', async () => {
		const fields = 'id,author.id,tags.tags_id.id,tags.tags_id.name,translations.title';
		const found = await readTagged(directus, `/items/articles/${article}?fields=${fields}`);
		expect(found.tags).toEqual([
			'..',
			`articles-${article}`,
			`articles-${article}.`,
			`authors-${author}`,
			`tags-${tag}`,
		]);
		const keyless = await readTagged(directus, `/items/articles/${article}?fields=author.name`);
		expect(keyless.tags).toEqual(['..', `articles-${article}`, 'authors..']);
	});

	test('an item that is refused, and one that is not there, carry their own tag', async () => {
		for (const key of hasFilters ? [draft, 4711] : [4711]) {
			const found = await readTagged(directus, `/items/articles/${key}`);
			expect(found.status).toBe(403);
			expect(found.tags).toEqual(['..', `articles-${key}`]);
		}
	});

	test('a list that finds nothing, a relational filter, an aggregate, a search', async () => {
		const nothing = await readTagged(directus, '/items/tags?filter[name][_eq]=none');
		expect(nothing.tags).toEqual(['..', 'tags.', 'tags.name']);
		const related = await readTagged(directus, '/items/articles?fields=id&filter[author][name][_eq]=Ann&sort=id');
		expect(related.tags).toEqual([
			'..',
			`articles-${article}`,
			'articles.',
			'articles.author',
			...permitted,
			'authors.name',
		]);
		const counted = await readTagged(directus, '/items/tags?aggregate[count]=*&groupBy[]=name');
		expect(counted.tags).toEqual(['..', 'tags.', 'tags.name']);
		expect((await readTagged(directus, '/items/tags?search=insects')).tags).toContain('tags..');
	});

	test('SEARCH, aliases and deep', async () => {
		const query = {
			filter: { title: { _eq: 'Ant' } },
			fields: ['id', 'dutch.title'],
			alias: { dutch: 'translations' },
			deep: { dutch: { _filter: { languages_code: { _eq: 'nl-NL' } } } },
			sort: ['id'],
		};
		const found = await readTagged(directus, '/items/articles', {
			method: 'SEARCH',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ query }),
		});
		expect(JSON.parse(found.text)).toEqual({ data: [{ id: article, dutch: [{ title: 'Mier' }] }] });
		expect(found.tags).toEqual([
			'..',
			`articles-${article}`,
			`articles-${article}.`,
			'articles.',
			...permitted,
			'articles.title',
		]);
	});

	test('a singleton and files', async () => {
		expect((await readTagged(directus, '/items/site?fields=title')).tags).toEqual(['..', 'site..']);
		await directus.request('PATCH', '/items/site', { title: 'Site' });
		expect((await readTagged(directus, '/items/site')).tags).toEqual(['..', 'site-1', 'site.']);
		expect((await readTagged(directus, '/files?fields=id')).tags).toEqual(['..', 'directus_files.']);
	});

	test('what only some may see is marked as private', async () => {
		const found = await readTagged(directus, '/items/articles?fields=id&sort=id', { headers: admin });
		expect(found.tags).toEqual(['..', `articles-${article}`, `articles-${draft}`, 'articles.'].toSorted());
		expect(found.headers.get('x-downstream-cache')).toBe('private');
		await directus.request('POST', '/versions', {
			collection: 'articles',
			item: String(article),
			key: 'next',
			name: 'Next',
		});
		const version = await readTagged(directus, `/items/articles/${article}?version=next`, { headers: admin });
		expect(version.status).toBe(200);
		expect(version.headers.get('x-downstream-cache')).toBe('private');
	});

	test.runIf(hasFilters)('a changed permission counts from the next read on', async () => {
		const permission = await letEverybodyRead(directus, 'comments', { text: { _neq: 'x' } });
		const tags = async () => (await readTagged(directus, '/items/comments?fields=id&sort=id')).tags;
		await until(async () => (await tags()).includes('comments.text'), { message: () => 'the permission’s field' });
		await directus.request('PATCH', `/permissions/${permission}`, {
			permissions: { article: { title: { _neq: 'x' } } },
		});
		await until(async () => (await tags()).includes('articles.title'), { message: () => 'the new permission’s field' });
		expect(await tags()).not.toContain('comments.text');
	});

	test('a GraphQL query has the tags of all that it asks for, by POST, by GET, and out of the cache', async () => {
		// Directus 11 answers null for a relation with an alias.
		const by = version === '11' ? 'author' : 'by: author';
		const query = `query q($title: String = "Ant") {
			found: articles(filter: { title: { _eq: $title } }, sort: ["slug"]) { ...shown }
			articles_by_id(id: 999) { id }
			articles_aggregated(groupBy: ["status"]) { group count { id } }
		}
		fragment shown on articles { key: id name: title ${by} { id name } translations(limit: 1) { title } }`;
		const post = (body: object) =>
			readTagged(directus, '/graphql', {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify(body),
			});
		const wanted = [
			'..',
			`articles-${article}`,
			`articles-${article}.`,
			'articles-999',
			'articles.',
			'articles.slug',
			'articles.status',
			'articles.title',
			`authors-${author}`,
		].toSorted();
		const posted = await post({ query });
		expect(JSON.parse(posted.text)).toMatchObject({
			data: { found: [{ key: String(article), [by.split(':')[0] ?? by]: { name: 'Ann' } }] },
		});
		expect(posted.tags).toEqual(wanted);
		const simple = `{ articles(filter: { status: { _eq: "published" } }) { id } site { title } }`;
		const get = () => readTagged(directus, `/graphql?query=${encodeURIComponent(simple)}`);
		const [first, again] = [await get(), await get()];
		expect(again.headers.get('x-cache')).toBe('HIT');
		expect(first.tags).toEqual([
			'..',
			`articles-${article}`,
			'articles.',
			'articles.sort',
			'articles.status',
			'site..',
		]);
		expect(again.tags).toEqual(first.tags);
		expect(again.headers.get('x-downstream-cache')).toBeNull();
		const mutation = await post({ query: 'mutation { create_articles_item(data: { title: "no" }) { id } }' });
		expect(mutation.tags).toEqual([]);
	});

	test('writes and other routes have none', async () => {
		const made = await readTagged(directus, '/items/tags?fields=id', {
			method: 'POST',
			headers: { ...admin, 'content-type': 'application/json' },
			body: '{"name":"new"}',
		});
		expect([made.status, made.tags]).toEqual([200, []]);
		expect((await readTagged(directus, '/fields/tags', { headers: admin })).tags).toEqual([]);
	});

	test('off by default, where somebody whom Directus knows can ask for them', async () => {
		await directus.restart({ env: { DOWNSTREAM_RESPONSE_TAGS: undefined, DOWNSTREAM_RESPONSE_TAGS_MAX: '3' } });
		const path = '/items/tags?fields=id,name&sort=id';
		const asking = { 'x-downstream-tags': '1' };
		const header = 'x-downstream-tags';
		expect((await readTagged(directus, path)).tags).toEqual([]);
		expect((await readTagged(directus, path, { headers: asking, header })).tags).toEqual([]);
		const asked = await readTagged(directus, path, { headers: { ...asking, ...admin }, header });
		expect(asked.tags).toEqual(['..', 'tags..']);
		expect(asked.headers.get('x-downstream-coarse-tags')).toBe('tags..,..');
		const status = await directus.data<Status>('GET', '/downstream/status');
		expect(status.settings).toEqual([]);
	});
});
