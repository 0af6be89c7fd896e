import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../kit/wait.js';
import { NOBODY, startWorld, VERSIONS, type Delivery, type World } from './endpoint-world.js';

interface Issues {
	valid: boolean;
	issues: { path: string; code: string; message: string; suggestion?: string }[];
}
interface Preview {
	targets: { id: string; matched: boolean; reason: string; requests: { body: string; headers: object }[] }[];
}

describe.each(VERSIONS)('the endpoint on Directus %s', (version) => {
	let world: World;
	let { directus, receiver, target, ask, list, over } = {} as World;
	beforeAll(async () => {
		world = await startWorld(version);
		({ directus, receiver, target, ask, list, over } = world);
	});
	afterAll(() => world?.stop());

	test('stands on tables that Directus finds nothing wrong with, whenever it reads the schema', async () => {
		await directus.request('POST', '/utils/cache/clear');
		await directus.data('GET', '/collections');
		expect(directus.log()).not.toContain('will be ignored');
	});

	test('validates rules and options, names the place, and suggests', async () => {
		const validate = (body: unknown) => directus.data<Issues>('POST', '/downstream/validate', body);
		const rule = { collection: 'posts', events: ['create'], payload: ['title'] };
		expect(await validate({ kind: 'flush', schema: [rule], options: { batch_size: 5 } })).toEqual({
			valid: true,
			issues: [],
		});
		const wrong = [
			{ ...rule, collection: 'postz' },
			{ ...rule, events: ['updat'] },
			{ ...rule, payload: ['id', 'titel'] },
			{ ...rule, tags: ['post:{{slog}}'] },
			{ ...rule, when: { titel: { _eq: 1 } } },
			{ ...rule, collour: 1 },
		];
		const { valid, issues } = await validate({ kind: 'flush', schema: wrong, options: { batch_sise: 5, rate: -1 } });
		expect(valid).toBe(false);
		expect(issues.map(({ path, suggestion }) => [path, suggestion]).toSorted()).toEqual(
			[
				['/0/collection', 'posts'],
				['/1/events/0', 'update'],
				['/2/payload/1', 'title'],
				['/3/tags/0', 'slug'],
				['/4/when/titel', 'title'],
				['/5/collour', undefined],
				['/options/batch_sise', 'batch_size'],
				['/options/rate', undefined],
			].toSorted(),
		);
		expect(await validate({ kind: 'flush', schema: 'posts' })).toMatchObject({ valid: false, issues: [{ path: '' }] });
	});

	test('tells what a create, an update and a delete would send, and sends nothing', async () => {
		const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'Before' });
		await over(`item=${id}&status=delivered`, 1);
		receiver.clear();
		const dryRun = async (body: object) => {
			const { targets } = await directus.data<Preview>('POST', '/downstream/dry-run', body);
			return { ...targets[0], sent: targets[0]?.requests.map((request) => JSON.parse(request.body)).flat() };
		};
		const posts = { collection: 'posts', keys: [id] };
		expect(await dryRun({ collection: 'posts', event: 'create', payload: { title: 'New' } })).toMatchObject({
			id: target,
			matched: true,
			sent: [{ event: 'create', fields: { title: 'New' } }],
		});
		expect(await dryRun({ ...posts, event: 'update', payload: { title: 'After' } })).toMatchObject({
			matched: true,
			sent: [{ event: 'update', fields: { id, title: 'After' }, previous: { title: 'Before' } }],
		});
		const gone = await dryRun({ ...posts, event: 'delete' });
		expect(gone).toMatchObject({ matched: true, sent: [{ event: 'delete', fields: { id, title: 'Before' } }] });
		expect(JSON.stringify(gone)).not.toContain('the-key-of-the-site');
		expect(await dryRun({ collection: 'tags', event: 'create', payload: {} })).toMatchObject({
			matched: false,
			reason: 'no rule is about tags',
		});
		expect(await directus.data('GET', `/items/posts/${id}`)).toMatchObject({ title: 'Before' });
		expect(receiver.requests).toEqual([]);
		for (const body of [
			{ collection: 'postz', event: 'create' },
			{ ...posts, event: 'update', payload: { titel: 1 } },
			{ ...posts, event: 'explode' },
		])
			expect((await ask('POST', '/downstream/dry-run', body)).status).toBe(400);
	});

	test('tests a target, and keeps the test in the history', async () => {
		receiver.clear();
		receiver.respond = () => ({ body: 'thank you' });
		const result = await directus.data<{ delivery: string }>('POST', `/downstream/targets/${target}/test`);
		expect(result).toMatchObject({ delivered: true, outcome: 'delivered', response: { body: 'thank you' } });
		expect(receiver.requests).toHaveLength(1);
		expect(receiver.requests[0]?.json).toMatchObject([{ event: 'test' }]);
		expect(await directus.data('GET', `/downstream/deliveries/${result.delivery}`)).toMatchObject({
			event: 'test',
			attempts: [{ outcome: 'delivered' }],
		});
		expect((await ask('POST', `/downstream/targets/${NOBODY}/test`)).status).toBe(404);
	});

	test('flushes chosen items, a collection, and everything; previews first', async () => {
		const authors = await directus.data<{ id: number }[]>('POST', '/items/authors', [
			{ name: 'Ann' },
			{ name: 'Hidden' },
			{ name: 'Bob' },
		]);
		const posts = (await directus.data<unknown[]>('GET', '/items/posts?limit=-1')).length;
		const flush = (body: object) =>
			directus.data<{ count: number; operation?: string; requests?: unknown[] }>(
				'POST',
				`/downstream/targets/${target}/flush`,
				body,
			);
		receiver.clear();
		expect(await flush({ all: true, dry_run: true })).toMatchObject({ dry_run: true, count: posts + 2 });
		expect(receiver.requests).toEqual([]);
		const keys = authors.slice(0, 2).map(({ id }) => id);
		for (const [body, count] of [
			[{ collection: 'authors', keys }, 1],
			[{ collection: 'authors' }, 2],
			[{ all: true }, posts + 2],
		] as const) {
			const told = await flush(body);
			expect(told.count, JSON.stringify(body)).toBe(count);
			await over(`operation=${told.operation}&status=delivered`, count);
		}
		expect(receiver.requests.map(({ body }) => body).join()).not.toContain('Hidden');
		const operation = await directus.sql('downstream_operations').where({ action: 'flush' }).first();
		expect(operation).toMatchObject({ target, user: expect.stringMatching(/^[0-9a-f-]{36}$/) });
		for (const body of [{}, { all: true, collection: 'posts' }, { collection: 'tags' }, { all: true, keys: [1] }])
			expect((await ask('POST', `/downstream/targets/${target}/flush`, body)).status).toBe(400);
	});

	test('pauses and resumes: nothing is sent in between, nothing is lost', async () => {
		await directus.request('POST', `/downstream/targets/${target}/pause`, { reason: 'a move' });
		receiver.clear();
		await directus.request('POST', '/items/posts', { title: 'While paused' });
		await over('status=pending', 1);
		const status = await directus.data('GET', '/downstream/status');
		expect(status).toMatchObject({ targets: [{ id: target, state: 'paused', pending: 1 }] });
		expect(receiver.requests).toEqual([]);
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await receiver.waitFor(({ body }) => body.includes('While paused'));
		await over('status=pending,sending', 0);
	});

	test('cancels and retries one, some by id, and all that match a filter', async () => {
		const bulk = (what: 'retry' | 'cancel', body: object) =>
			directus.data<{ count: number; operation: string }>('POST', `/downstream/deliveries/${what}`, body);
		await directus.request('POST', `/downstream/targets/${target}/pause`);
		for (const title of ['A', 'B', 'C']) await directus.request('POST', '/items/posts', { title });
		await over('status=pending', 3);
		const ids = (await list('status=pending')).data.map(({ id }) => id);
		expect(await directus.data('POST', `/downstream/deliveries/${ids[0]}/cancel`)).toMatchObject({
			id: ids[0],
			status: 'cancelled',
		});
		expect(await bulk('cancel', { ids: [ids[1], NOBODY] })).toMatchObject({ count: 1 });
		expect(await bulk('cancel', { filter: { collection: 'posts', status: ['pending'] } })).toMatchObject({ count: 1 });
		expect((await list('status=pending')).meta.total).toBe(0);

		expect(await directus.data('POST', `/downstream/deliveries/${ids[0]}/retry`)).toMatchObject({
			status: 'pending',
			tries: 0,
		});
		expect(await bulk('retry', { ids: [ids[1]] })).toMatchObject({ count: 1 });
		const { count, operation } = await bulk('retry', { filter: { status: ['cancelled'] } });
		expect(count).toBe(1);
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await over(`operation=${operation}&status=delivered`, 1);
		await until(async () =>
			(await Promise.all(ids.map((id) => directus.data<Delivery>('GET', `/downstream/deliveries/${id}`)))).every(
				({ status }) => status === 'delivered',
			),
		);
		for (const body of [{}, { ids: [], filter: {} }, { ids: [ids[0]], filter: {} }, { filter: { colour: 'red' } }])
			expect((await ask('POST', '/downstream/deliveries/retry', body)).status).toBe(400);
		expect((await ask('POST', `/downstream/deliveries/${NOBODY}/cancel`)).status).toBe(404);
	});
});
