import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startDirectus, type Directus } from '../kit/directus.js';
import { until } from '../kit/wait.js';
import { row } from './sync-pairing.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

const RULES = [{ collection: 'articles', fields: ['title', 'slug', 'cover'], direction: 'both' }];

const LIMITS = { FILES_MIME_TYPE_ALLOW_LIST: 'application/pdf,image/*', FILES_MAX_UPLOAD_SIZE: '500kb' };

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
			startDirectus({ version: '12', database: 'sqlite', content: true, env: LIMITS }),
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

	it('are gone with their bytes when they are deleted on the other side', async () => {
		const id = await upload(a, randomBytes(2_000));
		await a.request('POST', '/items/articles', { title: 'gone soon', slug: 'gone-soon', cover: id });
		const kept = () => readdirSync(join(b.folder, 'uploads')).filter((name) => name.includes(id));
		await until(async () => (await bytesOf(b, id)) !== null, { message: 'the bytes to arrive' });
		await quiet(a, b);
		expect(kept().length).toBeGreaterThan(0);
		await a.request('DELETE', `/files/${id}`);
		await until(async () => (await b.sql('directus_files').where({ id })).length === 0, { message: 'the row to go' });
		await until(() => kept().length === 0, { message: 'the bytes to go' });
	});

	it('are taken only where they are awaited, with the bytes that are agreed', async () => {
		const [{ cover } = { cover: '' }] = await b.data<{ cover: string }[]>(
			'GET',
			'/items/articles?fields=cover&limit=1',
		);
		const before = await bytesOf(b, cover);
		const other = randomBytes(100);
		for (const file of [cover, 'e0000000-0000-4000-8000-00000000000f']) {
			const query = new URLSearchParams({ protocol: '1', from: 'anotherinst0', file, sha256: digest(other) });
			const response = await fetch(`${b.url}/downstream/sync/files?${query}`, {
				method: 'POST',
				headers: { authorization: `Bearer ${b.token}`, 'content-type': 'application/octet-stream' },
				body: new Uint8Array(other),
			});
			expect(response.status).toBe(409);
		}
		expect(await bytesOf(b, cover)).toBe(before);
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

	it('are not revealed to instances that may not read them', async () => {
		const token = 'token-of-data-sync';
		await b.request('PATCH', '/users/7c6b6863-d298-453d-a192-4a343eb7ddd3', { token });
		const permit = (action: string) =>
			b.request('POST', '/permissions', {
				policy: '2e76994c-a4eb-47ac-b811-e4692ad9de5e',
				collection: 'directus_files',
				action,
				fields: ['*'],
			});
		for (const action of ['create', 'update']) await permit(action);
		const known = randomBytes(1_000);
		const id = await upload(a, known);
		await a.request('POST', '/items/articles', { title: 'known', slug: 'known', cover: id });
		await same(id, digest(known));
		await quiet(a, b);
		const guess = async (sha256: string, more: object = {}) => {
			const values = { title: 'guess', filename_download: 'a.pdf', type: 'application/pdf', $content: sha256 };
			const { results } = await b.data<{ results: { outcome: string; needs?: string }[] }>(
				'POST',
				'/downstream/sync/apply',
				{ protocol: 1, from: 'anotherinst0', changes: [row('directus_files', randomUUID(), values, more)] },
				token,
			);
			return results.map(({ outcome, needs }) => ({ outcome, needs: needs === sha256 ? 'these bytes' : needs }));
		};
		const [right, wrong] = [await guess(digest(known)), await guess(digest(randomBytes(8)))];
		expect(right).toEqual([{ outcome: 'applied', needs: 'these bytes' }]);
		expect(wrong).toEqual(right);
		await permit('read');
		expect(await guess(digest(known))).toEqual([{ outcome: 'applied', needs: undefined }]);
		expect(await guess(digest(randomBytes(8)))).toEqual(wrong);
		// Bytes are no column that rows could be found by.
		expect(await guess(digest(randomBytes(8)), { match: { fields: ['$content'], count: 1 } })).toEqual(wrong);
	});

	it('are not taken where Directus lets nobody upload such', async () => {
		const html = Buffer.from('<script>alert(1)</script>');
		const form = new FormData();
		form.set('file', new Blob([new Uint8Array(html)], { type: 'text/html' }), 'page.html');
		const headers = { authorization: `Bearer ${a.token}` };
		const made = await fetch(`${a.url}/files`, { method: 'POST', headers, body: form });
		const page = ((await made.json()) as { data: { id: string } }).data.id;
		const large = await upload(a, randomBytes(600_000));
		await a.request('POST', '/items/articles', { title: 'page', slug: 'page', cover: page });
		await a.request('POST', '/items/articles', { title: 'large', slug: 'large', cover: large });
		const refused = await until(
			async () => {
				const failed = (await syncDeliveries(a, source)).filter(
					({ collection, status }) => collection === 'directus_files' && status === 'failed',
				);
				return failed.length === 2 ? failed : null;
			},
			{ message: 'both to be refused' },
		);
		expect(refused.map(({ error }) => error?.code).toSorted()).toEqual(['FILE_TOO_LARGE', 'FILE_TYPE_NOT_ALLOWED']);
		expect([await bytesOf(b, page), await bytesOf(b, large)]).toEqual([null, null]);
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
		// Nobody here knows who says that they are confirmed: there is no remote source for that instance.
		const questions = () =>
			b.request<{ meta: { total: number } }>('GET', '/downstream/sync/conflicts?kind=delete&status=open');
		await until(async () => (await questions()).meta.total === 100, { message: 'the questions at the receiver' });
		expect(await count(b)).toBe(120);
		await b.request('POST', '/downstream/sync/conflicts/resolve', {
			filter: { status: 'open', kind: 'delete', collection: 'posts' },
			use: 'remote',
		});
		await until(async () => (await count(b)) === 20, { message: 'the confirmed deletions' });
	});
});
