import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { deliveriesOf, publish, type Entry } from './flush-target.js';
import { graphql, letEverybodyRead, readTagged } from './tagged-reads.js';

interface DryRun {
	targets: { matched: boolean; reason: string; requests: { body: string }[] }[];
}

/** What a target with automatic tags is told (docs/pages.md): what the reads carry that a change makes out of date. */
describe.each(directusVersions())('automatic tags on Directus %s', (version) => {
	let directus: Directus;
	let receiver: Receiver;
	let target: string;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({
			version,
			database: 'sqlite',
			content: true,
			env: { DOWNSTREAM_RESPONSE_TAGS: 'Cache-Tag' },
		});
		// Directus 12 takes permissions with a filter from licensed projects only.
		await letEverybodyRead(directus, 'articles', version === '11' ? { status: { _eq: 'published' } } : null);
		const open = 'authors tags categories articles_tags articles_translations articles_blocks comments languages';
		for (const name of [...open.split(' '), 'block_text', 'block_quote', 'site', 'posts', 'directus_files'])
			await letEverybodyRead(directus, name);
		target = await publish(directus, {
			url: `${receiver.url}/flush`,
			schema: [],
			options: { tags: 'automatic', concurrency: 1 },
		});
	});
	afterAll(() => Promise.all([directus?.stop(), receiver?.stop()]));

	let marks = 0;
	/** The tags that were sent up to now: a mark is made, and what came before it is what there is. */
	const purged = async (): Promise<Set<string>> => {
		const made = await directus.data<{ code: string }>('POST', '/items/countries', { code: `mark${(marks += 1)}` });
		const isMark = ({ collection, fields }: Entry) => collection === 'countries' && fields['code'] === made.code;
		await receiver.waitFor(({ json }) => (json as Entry[]).some(isMark));
		const entries = receiver.requests.flatMap(({ json }) => json as Entry[]);
		receiver.clear();
		return new Set(entries.filter(({ collection }) => collection !== 'countries').flatMap(({ tags = [] }) => tags));
	};
	const make = async (collection: string, body: unknown) =>
		(await directus.data<{ id: number }>('POST', `/items/${collection}`, body)).id;
	const change = (collection: string, id: unknown, body: unknown) =>
		directus.request('PATCH', `/items/${collection}/${id}`, body);
	const remove = (collection: string, id: unknown) => directus.request('DELETE', `/items/${collection}/${id}`);

	test('an update purges the item and the fields that changed; one that alters nothing purges nothing', async () => {
		// The rights that this began with.
		await purged();
		const id = await make('posts', { title: 'One', slug: 'one' });
		expect(await purged()).toEqual(new Set([`posts-${id}`, 'posts.', 'posts..']));
		await change('posts', id, { title: 'Two', slug: 'one' });
		expect(await purged()).toEqual(new Set([`posts-${id}`, 'posts.title', 'posts..']));
		await change('posts', id, { title: 'Two' });
		expect(await purged()).toEqual(new Set());
		await remove('posts', id);
		expect(await purged()).toEqual(new Set([`posts-${id}`, 'posts.', 'posts..']));
	});

	test('a row of a junction purges the lists that it is in and was in, and says so in words', async () => {
		const [one, other] = [await make('articles', { title: 'One' }), await make('articles', { title: 'Other' })];
		const tag = await make('tags', { name: 'insects' });
		const row = await make('articles_tags', { articles_id: one, tags_id: tag });
		await purged();
		await change('articles_tags', row, { articles_id: other });
		expect(await purged()).toEqual(
			new Set([
				`articles-${one}.`,
				`articles-${other}.`,
				`articles_tags-${row}`,
				'articles_tags..',
				'articles_tags.articles_id',
			]),
		);
		const told = (await deliveriesOf(directus, target)).find(({ collection }) => collection === 'articles_tags');
		expect(told?.reason).toBe(
			`articles_id of articles_tags ${row} changed; this row led to articles ${one}, articles ${other}`,
		);
	});

	test('rows that a deletion takes along purge what showed them', async () => {
		const id = await make('articles', { title: 'Gone', comments: [{ text: 'first' }], author: { name: 'Ann' } });
		const [{ author } = { author: 0 }] = await directus.data<{ author: number }[]>(
			'GET',
			`/items/articles?filter[id][_eq]=${id}&fields=author`,
		);
		await purged();
		await remove('articles', id);
		const tags = await purged();
		for (const tag of [`articles-${id}`, 'articles.', 'comments.', `authors-${author}.`]) expect(tags).toContain(tag);
	});

	test('changed rights and a changed schema purge everything', async () => {
		await letEverybodyRead(directus, 'docs');
		await expect.poll(purged, { timeout: 10_000 }).toContain('..');
		await directus.request('POST', '/fields/posts', { field: `extra${version}`, type: 'string', schema: {}, meta: {} });
		await expect.poll(purged, { timeout: 10_000 }).toContain('..');
	});

	test('a read is never stale without one of its tags having been sent', async () => {
		const author = await make('authors', { name: 'Ann' });
		const block = await make('block_text', { text: 'text' });
		const article = await make('articles', {
			title: 'Ant',
			status: 'published',
			author,
			tags: [{ tags_id: { name: 'insects' } }],
			translations: [{ languages_code: 'nl-NL', title: 'Mier' }],
			blocks: [{ collection: 'block_text', item: String(block) }],
			comments: [{ text: 'hello' }],
		});
		const paths = [
			'/items/articles?fields=id,title&sort=title',
			'/items/articles?fields=id,title,author.name,author.id&filter[author][name][_eq]=Ann&sort=id',
			'/items/articles?fields=title,author.name,tags.tags_id.name&limit=1&sort=-title',
			`/items/articles/${article}?fields=*.*`,
			`/items/articles/${article}?fields=title,comments.text,translations.title,translations.languages_code.name`,
			`/items/articles/${article}?fields=id,blocks.item:block_text.text,blocks.item:block_text.id`,
			'/items/articles?fields=id&filter[comments][_some][text][_eq]=hello&sort=id',
			'/items/articles?fields=id&filter[tags][tags_id][name][_eq]=insects&sort=id',
			'/items/articles?aggregate[count]=*&groupBy[]=author',
			'/items/articles?search=Ant&fields=id',
			'/items/articles?fields=id&limit=2',
			'/items/authors?fields=id,name,count(articles)&sort=name',
			`/items/authors/${author}?fields=name,articles.title&deep[articles][_sort]=title`,
			`/items/articles/${article + 1}?fields=title`,
			'/items/site',
			'/items/tags?fields=id,name&filter[name][_neq]=x&sort=-name',
			'/items/categories?fields=*&meta=filter_count',
			graphql(
				'{ articles(sort: ["title"], filter: { author: { name: { _eq: "Ann" } } }) { id by: author { id name } comments_func { count } } }',
			),
			graphql(
				`{ a: articles_by_id(id: ${article}) { title blocks { collection item { ... on block_text { text } } } } }`,
			),
			graphql(
				'{ tags(filter: { name: { _neq: "x" } }) { name } articles_aggregated(groupBy: ["status"]) { group countAll } }',
			),
		];
		const kept = new Map<string, { text: string; tags: string[] }>();
		for (const path of paths) kept.set(path, await readTagged(directus, path));
		await purged();
		let next = 0;
		const edits: [string, () => Promise<unknown>][] = [
			['a title', () => change('articles', article, { title: 'Bug' })],
			['a draft', async () => (next = await make('articles', { title: 'Ant too', status: 'draft' }))],
			['published', () => change('articles', next, { status: 'published' })],
			['the author’s name', () => change('authors', author, { name: 'Bob' })],
			['back', () => change('authors', author, { name: 'Ann' })],
			['another author', () => change('articles', next, { author })],
			[
				'a nested edit',
				() =>
					change('articles', article, {
						translations: { create: [{ languages_code: 'en-US', title: 'Ant' }], update: [], delete: [] },
					}),
			],
			['a block', () => change('block_text', block, { text: 'new' })],
			['a comment', () => make('comments', { text: 'hello', article: next })],
			[
				'its text',
				async () =>
					change('comments', (await directus.data<{ id: number }[]>('GET', '/items/comments?sort=-id'))[0]?.id, {
						text: 'x',
					}),
			],
			[
				'a tag',
				async () =>
					change('tags', (await directus.data<{ id: number }[]>('GET', '/items/tags?sort=-id'))[0]?.id, {
						name: 'bugs',
					}),
			],
			[
				'tagged',
				() =>
					change('articles', next, { tags: { create: [{ tags_id: { name: 'insects' } }], update: [], delete: [] } }),
			],
			['the singleton', () => directus.request('PATCH', '/items/site', { title: 'Site', motto: String(marks) })],
			['sorted', () => directus.request('POST', '/utils/sort/articles', { item: next, to: article })],
			[
				'many at once',
				() =>
					directus.request('PATCH', '/items/articles', { keys: [article, next], data: { slug: 'same', title: 'Cow' } }),
			],
			['a category', () => make('categories', { name: 'News' })],
			['unpublished', () => change('articles', article, { status: 'draft' })],
			['published again', () => change('articles', article, { status: 'published' })],
			['deleted with its rows', () => remove('articles', next)],
			['the author deleted', () => remove('authors', author)],
		];
		let [stale, changed, dropped] = [0, 0, 0];
		for (const [what, edit] of edits) {
			await edit();
			const tags = await purged();
			for (const [path, before] of kept) {
				const now = await readTagged(directus, path);
				const isDropped = before.tags.some((tag) => tags.has(tag));
				if (now.text !== before.text) {
					changed += 1;
					if (!isDropped) stale += 1;
					expect
						.soft(isDropped, `${what} changed ${path}\n${before.tags.join(' ')}\npurged ${[...tags].join(' ')}`)
						.toBe(true);
				}
				if (isDropped) dropped += 1;
				if (isDropped) kept.set(path, now);
			}
		}
		expect(stale).toBe(0);
		expect(changed).toBeGreaterThan(40);
		expect(dropped / changed).toBeLessThan(3);
	}, 180_000);

	test('a date that passes changes the page though nobody saves, also while Directus is off, once', async () => {
		const options = { tags: 'automatic', max_wait_ms: 0, concurrency: 1, at: { articles: ['published_at'] } };
		await directus.request('PATCH', `/items/cache_flush_targets/${target}`, { options });
		const path = '/items/articles?fields=id,title&filter[published_at][_lte]=$NOW&sort=id';
		const soon = () => new Date(Date.now() + 2_000).toISOString();
		const toldOf = async (id: number) =>
			(await deliveriesOf(directus, target)).filter(
				({ item, reason }) => item === String(id) && reason.startsWith('published_at has passed'),
			);
		const before = await readTagged(directus, path);
		const seen = await make('articles', { title: 'Soon', status: 'published', published_at: soon() });
		await until(async () => (await toldOf(seen)).length > 0, { message: () => 'the date' });
		expect((await readTagged(directus, path)).text).toContain('Soon');
		expect(before.tags).toContain('articles.published_at');
		expect(await purged()).toContain('articles.published_at');
		const missed = await make('articles', { title: 'Missed', status: 'published', published_at: soon() });
		await directus.restart();
		await until(async () => (await toldOf(missed)).length > 0, { message: () => 'the date that passed meanwhile' });
		expect(await purged()).toContain(`articles-${missed}`);
		expect([(await toldOf(seen)).length, (await toldOf(missed)).length]).toEqual([1, 1]);
	});

	test('a preview shows the tags and why', async () => {
		const id = await make('posts', { title: 'Seen', slug: 'seen' });
		const asked = { collection: 'posts', event: 'update', keys: [String(id)], payload: { slug: 'new' } };
		const preview = await directus.data<DryRun>('POST', '/downstream/dry-run', { ...asked, target });
		expect(preview.targets[0]).toMatchObject({ matched: true, reason: `slug of posts ${id} changed` });
		const [entry] = JSON.parse(preview.targets[0]?.requests[0]?.body ?? '[]') as Entry[];
		expect(new Set(entry?.tags)).toEqual(new Set([`posts-${id}`, 'posts.slug', 'posts..']));
		const same = await directus.data<DryRun>('POST', '/downstream/dry-run', {
			...asked,
			payload: { slug: 'seen' },
			target,
		});
		expect(same.targets[0]).toMatchObject({ matched: false, reason: 'no value changed' });
		const created = { collection: 'posts', event: 'create', keys: [], payload: { slug: 'x' }, target };
		expect((await directus.data<DryRun>('POST', '/downstream/dry-run', created)).targets[0]?.reason).toBe(
			'posts new was created',
		);
	});

	test('by hand: items, a collection, everything', async () => {
		const id = await make('tags', { name: 'by hand' });
		await purged();
		const flush = (body: object) => directus.request('POST', `/downstream/targets/${target}/flush`, body);
		await flush({ collection: 'tags', keys: [String(id)] });
		expect(await purged()).toEqual(new Set([`tags-${id}`, 'tags.', 'tags..']));
		await flush({ all: true });
		expect(await purged()).toEqual(new Set(['..']));
	});

	test('only some collections, checked when saved', async () => {
		const problem = (options: object, adapter = 'webhook') =>
			directus.data<{ issues: { path: string; message: string; suggestion?: string }[] }>(
				'POST',
				'/downstream/validate',
				{
					kind: 'flush',
					adapter,
					options: { tags: 'automatic', ...options },
				},
			);
		expect((await problem({})).issues).toEqual([]);
		expect((await problem({ collections: ['article'] })).issues).toMatchObject([
			{ path: '/options/collections/0', suggestion: 'articles' },
		]);
		// By path it is told of the pages that a front end has reported.
		expect((await problem({}, 'varnish')).issues).toEqual([]);
		expect((await problem({ method: 'xkey-purge' }, 'varnish')).issues).toEqual([]);
		await directus.request('PATCH', `/items/cache_flush_targets/${target}`, {
			options: { tags: 'automatic', collections: ['articles', 'countries'], max_wait_ms: 0, concurrency: 1 },
		});
		const id = await make('articles', { title: 'Some', comments: [{ text: 'c' }], author: { name: 'Zoe' } });
		const tags = await purged();
		expect(tags).toEqual(new Set([`articles-${id}`, `articles-${id}.`, 'articles.', 'articles..']));
	});
});
