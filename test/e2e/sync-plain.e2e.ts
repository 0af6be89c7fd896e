import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layFaultyCable, type Fault, type FaultyCable } from '../kit/cable.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

type Row = Record<string, unknown>;

interface PlainStatus {
	targets: { id: string; mode: string | null; state: string }[];
	diagnostics: { code: string; message: string }[];
}

const RULES = [
	{ collection: 'pages', fields: ['*'], direction: 'both' },
	{ collection: 'docs', fields: ['title'], direction: 'both' },
	{ collection: 'countries', fields: ['name'], direction: 'both' },
	{ collection: 'posts', fields: ['title', 'slug'], direction: 'both' },
];

const column = (field: string, type: string, meta: Row = {}, schema: Row = {}) => ({ field, type, schema, meta });

/** A collection with UUID keys that refers to another. */
async function addPages(directus: Directus): Promise<void> {
	await directus.request('POST', '/collections', {
		collection: 'pages',
		schema: {},
		meta: {},
		fields: [
			column('id', 'uuid', { special: ['uuid'] }, { is_primary_key: true, length: 36 }),
			column('title', 'string'),
			column('slug', 'string', {}, { is_unique: true }),
			column('doc', 'uuid', { special: ['m2o'] }),
		],
	});
	await directus.request('POST', '/relations', {
		collection: 'pages',
		field: 'doc',
		related_collection: 'docs',
		schema: { on_delete: 'SET NULL' },
		meta: {},
	});
}

