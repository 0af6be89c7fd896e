import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

type Row = Record<string, unknown> & { id: number | string };

const RULES = [
	{ collection: 'posts', fields: ['title', 'slug', 'views'], direction: 'both' },
	{ collection: 'things', fields: ['*'], direction: 'both' },
];
const column = (field: string, type: string, schema: object = {}) => ({ field, type, schema, meta: {} });
const VIEWS = column('views', 'integer');
/** What is held back is looked at every few seconds. */
const SLOW = { timeout: 45_000 };

/** A collection with UUID keys; `must`: items without a value for that field are refused. */
const addThings = (directus: Directus, must: boolean) =>
	directus.request('POST', '/collections', {
		collection: 'things',
		schema: {},
		meta: {},
		fields: [
			{ ...column('id', 'uuid', { is_primary_key: true, length: 36 }), meta: { special: ['uuid'] } },
			column('name', 'string'),
			...(must ? [column('must', 'string', { is_nullable: false })] : []),
		],
	});

describe('two instances whose schemas change', () => {
	let a: Directus;
	let b: Directus;
	let there: string;
	let back: string;

	const posts = (directus: Directus) => directus.data<Row[]>('GET', '/items/posts?sort=slug');
	const viewsOf = async (directus: Directus) => (await posts(directus)).map(({ views }) => views);
	const idOf = async (directus: Directus, slug: string) =>
		(await posts(directus)).find((post) => post['slug'] === slug)?.id;
	const diagnostics = async (directus: Directus) =>
		(await directus.data<{ diagnostics: { code: string; message: string }[] }>('GET', '/downstream/status')).diagnostics
			.filter(({ code }) => code === 'SCHEMA_HOLDS')
			.map(({ message }) => message);
	const holds = (directus: Directus, words: RegExp) =>
		until(async () => (await diagnostics(directus)).some((message) => words.test(message)), {
			...SLOW,
			message: `${words.source} to be held back`,
		});
	const holdsNothing = (directus: Directus) =>
		until(async () => (await diagnostics(directus)).length === 0, { ...SLOW, message: 'nothing to be held back' });
	const check = () =>
		a.data<{ collections: { collection: string; stops: { message: string }[]; warnings: { message: string }[] }[] }>(
			'POST',
			`/downstream/sync/peers/${there}/check`,
		);

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		await Promise.all([addThings(a, false), addThings(b, false)]);
		there = await link(a, b, RULES);
		back = await link(b, a, RULES);
		await a.request('POST', '/items/posts', [
			{ slug: 'one', title: 'one', views: 1 },
			{ slug: 'two', title: 'two', views: 2 },
		]);
		await quiet(a, b);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('park a field that the other side has lost, let the rest flow, and send what was held back once it is there again', async () => {
		await b.request('DELETE', '/fields/posts/views');
		await a.request('PATCH', `/items/posts/${await idOf(a, 'one')}`, { title: 'one, edited', views: 10 });
		await holds(a, /views of posts is not sent/);
		await a.request('PATCH', `/items/posts/${await idOf(a, 'two')}`, { views: 20 });
		await a.request('POST', '/items/posts', { slug: 'three', title: 'three', views: 30 });
		await quiet(a);
		expect((await posts(b)).map(({ title }) => title)).toEqual(['one, edited', 'three', 'two']);
		expect((await syncDeliveries(a, there)).filter(({ status }) => status === 'failed')).toEqual([]);
		const checked = (await check()).collections.find(({ collection }) => collection === 'posts');
		expect(checked?.warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/no field "views"/)]);

		await b.request('POST', '/fields/posts', VIEWS);
		// An edit there, of a row whose field is still empty, says nothing about that field.
		await b.request('PATCH', `/items/posts/${await idOf(b, 'two')}`, { title: 'two, by b' });
		await until(async () => (await viewsOf(b)).join() === '10,30,20', { ...SLOW, message: 'the views at b' });
		await holdsNothing(a);
		await quiet(a, b);
		expect(await viewsOf(a)).toEqual([10, 30, 20]);
		expect((await posts(a)).map(({ title }) => title)).toEqual(['one, edited', 'three', 'two, by b']);
		expect(await a.data('GET', `/downstream/sync/peers/${there}/compare`)).toMatchObject({ equal: true });
	}, 120_000);

	it('park a field whose type has become another, on both sides, also where it changes here', async () => {
		await a.request('DELETE', '/fields/posts/views');
		await a.request('POST', '/fields/posts', column('views', 'json'));
		await holds(a, /views of posts is not sent: .*is of the type json here, and integer/);
		// What is sent there is answered with the news.
		await b.request('PATCH', `/items/posts/${await idOf(b, 'two')}`, { title: 'both ways' });
		await holds(b, /views of posts is not sent: .*is of the type integer here, and json/);
		await a.request('PATCH', `/items/posts/${await idOf(a, 'one')}`, { title: 'still flows' });
		await b.request('PATCH', `/items/posts/${await idOf(b, 'two')}`, { views: 21 });
		await quiet(a, b);
		for (const directus of [a, b])
			expect((await posts(directus)).map(({ title }) => title)).toEqual(['still flows', 'three', 'both ways']);
		expect(await viewsOf(b)).toEqual([10, 30, 21]);

		await a.request('DELETE', '/fields/posts/views');
		await a.request('POST', '/fields/posts', VIEWS);
		await until(async () => (await viewsOf(a)).join() === '10,30,21', { ...SLOW, message: 'the views at a' });
		await Promise.all([holdsNothing(a), holdsNothing(b)]);
	}, 120_000);

	it('stop one collection that requires there what is not sent, with the reason, and nothing else', async () => {
		await b.request('DELETE', '/collections/things');
		await addThings(b, true);
		// Looking at the connection is one way of noticing it.
		await check();
		await holds(a, /nothing of things is sent: .*takes no item of "things" without "must"/);
		const thing = await a.data<Row>('POST', '/items/things', { name: 'waits' });
		await a.request('PATCH', `/items/posts/${await idOf(a, 'one')}`, { title: 'goes on' });
		await until(async () => (await posts(b))[0]?.['title'] === 'goes on', { message: 'the post at b' });
		const parked = await until(
			async () => (await syncDeliveries(a, there)).find(({ item, status }) => item === thing.id && status === 'failed'),
			{ message: 'the thing to be parked' },
		);
		expect(parked.error).toMatchObject({
			code: 'SCHEMA_STOPS',
			message: expect.stringMatching(/without "must"/) as string,
		});
		const checked = (await check()).collections.find(({ collection }) => collection === 'things');
		expect(checked?.stops).toHaveLength(1);

		await b.request('PATCH', '/fields/things/must', { schema: { is_nullable: true } });
		await until(async () => (await b.data<Row[]>('GET', '/items/things')).length === 1, {
			...SLOW,
			message: 'the thing at b',
		});
		expect(await b.data('GET', `/items/things/${thing.id}`)).toMatchObject({ name: 'waits' });
		await holdsNothing(a);
	}, 120_000);

	it('remember across a restart what is held back', async () => {
		await a.request('DELETE', '/fields/posts/views');
		await holds(b, /views of posts is not sent/);
		await b.request('PATCH', `/items/posts/${await idOf(b, 'three')}`, { views: 33 });
		await quiet(b);
		await b.stop({ keep: true });
		await a.request('POST', '/fields/posts', VIEWS);
		await b.restart();
		await until(async () => (await viewsOf(a)).join() === '10,33,21', { ...SLOW, message: 'the views at a' });
		expect((await syncDeliveries(b, back)).filter(({ status }) => status === 'failed')).toEqual([]);
	}, 120_000);
});
