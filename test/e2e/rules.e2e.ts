import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { RequestError, startDirectus, type Directus } from '../kit/directus.js';
import { sampledWorlds } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { publish, type Entry } from './flush-target.js';
import { meaningOfRules } from './rules-meaning.js';
import { toldByRules } from './rules-told.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
	{ version: '12', database: 'mysql' },
] as const);
const databases = worlds.map(({ database }) => database).filter((database) => available[database] === null);
const ALL = ['create', 'update', 'delete'];

/** What a target receives for what happens to an item, on each database, whose values differ in type. */
describe.each(databases)('rules on %s', (database) => {
	let directus: Directus;
	let receiver: Receiver;
	let target: string | null = null;

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version: '12', database, content: true });
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});
	afterEach(async () => {
		if (target) await directus.request('DELETE', `/items/cache_flush_targets/${target}`);
		target = null;
		receiver.respond = () => ({});
	});

	const rules = async (...schema: Record<string, unknown>[]) => {
		receiver.clear();
		target = await publish(directus, {
			url: `${receiver.url}/${database}`,
			options: { details: true },
			schema: [...schema, { collection: 'docs', events: ['create'], payload: ['title'] }],
		});
	};
	const make = (collection: string, body: unknown) =>
		directus.data<{ id: number }>('POST', `/items/${collection}`, body);
	const change = (collection: string, id: unknown, body: unknown) =>
		directus.data('PATCH', `/items/${collection}/${id}`, body);
	const remove = (collection: string, id: unknown) => directus.request('DELETE', `/items/${collection}/${id}`);
	let marks = 0;
	/** All that was sent up to now: a mark is made, and what came before it is what there is. */
	const sent = async (): Promise<Entry[]> => {
		const title = `mark ${(marks += 1)}`;
		await make('docs', { title });
		const isMark = (entry: Entry) => entry.collection === 'docs';
		await receiver.waitFor(({ json }) =>
			(json as Entry[]).some((entry) => isMark(entry) && entry.fields['title'] === title),
		);
		if (process.env['SHOW'])
			console.log(receiver.requests.map(({ headers, body }) => headers['webhook-id'] + ' ' + body).join('\n'));
		const all = receiver.requests.flatMap(({ json }) => json as Entry[]).filter((entry) => !isMark(entry));
		receiver.clear();
		return all;
	};

	it('sends the payload with the key, typed as the API gives it, also relations', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['title', 'featured', 'rating', 'seo', 'published_at', 'author.name', 'tags.tags_id.name'],
		});
		const body = {
			title: 'T',
			featured: true,
			rating: '4.50',
			seo: { a: [1, 2] },
			published_at: '2026-01-02T03:04:05.000Z',
			author: { name: 'Ann' },
			tags: [{ tags_id: { name: 'x' } }],
		};
		const { id } = await make('articles', body);
		const item = await directus.data<Record<string, unknown>>(
			'GET',
			`/items/articles/${id}?fields=id,title,featured,rating,seo,published_at,author.name,tags.tags_id.name`,
		);
		const about = { type: 'created', user: expect.any(String), timestamp: expect.any(Number) };
		expect(await sent()).toEqual([{ collection: 'articles', event: 'create', fields: item, ...about }]);
	});

	it('sends a key of another name under id too', async () => {
		await rules({ collection: 'countries', events: ALL, payload: ['name'] });
		await make('countries', { code: `c${database}`, name: 'Land' });
		expect(await sent()).toMatchObject([{ fields: { code: `c${database}`, id: `c${database}`, name: 'Land' } }]);
	});

	it('sends old and new values of what is sent, and tags and paths of both', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['id', 'slug'],
			tags: ['articles', 'article:{{id}}'],
			paths: ['/blog/{{slug}}'],
		});
		const { id } = await make('articles', { slug: 'old', title: 'T' });
		await sent();
		await change('articles', id, { slug: 'new' });
		expect(await sent()).toMatchObject([
			{
				event: 'update',
				fields: { id, slug: 'new' },
				previous: { slug: 'old' },
				tags: ['articles', `article:${id}`],
				paths: ['/blog/new', '/blog/old'],
			},
		]);
		await change('articles', id, { title: 'other' });
		const [quiet] = await sent();
		expect(quiet).not.toHaveProperty('previous');
	});

	it('sends what a deleted item was', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['slug', 'featured', 'author.name', 'tags.tags_id.name'],
			paths: ['/blog/{{slug}}', '/tag/{{tags.tags_id.name}}'],
		});
		const { id } = await make('articles', {
			slug: 'gone',
			featured: true,
			author: { name: 'Ann' },
			tags: [{ tags_id: { name: 'a' } }, { tags_id: { name: 'b' } }],
		});
		await sent();
		await remove('articles', id);
		expect(await sent()).toMatchObject([
			{
				event: 'delete',
				fields: {
					id,
					slug: 'gone',
					featured: true,
					author: { name: 'Ann' },
					tags: [{ tags_id: { name: 'a' } }, { tags_id: { name: 'b' } }],
				},
				paths: ['/blog/gone', '/tag/a', '/tag/b'],
			},
		]);
	});

	it('sends what matches "when", what stops matching as it was, and nothing else', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['id', 'title'],
			when: { _and: [{ status: { _eq: 'published' } }, { featured: { _eq: true } }] },
			paths: ['/{{slug}}'],
		});
		const { id } = await make('articles', { title: 'draft', slug: 's', status: 'draft', featured: true });
		expect(await sent()).toEqual([]);
		await change('articles', id, { status: 'published', title: 'out' });
		expect(await sent()).toMatchObject([{ event: 'update', fields: { id, title: 'out' } }]);
		await change('articles', id, { status: 'draft', title: 'secret' });
		expect(await sent()).toMatchObject([{ event: 'update', fields: { id, title: 'out' }, paths: ['/s'] }]);
		await change('articles', id, { title: 'still secret' });
		await remove('articles', id);
		expect(await sent()).toEqual([]);
	});

	it('counts an update only where a field of "changed" really changed', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['id'],
			changed: ['title', 'seo', 'published_at', 'rating', 'featured'],
		});
		const values = {
			title: 'same',
			seo: { b: 1, a: 2 },
			published_at: '2026-01-02T03:04:05.000Z',
			rating: '1.50',
			featured: false,
		};
		const { id } = await make('articles', { ...values, body: 'x' });
		await sent();
		await change('articles', id, { body: 'y' });
		await change('articles', id, values);
		await change('articles', id, {});
		expect(await sent()).toEqual([]);
		for (const [field, value] of Object.entries({
			title: 'other',
			seo: { a: 3 },
			published_at: '2026-01-02T03:04:06.000Z',
			rating: '1.51',
			featured: true,
		})) {
			await change('articles', id, { [field]: value });
			expect(await sent(), field).toMatchObject([{ event: 'update', fields: { id } }]);
		}
	});

	it('reads the older spellings', async () => {
		await rules({ name: 'posts', fields: ['title'] });
		const { id } = await make('posts', { title: 'P' });
		expect(await sent()).toMatchObject([{ collection: 'posts', event: 'create', fields: { id, title: 'P' } }]);
	});

	it('keeps to the events of the rule', async () => {
		await rules({ collection: 'posts', events: ['delete'], payload: ['title'] });
		const { id } = await make('posts', { title: 'P' });
		await change('posts', id, { title: 'Q' });
		expect(await sent()).toEqual([]);
		await remove('posts', id);
		expect(await sent()).toMatchObject([{ event: 'delete', fields: { id, title: 'Q' } }]);
	});

	it('flushes what shows a related item: author, tag, translation, block, file, comment', async () => {
		await rules({
			collection: 'articles',
			events: ALL,
			payload: ['id'],
			via: ['author', 'tags', 'translations', 'blocks', 'comments', 'cover'],
		});
		const { id } = await make('articles', {
			title: 'T',
			author: { name: 'A' },
			tags: [{ tags_id: { name: 't' } }],
			translations: [{ languages_code: 'nl-NL', title: 'N' }],
			blocks: [{ collection: 'block_text', item: { text: 'b' } }],
			comments: [{ text: 'c' }],
		});
		const item = await directus.data<{
			author: number;
			tags: { tags_id: number }[];
			translations: { id: number }[];
			blocks: { item: string }[];
			comments: { id: number }[];
		}>('GET', `/items/articles/${id}?fields=author,tags.tags_id,translations.id,blocks.item,comments.id`);
		await sent();
		const expected = [{ collection: 'articles', event: 'update', fields: { id } }];
		await change('authors', item.author, { name: 'B' });
		expect(await sent(), 'author').toMatchObject(expected);
		await change('tags', item.tags[0]?.tags_id, { name: 'u' });
		expect(await sent(), 'tag').toMatchObject(expected);
		await change('articles_translations', item.translations[0]?.id, { title: 'M' });
		expect(await sent(), 'translation').toMatchObject(expected);
		await change('block_text', item.blocks[0]?.item, { text: 'd' });
		expect(await sent(), 'block').toMatchObject(expected);
		await remove('comments', item.comments[0]?.id);
		expect(await sent(), 'comment').toMatchObject(expected);
	});

	it('watches system collections by their name', async () => {
		await rules({ collection: 'directus_files', events: ALL, payload: ['id', 'title'] });
		const form = new FormData();
		form.append('title', 'a file');
		form.append('file', new Blob(['hello'], { type: 'text/plain' }), 'a.txt');
		await fetch(`${directus.url}/files`, {
			method: 'POST',
			body: form,
			headers: { authorization: `Bearer ${directus.token}` },
		});
		expect(
			(await sent()).some((entry) => entry.collection === 'directus_files' && entry.fields['title'] === 'a file'),
		).toBe(true);
	});

	it('refuses to publish an invalid rule, and names the place and what it resembles', async () => {
		const rule = { collection: 'articles', events: ALL, payload: ['id', 'titel'] };
		const refused = publish(directus, { url: `${receiver.url}/invalid`, schema: [rule] });
		await expect(refused).rejects.toThrow(RequestError);
		await expect(refused).rejects.toMatchObject({
			status: 400,
			body: {
				errors: [
					{ message: expect.stringMatching(/\/schema\/0\/payload\/1.*title/), extensions: { code: 'INVALID_PAYLOAD' } },
				],
			},
		});
		const draft = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
			status: 'draft',
			url: `${receiver.url}/invalid`,
			schema: [rule],
		});
		await expect(
			directus.request('PATCH', `/items/cache_flush_targets/${draft.id}`, { status: 'published' }),
		).rejects.toMatchObject({ status: 400 });
		await directus.request('PATCH', `/items/cache_flush_targets/${draft.id}`, {
			status: 'published',
			schema: [{ ...rule, payload: ['title'] }],
		});
		target = draft.id;
	});

	const world = { database, directus: () => directus, receiver: () => receiver, rules, make, change, remove, sent };
	meaningOfRules(world);
	toldByRules(world);
});
