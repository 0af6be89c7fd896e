import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { ADMIN } from '../kit/settings.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish, type Entry } from './flush-target.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

const VERSIONS = 'downstream_sync_versions';

describe('changes that cannot be planned for other instances', () => {
	let a: Directus;
	let b: Directus;
	let site: Receiver;
	let source: string;

	const flushed = () =>
		site.requests.flatMap(({ json }) =>
			(json as Entry[]).map(({ event, fields }) => `${event} ${String(fields['title'])}`),
		);
	const left = () => a.sql('downstream_outbox').where({ source: 'sync' }).orderBy('id').pluck('item');
	const post = async (values: Record<string, unknown>) =>
		String((await a.data<{ id: number }>('POST', '/items/posts', values)).id);

	beforeAll(async () => {
		[a, b, site] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startReceiver(),
		]);
		source = await link(a, b, [{ collection: 'posts', fields: ['title', 'slug'] }]);
		await publish(a, {
			url: site.url,
			schema: [{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] }],
		});
		await post({ title: 'before', slug: 'before' });
		await quiet(a, b);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop(), site?.down()]));

	it('are put aside, hold up no flush target, and are planned in their order after a crash', async () => {
		// What sync knows of rows cannot be read: no change can be planned for anybody.
		await a.sql.schema.renameTable(VERSIONS, 'mislaid');
		const first = await post({ title: 'first', slug: 'first' });
		await until(() => flushed().includes('create first'), { message: 'the first to be flushed' });
		const second = await post({ title: 'second', slug: 'second' });
		await until(() => flushed().includes('create second'), { message: 'the second to be flushed' });
		await a.request('PATCH', `/items/posts/${first}`, { title: 'first, edited' });
		const third = await post({ title: 'third', slug: 'third' });
		await a.request('DELETE', `/items/posts/${third}`);
		await until(() => flushed().some((one) => one.startsWith('delete')), { message: 'the deletion to be flushed' });
		// Nobody has to hear of one that came and went.
		await until(async () => (await left()).join() === [first, second, first].join(), {
			message: 'the others to be put aside',
		});
		expect(await a.sql('downstream_outbox').whereNot({ source: 'sync' })).toEqual([]);
		expect(await b.data('GET', '/items/posts?fields=title')).toEqual([{ title: 'before' }]);
		await a.kill9();
		await a.sql.schema.renameTable('mislaid', VERSIONS);
		await a.restart();
		await until(async () => (await left()).length === 0, {
			timeout: 30_000,
			message: 'what was put aside to be planned',
		});
		await quiet(a, b);
		expect(await b.data('GET', '/items/posts?fields=title,slug&sort=id')).toEqual([
			{ title: 'before', slug: 'before' },
			{ title: 'first, edited', slug: 'first' },
			{ title: 'second', slug: 'second' },
		]);
		const sent = (await syncDeliveries(a, source)).filter(({ item }) => [first, second].includes(item));
		expect(sent.map(({ item, status }) => [item, status])).toEqual([
			[first, 'delivered'],
			[second, 'delivered'],
		]);
	});

	it('are told of a singleton as Directus shows it, where it has a second row', async () => {
		const schema = ['posts', 'site'].map((collection) => ({ collection, fields: ['title'] }));
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { schema });
		await a.request('PATCH', '/items/site', { title: 'shown' });
		await quiet(a, b);
		const [second] = (await a.sql('site').insert({ title: 'older, and not shown' }, ['id'])) as [{ id: number }];
		// On PostgreSQL Directus may write either row; here somebody else has.
		const change = { collection: 'site', item: String(second.id), event: 'update', at: Date.now(), source: 'activity' };
		await a.sql('downstream_outbox').insert(change);
		await a.request('PATCH', '/items/site', { motto: 'any' });
		await quiet(a, b);
		for (const directus of [a, b]) expect(await directus.data('GET', '/items/site')).toMatchObject({ title: 'shown' });
	});

	it('take along what was added on the other side only if somebody says so, and it can be brought back', async () => {
		const schema = [
			{ collection: 'articles', fields: ['title'] },
			{ collection: 'comments', fields: ['text', 'article'] },
		];
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { schema });
		const article = await a.data<{ id: number }>('POST', '/items/articles', { title: 'with comments' });
		await a.request('POST', '/items/comments', { text: 'known to both', article: article.id });
		await quiet(a, b);
		const [copy] = await b.data<{ id: number }[]>('GET', '/items/articles');
		await b.request('POST', '/items/comments', { text: 'added there', article: copy?.id });
		await a.request('DELETE', `/items/articles/${article.id}`);
		await quiet(a, b);
		const comments = () =>
			b.data('GET', '/items/comments?fields=text,article.title').then((found) => found as Record<string, unknown>[]);
		const added = { text: 'added there', article: { title: 'with comments' } };
		expect(await comments()).toEqual([added]);
		const [open] = await b.data<{ id: string; message: string }[]>('GET', '/downstream/sync/conflicts?status=open');
		expect(open?.message).toMatch(/comments \d+, which is not known there, would be deleted with it/);
		await b.request('POST', `/downstream/sync/conflicts/${open?.id}/resolve`, { use: 'remote' });
		expect(await comments()).toEqual([]);
		const [{ run }] = (await b.sql('downstream_sync_log').orderBy('id', 'desc').limit(1)) as [{ run: string }];
		const undone = await b.data('POST', `/downstream/sync/runs/${run}/undo`, {});
		expect(undone).toMatchObject({ undone: 2, left: [] });
		expect(await comments()).toEqual([added]);
	});

	it('reach the others where Directus renumbers items by hand, also those whose place occurs twice', async () => {
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, {
			schema: [{ collection: 'articles', fields: ['title', 'sort'] }],
		});
		const places = [1, 1, 1, 2, null, null];
		const made = await a.data<{ id: number }[]>(
			'POST',
			'/items/articles',
			places.map((sort, index) => ({ title: `item ${index}`, sort })),
		);
		await quiet(a, b);
		await a.request('POST', '/utils/sort/articles', { item: made[4]?.id, to: made[1]?.id });
		await quiet(a, b);
		const order = (directus: Directus) =>
			directus.data<{ title: string; sort: number }[]>(
				'GET',
				'/items/articles?fields=title,sort&sort=sort&filter[title][_starts_with]=item',
			);
		const sorted = await order(a);
		expect(new Set(sorted.map(({ sort }) => sort)).size).toBe(places.length);
		expect(await order(b)).toEqual(sorted);
	});

	it('go on by themselves once a token is saved that the other side knows', async () => {
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, {
			schema: [{ collection: 'posts', fields: ['title', 'slug'] }],
			api_key: 'nobody-knows-this',
		});
		await post({ title: 'waits', slug: 'waits' });
		type Targets = { targets: { id: string; state: string }[]; diagnostics: { code: string; message: string }[] };
		const state = async () =>
			(await a.data<Targets>('GET', '/downstream/status')).targets.find(({ id }) => id === source)?.state;
		await until(async () => (await state()) === 'paused', { message: 'the link to stand still' });
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { name: 'renamed' });
		expect(await state()).toBe('paused');
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { api_key: ADMIN.token });
		await quiet(a, b);
		expect(await b.data('GET', '/items/posts?fields=title&filter[slug][_eq]=waits')).toEqual([{ title: 'waits' }]);
		const operations = await a.sql('downstream_operations').where({ action: 'resume', target: source });
		expect(operations).toMatchObject([{ detail: expect.stringContaining('a new key was saved') }]);

		// The same instance a second time is refused, or, under another address, said.
		const second = (url: string) => ({ status: 'published', name: 'twice', url, api_key: ADMIN.token, schema: [] });
		const refused = await a.request('POST', '/items/data_sync_remote_sources', second(`${b.url}/`)).catch(String);
		expect(refused).toContain('already has this address');
		const { port } = new URL(b.url);
		const other = b.url.includes('localhost') ? `http://127.0.0.1:${port}` : `http://localhost:${port}`;
		const { id } = await a.data<{ id: string }>('POST', '/items/data_sync_remote_sources', second(other));
		const told = async () =>
			(await a.data<Targets>('GET', '/downstream/status')).diagnostics.find(({ code }) => code === 'SAME_REMOTE');
		expect(await until(told, { message: 'the second source to be told of', timeout: 30_000 })).toMatchObject({
			message: expect.stringContaining('"twice"'),
		});
		await a.request('DELETE', `/items/data_sync_remote_sources/${id}`);
	});
});
