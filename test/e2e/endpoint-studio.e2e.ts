import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Throughput } from '../../src/contract/answers/status.js';
import { until } from '../kit/wait.js';
import { NOBODY, startWorld, VERSIONS, type World } from './endpoint-world.js';

interface Cause {
	target: string;
	status: string;
	code: string;
	message: string;
	count: number;
	oldest: string;
	newest: string;
}
interface Preview {
	id: string;
	name: string;
	matched: boolean;
	reason: string;
	requests: { url: string; body: string; headers: Record<string, string> }[];
	rules: {
		index: number;
		collection: string;
		matched: boolean;
		items: { item: string; send: boolean; reason: string }[];
	}[];
	issues: { path: string; code: string }[];
}

const PURGED_BY_PATHS = { adapter: 'varnish', options: { method: 'purge' } };

describe.each(VERSIONS)('what the Studio asks of the endpoint on Directus %s:', (version) => {
	let world: World;
	let { directus, receiver, target, ask, over } = {} as World;
	beforeAll(async () => {
		world = await startWorld(version);
		({ directus, receiver, target, ask, over } = world);
		receiver.respond = ({ body }) => ({ status: body.includes('Broken') ? 400 : body.includes('Gone') ? 422 : 200 });
		for (const title of ['One', 'Broken', 'Two', 'Broken too', 'Gone', 'Three'])
			await directus.request('POST', '/items/posts', { title });
		await over('status=delivered,failed', 6);
	});
	afterAll(() => world?.stop());

	test('which adapters there are, and what each takes', async () => {
		const adapters = await directus.data<{ name: string; options: object; common: { properties: object } }[]>(
			'GET',
			'/downstream/adapters',
		);
		expect(adapters.find(({ name }) => name === 'cloudflare')).toMatchObject({
			title: 'Cloudflare',
			signs: false,
			options: { type: 'object', required: ['zone'], properties: { plan: { enum: expect.anything() } } },
			common: { properties: { batch_size: { default: 100, description: expect.stringMatching(/\w/) } } },
		});
	});

	test('how much went where in each hour, also before it is written, and after a restart', async () => {
		const ofTarget = async (hours: number) => {
			const { targets, ...rest } = await directus.data<Throughput>('GET', `/downstream/throughput?hours=${hours}`);
			return { ...rest, mine: targets.find(({ id }) => id === target) };
		};
		const sum = (numbers: number[] = []) => numbers.reduce((all, number) => all + number, 0);
		const counted = await ofTarget(2);
		expect(counted.hours).toHaveLength(2);
		expect(Date.now() - Date.parse(counted.hours[1] ?? '')).toBeLessThan(3_600_000);
		const totals = ({ mine }: typeof counted) => [
			sum(mine?.delivered),
			sum(mine?.failed),
			sum(mine?.retried),
			sum(mine?.requests),
		];
		expect(totals(counted)).toEqual([3, 3, 0, 6]);
		expect(counted.mine?.p95_ms.at(-1) ?? counted.mine?.p95_ms[0]).toBeGreaterThan(0);
		await until(async () => (await directus.sql('downstream_hours').sum({ sum: 'requests' }))[0]?.['sum'] === 6, {
			message: 'the counts in the table',
			timeout: 20_000,
		});
		expect(totals(await ofTarget(2))).toEqual([3, 3, 0, 6]);
		await directus.restart();
		expect(totals(await ofTarget(168))).toEqual([3, 3, 0, 6]);
		expect((await ofTarget(24)).hours).toHaveLength(24);
		for (const hours of ['0', '169', 'all'])
			expect((await ask('GET', `/downstream/throughput?hours=${hours}`)).status).toBe(400);
	});

	test('why deliveries failed, biggest group first', async () => {
		const causes = (query: string) => directus.data<Cause[]>('GET', `/downstream/deliveries/causes?${query}`);
		const all = await causes('');
		expect(all).toMatchObject([
			{ target, status: 'failed', code: 'HTTP_400', count: 2, message: expect.stringContaining('400') },
			{ target, status: 'failed', code: 'HTTP_422', count: 1 },
		]);
		expect(Date.parse(all[0]?.newest ?? '')).toBeGreaterThanOrEqual(Date.parse(all[0]?.oldest ?? ''));
		expect(all[1]?.newest).toBe(all[1]?.oldest);
		const codes = async (query: string) => (await causes(query)).map(({ code, count }) => `${code} ${count}`);
		expect(await codes(`target=${target}&error=HTTP_422`)).toEqual(['HTTP_422 1']);
		expect(await codes('q=400')).toEqual(['HTTP_400 2']);
		expect(await codes('item=2')).toEqual(['HTTP_400 1']);
		expect(await codes('collection=posts&event=create')).toEqual(['HTTP_400 2', 'HTTP_422 1']);
		for (const query of ['status=delivered', 'status=retrying', `target=${NOBODY}`, 'until=2020-01-01', 'event=delete'])
			expect(await codes(query), query).toEqual([]);
		expect((await ask('GET', '/downstream/deliveries/causes?limit=5')).status).toBe(400);
	});

	test('what each rule of a target says to a change, and why', async () => {
		const dryRun = async (body: object) =>
			(await directus.data<{ targets: Preview[] }>('POST', '/downstream/dry-run', body)).targets;
		const [author] = await directus.data<{ id: number }[]>('POST', '/items/authors', [{ name: 'Hidden' }]);
		const change = { collection: 'authors', event: 'update', keys: [author?.id] };
		expect((await dryRun({ ...change, payload: { name: 'Hidden' }, target }))[0]).toMatchObject({
			matched: false,
			issues: [],
			rules: [{ index: 1, collection: 'authors', matched: false, items: [{ item: String(author?.id), send: false }] }],
		});
		expect((await dryRun({ ...change, payload: { name: 'Shown' }, target }))[0]?.rules).toMatchObject([
			{ index: 1, matched: true, items: [{ send: true, reason: expect.stringMatching(/\w/) }] },
		]);
		expect((await dryRun({ collection: 'tags', event: 'create', target }))[0]?.rules).toEqual([]);
	});

	test('what a target would send that is not saved, with the secrets of the stored one, which nobody sees', async () => {
		const preview = async (draft: object, change: object = { collection: 'posts', event: 'update', keys: [1] }) => {
			const answer = await ask('POST', '/downstream/dry-run', { ...change, draft });
			expect(answer.text).not.toContain('the-key-of-the-site');
			const { targets } = (JSON.parse(answer.text) as { data: { targets: Preview[] } }).data;
			expect(targets).toHaveLength(1);
			return targets[0] as Preview;
		};
		const rule = { collection: 'posts', events: ['update'], payload: ['title'], tags: ['post:{{id}}'] };
		const invalid = { collection: 'posts', events: ['update'], payload: ['titel'] };
		const edited = await preview({ id: target, schema: [invalid, rule] });
		expect(edited).toMatchObject({
			id: target,
			name: 'Site',
			matched: true,
			rules: [{ index: 1, collection: 'posts', matched: true, items: [{ item: '1', send: true }] }],
			issues: [{ path: '/schema/0/payload/0' }],
			requests: [{ url: `${receiver.url}/flush`, body: expect.stringContaining('"post:1"') }],
		});
		expect(edited.requests[0]?.headers['authorization']).toMatch(/\*{3}/);
		const unsaved = await preview({ name: 'New', url: 'https://new.example/flush', schema: [rule] });
		expect(unsaved).toMatchObject({ name: 'New', matched: true, requests: [{ url: 'https://new.example/flush' }] });
		expect(unsaved.issues).toEqual([]);
		expect(unsaved.requests[0]?.headers['authorization']).toBeUndefined();
		const wrong = { url: 'nowhere', adapter: 'cloudflare', schema: [rule] };
		expect(await preview(wrong)).toMatchObject({
			matched: true,
			requests: [],
			issues: [{ path: '/url' }, { path: '/options/zone', code: 'required' }],
		});
		expect(await preview({ schema: 'no rules' })).toMatchObject({ matched: false, rules: [] });
		expect(await preview({ ...PURGED_BY_PATHS, url: 'https://new.example', schema: [rule] })).toMatchObject({
			matched: false,
			requests: [],
			issues: [{ path: '/schema/0/paths', code: 'nothing_to_send' }],
		});
		const both = { collection: 'posts', event: 'update', target, draft: { schema: [] } };
		expect((await ask('POST', '/downstream/dry-run', both)).status).toBe(400);
		expect(await directus.data('GET', `/items/cache_flush_targets/${target}`)).toMatchObject({ name: 'Site' });
	});

	test('whether a rule would send nothing at all, before and on publishing', async () => {
		const rule = { collection: 'posts', events: ['update'], payload: ['title'] };
		const said = { path: '/0/paths', code: 'nothing_to_send', message: expect.stringContaining('varnish') };
		const validate = (body: object) => directus.data('POST', '/downstream/validate', { kind: 'flush', ...body });
		expect(await validate({ ...PURGED_BY_PATHS, schema: [rule] })).toEqual({ valid: false, issues: [said] });
		expect(await validate({ ...PURGED_BY_PATHS, schema: [{ ...rule, paths: ['/{{id}}'] }] })).toMatchObject({
			valid: true,
		});
		expect(await validate({ schema: [rule] })).toMatchObject({ valid: true });
		const saved = { name: 'Edge', url: 'https://edge.example', ...PURGED_BY_PATHS, schema: [rule] };
		const { id } = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', saved);
		const publish = () => ask('PATCH', `/items/cache_flush_targets/${id}`, { status: 'published' });
		const refused = await publish();
		expect(refused.status).toBe(400);
		expect(refused.text).toContain('/schema/0/paths');
		await directus.request('PATCH', `/items/cache_flush_targets/${id}`, { schema: [{ ...rule, paths: ['/{{id}}'] }] });
		expect((await publish()).status).toBe(200);
	});
});