describe.each(sampledVersions(import.meta.url))('an instance without the extension, Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	let cable: FaultyCable;
	let there: string;

	const rows = (directus: Directus, collection: string) =>
		directus.data<Row[]>('GET', `/items/${collection}?sort=title`);
	const status = () => a.data<PlainStatus>('GET', '/downstream/status');
	const modeOf = async () => (await status()).targets.find(({ id }) => id === there)?.mode;

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true }),
			startDirectus({ version, database: 'sqlite', content: true, extension: false }),
		]);
		await Promise.all([addPages(a), addPages(b)]);
		cable = await layFaultyCable(b.port);
		const options = { timeout_ms: 2_000, retry: { tries: 20, min_ms: 200, max_ms: 1_000 } };
		there = await link(a, { url: cable.url } as Directus, RULES, { options });
	});
	afterAll(async () => {
		await Promise.all([a?.stop(), b?.stop()]);
		await cable?.stop();
	});

	it('gets items with UUID and text keys, created, updated, deleted, with their references', async () => {
		const doc = await a.data<Row>('POST', '/items/docs', { title: 'doc' });
		const page = await a.data<Row>('POST', '/items/pages', { title: 'page', slug: 'page', doc: doc['id'] });
		await a.request('POST', '/items/countries', { code: 'NL', name: 'Nederland' });
		await quiet(a);
		expect(await rows(b, 'pages')).toEqual([{ id: page['id'], title: 'page', slug: 'page', doc: doc['id'] }]);
		expect(await b.data('GET', '/items/countries/NL')).toMatchObject({ name: 'Nederland' });

		await a.request('PATCH', `/items/pages/${String(page['id'])}`, { title: 'changed', doc: null });
		await a.request('PATCH', '/items/countries/NL', { name: 'The Netherlands' });
		await quiet(a);
		expect(await rows(b, 'pages')).toMatchObject([{ title: 'changed', doc: null }]);
		expect(await b.data('GET', '/items/countries/NL')).toMatchObject({ name: 'The Netherlands' });

		// What is gone there already is no failure, neither to be changed nor to be deleted.
		await b.request('DELETE', `/items/docs/${String(doc['id'])}`);
		await a.request('PATCH', `/items/docs/${String(doc['id'])}`, { title: 'doc again' });
		await quiet(a);
		expect(await rows(b, 'docs')).toMatchObject([{ id: doc['id'], title: 'doc again' }]);
		await b.request('DELETE', `/items/docs/${String(doc['id'])}`);
		await a.request('DELETE', `/items/docs/${String(doc['id'])}`);
		await a.request('DELETE', `/items/pages/${String(page['id'])}`);
		await quiet(a);
		expect(await rows(b, 'pages')).toEqual([]);
		expect((await syncDeliveries(a, there)).every((delivery) => delivery.status === 'delivered')).toBe(true);
	});

	it('says what is missing, and why items with numbers for keys cannot be sent', async () => {
		await a.request('POST', '/items/posts', { title: 'a post', slug: 'p' });
		await quiet(a);
		const failed = (await syncDeliveries(a, there)).filter(({ collection }) => collection === 'posts');
		expect(failed).toMatchObject([{ status: 'failed', error: { code: 'NEEDS_EXTENSION' } }]);
		expect(failed[0]?.error?.message).toMatch(/posts.*install the extension there/);
		const { targets, diagnostics } = await status();
		expect(targets.find(({ id }) => id === there)).toMatchObject({ mode: 'plain', state: 'failed' });
		expect(diagnostics.find(({ code }) => code === 'NO_EXTENSION')?.message).toMatch(/without this extension/);
		expect(await rows(b, 'posts')).toEqual([]);
	});

	it('gets many in few requests, and all but the bad one', async () => {
		await b.request('POST', '/items/pages', { title: 'taken', slug: 'n-17' });
		const many = Array.from({ length: 40 }, (_, n) => ({ title: `n ${n}`, slug: `n-${n}` }));
		await a.request('POST', '/items/pages', many);
		await quiet(a);
		const mine = (await syncDeliveries(a, there)).filter(
			({ collection, event }) => collection === 'pages' && event === 'create',
		);
		const bad = mine.filter(({ status: state }) => state === 'failed');
		expect(bad).toMatchObject([{ error: { message: expect.stringContaining('has to be unique') as string } }]);
		expect(await rows(b, 'pages')).toHaveLength(40);
		const { attempts } = await a.data<{ attempts: { request: { url: string; headers: Row } }[] }>(
			'GET',
			`/downstream/deliveries/${bad[0]?.id}`,
		);
		expect(attempts.length).toBeLessThan(20);
		expect(JSON.stringify(attempts)).not.toContain(b.token);
	});

	it.each<Fault>([431, 503, 403, 'hang', 'cut', 'half', 'empty'])(
		'loses nothing, and nothing is deleted there, where its answers are %s',
		async (how) => {
			const before = await rows(b, 'docs');
			const docs = await a.data<Row[]>('POST', '/items/docs', [{ title: `${how} 1` }, { title: `${how} 2` }]);
			await quiet(a);
			const [edited, gone] = docs.map(({ id }) => String(id));
			// What is asked is answered so, and what is written, too: nothing may follow from that but another try.
			const isHit = (method: string) => method === 'GET' || (method !== 'PATCH' && how !== 'empty');
			cable.fault(({ method, path }) => (path.startsWith('/items/docs') && isHit(method) ? how : null));
			await a.request('PATCH', `/items/docs/${edited}`, { title: `${how} edited` });
			await a.request('DELETE', `/items/docs/${gone}`);
			await until(() => cable.faults() >= (how === 'empty' ? 1 : 2), { message: 'what is asked to fail' });
			const titles = (await rows(b, 'docs')).map(({ title }) => title);
			expect(titles).toEqual(expect.arrayContaining(before.map(({ title }) => title)));
			cable.fault(() => null);
			await a.request('POST', `/downstream/targets/${there}/resume`);
			const failed = { filter: { target: there, collection: 'docs', status: ['failed'] } };
			await a.request('POST', '/downstream/deliveries/retry', failed);
			await quiet(a);
			expect((await rows(b, 'docs')).map(({ title }) => title)).toEqual(
				[...before.map(({ title }) => title as string), `${how} edited`].toSorted(),
			);
		},
	);

	it('is tried again when it is back, and becomes a real link by itself once the extension is there', async () => {
		await b.stop({ keep: true });
		const page = await a.data<Row>('POST', '/items/pages', { title: 'while away', slug: 'away' });
		await until(
			async () =>
				(await syncDeliveries(a, there)).some(
					(delivery) => delivery.item === page['id'] && delivery.status === 'retrying',
				),
			{
				message: 'the delivery to be retried',
			},
		);
		await b.restart();
		await until(async () => (await rows(b, 'pages')).some(({ slug }) => slug === 'away'), {
			message: 'the row at b',
			timeout: 60_000,
		});

		await b.restart({ extension: true });
		await link(b, a, RULES);
		await until(async () => (await modeOf()) === 'sync', { message: 'the link to be real', timeout: 120_000 });
		await until(async () => (await rows(b, 'posts')).length === 1, { message: 'the post at b', timeout: 60_000 });
		await b.request('PATCH', `/items/pages/${String(page['id'])}`, { title: 'by b' });
		const [post] = await rows(b, 'posts');
		await b.request('PATCH', `/items/posts/${String(post?.['id'])}`, { title: 'post by b' });
		await until(async () => (await a.data<Row>('GET', `/items/pages/${String(page['id'])}`))['title'] === 'by b', {
			message: "b's title at a",
			timeout: 60_000,
		});
		await quiet(a, b);
		expect(await rows(a, 'posts')).toMatchObject([{ title: 'post by b' }]);
		await b.request('DELETE', `/items/pages/${String(page['id'])}`);
		await until(async () => !(await rows(a, 'pages')).some(({ slug }) => slug === 'away'), {
			message: 'the row to be gone at a',
			timeout: 60_000,
		});
		expect((await status()).diagnostics.filter(({ code }) => code === 'NO_EXTENSION')).toEqual([]);
	}, 300_000);
});
