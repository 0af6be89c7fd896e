import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash, randomBytes } from 'node:crypto';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

const RULES = [{ collection: 'articles', fields: ['title', 'slug', 'cover'], direction: 'both' }];

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function upload(directus: Directus, bytes: Buffer, path = '/files', method = 'POST'): Promise<string> {
	const form = new FormData();
	form.set('title', 'a cover');
	form.set('type', 'application/pdf');
	form.set('file', new Blob([new Uint8Array(bytes)], { type: 'application/pdf' }), 'cover.pdf');
	const response = await fetch(`${directus.url}${path}`, {
		method,
		headers: { authorization: `Bearer ${directus.token}` },
		body: form,
	});
	expect(response.ok, await response.clone().text()).toBe(true);
	return ((await response.json()) as { data: { id: string } }).data.id;
}

async function bytesOf(directus: Directus, id: string): Promise<string | null> {
	const response = await fetch(`${directus.url}/assets/${id}`, {
		headers: { authorization: `Bearer ${directus.token}` },
	});
	return response.ok ? digest(new Uint8Array(await response.arrayBuffer())) : null;
}

describe('files of synced items', () => {
	let a: Directus;
	let b: Directus;
	let source: string;

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		source = await link(a, b, RULES);
		await link(b, a, RULES);
	});
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	const same = (id: string, sha: string, directus = b) =>
		until(async () => (await bytesOf(directus, id)) === sha, { message: `the bytes of ${id} to be ${sha}` });

	it('come with the item that shows them, folder and bytes, and only then', async () => {
		const bytes = randomBytes(300_000);
		const id = await upload(a, bytes);
		const folder = await a.data<{ id: string }>('POST', '/folders', { name: 'Covers' });
		await a.request('PATCH', `/files/${id}`, { folder: folder.id, description: 'told by a' });
		const unseen = await upload(a, randomBytes(1_000));
		await a.request('POST', '/items/articles', { title: 'With a cover', slug: 'covered', cover: id });
		await same(id, digest(bytes));
		await quiet(a, b);
		const file = await b.data<Record<string, unknown>>('GET', `/files/${id}`);
		expect(file).toMatchObject({ title: 'a cover', description: 'told by a', folder: folder.id });
		expect(Number(file['filesize'])).toBe(300_000);
		expect(await b.data('GET', `/folders/${folder.id}`)).toMatchObject({ name: 'Covers' });
		expect(await b.data('GET', '/items/articles?fields=slug,cover')).toEqual([{ slug: 'covered', cover: id }]);
		expect(await bytesOf(b, unseen)).toBeNull();
		expect((await syncDeliveries(a, source)).filter(({ status }) => status !== 'delivered')).toEqual([]);
	});

	it('keep their id when they are replaced, on either side', async () => {
		const [{ cover } = { cover: '' }] = await a.data<{ cover: string }[]>('GET', '/items/articles?fields=cover');
		const next = randomBytes(300_000);
		await upload(a, next, `/files/${cover}`, 'PATCH');
		await same(cover, digest(next));
		await quiet(a, b);
		const last = randomBytes(1_234);
		await upload(b, last, `/files/${cover}`, 'PATCH');
		await same(cover, digest(last), a);
		await quiet(a, b);
		expect(await bytesOf(b, cover)).toBe(digest(last));
	});

	it('are not sent again where another file has the same bytes', async () => {
		const bytes = randomBytes(50_000);
		const [first, second] = [await upload(a, bytes), await upload(a, bytes)];
		await a.request('POST', '/items/articles', { title: 'first', slug: 'first', cover: first });
		await same(first, digest(bytes));
		await quiet(a, b);
		await a.request('POST', '/items/articles', { title: 'second', slug: 'second', cover: second });
		await same(second, digest(bytes));
		await quiet(a, b);
		const sent = b
			.log()
			.split('\n')
			.filter((line) => line.includes('/downstream/sync/files'));
		expect(sent.filter((line) => line.includes(first)).length).toBeLessThanOrEqual(1);
		expect(sent.filter((line) => line.includes(second))).toEqual([]);
	});
});

describe('many deletions', () => {
	let a: Directus;
	let b: Directus;
	let source: string;
	const count = async (directus: Directus) =>
		Number((await directus.data<{ count: number | string }[]>('GET', '/items/posts?aggregate[count]=*'))[0]?.count);

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		source = await link(a, b, [{ collection: 'posts', fields: ['*'] }]);
		await a.request(
			'POST',
			'/items/posts',
			Array.from({ length: 120 }, (_, index) => ({ title: `post ${index}`, slug: `post-${index}` })),
		);
		await quiet(a);
	});
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('of more than 50 rows and 5 % wait until somebody confirms them', async () => {
		expect(await count(b)).toBe(120);
		const keys = (await a.data<{ id: number }[]>('GET', '/items/posts?fields=id&limit=100')).map(({ id }) => id);
		await a.request('DELETE', '/items/posts', keys);
		const braked = await until(
			async () => {
				const failed = (await syncDeliveries(a, source)).filter(({ status }) => status === 'failed');
				return failed.length === 100 ? failed : null;
			},
			{ message: 'the deletions to be held' },
		);
		expect(braked[0]?.error).toMatchObject({ code: 'DELETE_BRAKE' });
		expect(await count(b)).toBe(120);
		await a.request('POST', '/downstream/deliveries/retry', { filter: { target: source } });
		await until(async () => (await count(b)) === 20, { message: 'the confirmed deletions' });
	});
});
