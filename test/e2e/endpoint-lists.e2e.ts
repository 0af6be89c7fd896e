import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../kit/wait.js';
import { NOBODY, startWorld, VERSIONS, type Delivery, type List, type World } from './endpoint-world.js';

describe.each(VERSIONS)('the endpoint on Directus %s lists', (version) => {
	let world: World;
	let { directus, receiver, target, ask, list, over } = {} as World;
	beforeAll(async () => {
		world = await startWorld(version);
		({ directus, receiver, target, ask, list, over } = world);
	});
	afterAll(() => world?.stop());

	beforeAll(async () => {
		receiver.respond = ({ body }) => ({ status: body.includes('Broken') ? 400 : 200 });
		for (const title of ['One', 'Two', 'Broken', 'Four', '100%_!'])
			await directus.request('POST', '/items/posts', { title });
		// A change of what still waits would be sent together with it.
		await over('status=delivered,failed', 5);
		await directus.request('PATCH', '/items/posts/1', { title: 'Uno' });
		await over('status=delivered,failed', 6);
	});

	test('deliveries by every filter, with the total', async () => {
		const counts = {
			'': 6,
			[`target=${target}`]: 6,
			[`target=${NOBODY}`]: 0,
			'kind=flush': 6,
			'kind=sync': 0,
			'status=failed': 1,
			'status=failed,delivered': 6,
			'collection=posts': 6,
			'collection=authors': 0,
			'item=1': 2,
			'event=update': 1,
			'event=delete': 0,
			'since=2020-01-01': 6,
			[`since=${Date.now() + 60_000}`]: 0,
			'until=2020-01-01T00:00:00Z': 0,
			'q=answered%20400': 1,
			'q=%25': 0,
			'error=HTTP_400': 1,
			'item=1&event=create': 1,
		};
		const found: Record<string, number> = {};
		for (const query of Object.keys(counts)) {
			const { data, meta } = await list(query);
			found[query] = meta.total;
			expect(data).toHaveLength(meta.total);
		}
		expect(found).toEqual(counts);
	});

	test('in pages, by cursor, and in either order', async () => {
		const all = (await list('sort=created_at')).data.map(({ id }) => id);
		expect((await list('')).data.map(({ id }) => id)).toEqual(all.toReversed());
		const paged: string[] = [];
		for (let page = 1; page <= 3; page++) {
			const { data, meta } = await list(`sort=created_at&limit=2&page=${page}`);
			expect(meta).toMatchObject({ total: 6, limit: 2, page });
			paged.push(...data.map(({ id }) => id));
		}
		expect(paged).toEqual(all);
		const followed: string[] = [];
		for (let cursor: string | undefined = ''; cursor !== undefined;) {
			const { data, meta }: List<Delivery> = await list(`limit=4${cursor ? `&cursor=${cursor}` : ''}`);
			expect(meta.total).toBe(6);
			followed.push(...data.map(({ id }) => id));
			cursor = meta.next_cursor;
		}
		expect(followed).toEqual(all.toReversed());
	});

	test('what is wrong with a query, and where', async () => {
		for (const [query, named] of [
			['limit=0', '/limit'],
			['limit=many', '/limit'],
			['page=-1', '/page'],
			['sort=password', '/sort'],
			['status=lost', '/status/0'],
			['since=yesterday', '/since'],
			['cursor=x&sort=tries', '/cursor'],
			['kind[]=flush', '/kind'],
		]) {
			const { status, text } = await ask('GET', `/downstream/deliveries?${query}`);
			expect(`${query} ${status} ${text}`).toMatch(/ 400 /);
			if (!/INVALID_QUERY/.test(text) || !text.includes('issues')) continue;
			expect(text).toContain(`"${named}"`);
		}
		const { status, text } = await ask('GET', '/downstream/deliveries?colour=red');
		expect([status, text]).toEqual([400, expect.stringContaining('colour')]);
	});

	test('one delivery with its rule and every attempt', async () => {
		const { data } = await list('status=failed');
		const delivery = await directus.data<Delivery>('GET', `/downstream/deliveries/${data[0]?.id}`);
		expect(delivery).toMatchObject({
			...data[0],
			rule: { collection: 'posts' },
			error: { code: 'HTTP_400', message: expect.stringContaining('400') },
			attempts: [
				{
					outcome: 'failed',
					request: { method: 'POST', url: `${receiver.url}/flush`, body: expect.stringContaining('Broken') },
					response: { status: 400 },
				},
			],
		});
		expect(JSON.stringify(delivery)).not.toContain('the-key-of-the-site');
		expect((await ask('GET', `/downstream/deliveries/${NOBODY}`)).status).toBe(404);
	});

	test('list an incident from its first failure to its end', async () => {
		const incidents = (query: string) =>
			directus.request<List<{ target: string; count: number; resolved_at: string | null }>>(
				'GET',
				`/downstream/incidents?${query}`,
			);
		// A target that failed minutes ago continues the same incident: what counts is the failures.
		const failures = async () => (await incidents('')).data.reduce((sum, { count }) => sum + count, 0);
		const before = await failures();
		receiver.respond = () => ({ status: 500, body: 'out of order' });
		await directus.request('POST', '/items/posts', { title: 'Unlucky' });
		const running = await until(async () => (await incidents('resolved=false')).data[0]);
		expect(running).toMatchObject({ target, resolved_at: null, last_error: { code: 'HTTP_500' } });
		receiver.respond = () => ({});
		await directus.request('POST', '/items/posts', { title: 'Lucky' });
		await until(async () => (await incidents('resolved=false')).meta.total === 0, {
			timeout: 30_000,
			message: 'the end of the incident',
		});
		const { data, meta } = await incidents(`target=${target}&resolved=true`);
		expect(meta.total).toBeGreaterThan(0);
		expect(await failures()).toBeGreaterThan(before);
		expect(Date.parse(data[0]?.resolved_at ?? '')).toBeGreaterThan(0);
		expect((await incidents(`target=${NOBODY}`)).data).toEqual([]);
		expect((await ask('GET', '/downstream/incidents?resolved=perhaps')).status).toBe(400);
	});
});
