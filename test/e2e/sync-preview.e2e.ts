import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { ADMIN } from '../kit/settings.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

interface Previewed {
	id: string;
	matched: boolean;
	reason: string;
	rule: { collection: string } | null;
	requests: { method: string; url: string; headers: Record<string, string>; body: string }[];
	rules: { index: number; matched: boolean; items: { item: string; send: boolean; reason: string }[] }[];
}

const RULES = [
	{ collection: 'posts', fields: ['title', 'slug'], direction: 'both', when: { title: { _nstarts_with: 'secret' } } },
	{ collection: 'authors', fields: ['name'], direction: 'pull' },
];

describe('what a remote source would be sent', () => {
	let a: Directus;
	let b: Directus;
	let source: string;

	const preview = async (body: Record<string, unknown>): Promise<Previewed> => {
		const { targets } = await a.data<{ targets: Previewed[] }>('POST', '/downstream/dry-run', body);
		expect(targets.map(({ id }) => id)).toEqual([source]);
		return targets[0] as Previewed;
	};
	const valuesIn = ({ requests }: Previewed) =>
		requests.flatMap(({ body }) =>
			(JSON.parse(body) as { changes: { state: { groups: { values: object }[] } }[] }).changes.map(({ state }) =>
				Object.assign({}, ...state.groups.map(({ values }) => values)),
			),
		);

	beforeAll(async () => {
		[a, b] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		source = await link(a, b, RULES);
		await a.request('POST', `/downstream/sync/peers/${source}/check`, {});
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('of an item that nobody has made yet is the message as it would go out, without the token', async () => {
		const found = await preview({
			collection: 'posts',
			event: 'create',
			keys: [],
			payload: { title: 'New', slug: 'new', views: 3 },
		});
		expect(found).toMatchObject({ matched: true, reason: 'created here', rule: { collection: 'posts' } });
		expect(found.requests).toMatchObject([{ method: 'POST', url: `${b.url}/downstream/sync/apply` }]);
		expect(JSON.stringify(found.requests)).not.toContain(ADMIN.token);
		expect(valuesIn(found)).toEqual([{ title: 'New', slug: 'new' }]);
		expect(await a.sql('downstream_sync_versions')).toEqual([]);
		expect(await syncDeliveries(a, source)).toEqual([]);
	});

	it('of an item that is there already can be seen all the same, and what an edit would change', async () => {
		const { id } = await a.data<{ id: number }>('POST', '/items/posts', { title: 'One', slug: 'one' });
		await quiet(a, b);
		const before = await a.sql('downstream_sync_versions');
		const asIs = await preview({ collection: 'posts', event: 'update', keys: [String(id)], target: source });
		expect(asIs).toMatchObject({ matched: true, reason: 'as it is now, if it were changed' });
		expect(valuesIn(asIs)).toEqual([{ title: 'One', slug: 'one' }]);
		const same = await preview({ collection: 'posts', event: 'update', keys: [String(id)], payload: { views: 5 } });
		expect(same).toMatchObject({ matched: false, reason: expect.stringContaining('has it already'), requests: [] });
		const edited = await preview({
			collection: 'posts',
			event: 'update',
			keys: [String(id)],
			payload: { title: 'Two' },
		});
		expect(edited).toMatchObject({ matched: true, reason: 'title changed here' });
		expect(valuesIn(edited)).toEqual([{ title: 'Two', slug: 'one' }]);
		const gone = await preview({ collection: 'posts', event: 'delete', keys: [String(id)] });
		expect(gone).toMatchObject({ matched: true, reason: 'deleted here' });
		expect(JSON.parse(gone.requests[0]?.body ?? '')).toMatchObject({
			changes: [{ state: { deleted: { stamp: expect.any(String) } } }],
		});
		expect(await a.sql('downstream_sync_versions')).toEqual(before);
		expect(await b.data('GET', '/items/posts?fields=title,slug')).toEqual([{ title: 'One', slug: 'one' }]);
	});

	it('is nothing where the rules say so, and why', async () => {
		const secret = await preview({ collection: 'posts', event: 'create', keys: [], payload: { title: 'secret' } });
		expect(secret).toMatchObject({ matched: false, requests: [], reason: expect.stringContaining('`when`') });
		const pulled = await preview({ collection: 'authors', event: 'create', keys: [], payload: { name: 'Ada' } });
		expect(pulled.rules).toMatchObject([
			{ index: 1, items: [{ send: false, reason: expect.stringContaining('only takes') }] },
		]);
		const tags = await preview({ collection: 'tags', event: 'create', keys: [], payload: { name: 'red' } });
		expect(tags).toMatchObject({ matched: false, rule: null, reason: 'no rule is about tags' });
	});

	it('and was sent says by which rule, also when that has been changed since', async () => {
		const [delivery] = await syncDeliveries(a, source);
		const rule = () =>
			a.data<{ rule: unknown }>('GET', `/downstream/deliveries/${delivery?.id}`).then((shown) => shown.rule);
		expect(await rule()).toMatchObject(RULES[0] ?? {});
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, {
			schema: [{ collection: 'posts', fields: ['slug'] }],
		});
		expect(await rule()).toMatchObject(RULES[0] ?? {});
		await a.request('PATCH', `/items/data_sync_remote_sources/${source}`, { schema: RULES });
	});

	it('of a backfill is told as it goes on, as lines of JSON or as events', async () => {
		const posts = Array.from({ length: 40 }, (_, index) => ({ title: `Post ${index}`, slug: `post-${index}` }));
		await a.sql('posts').insert(posts);
		await a.request('POST', `/downstream/sync/peers/${source}/backfill`, {});
		const told = async (accept: string) => {
			const response = await fetch(`${a.url}/downstream/sync/peers/${source}/progress`, {
				headers: { accept, authorization: `Bearer ${ADMIN.token}` },
			});
			return { type: response.headers.get('content-type') ?? '', text: await response.text() };
		};
		const lines = await told('application/x-ndjson');
		expect(lines.type).toContain('application/x-ndjson');
		const runs = lines.text
			.split('\n')
			.filter((line) => line.trim() !== '')
			.map((line) => (JSON.parse(line) as { data: { status: string; deliveries: { delivered: number } } }).data);
		expect(runs.at(-1)).toMatchObject({ status: 'done', deliveries: { delivered: 40 } });
		expect(runs.slice(0, -1).every(({ status }) => status === 'running' || status === 'sending')).toBe(true);
		const events = await told('text/event-stream');
		expect(events.type).toContain('text/event-stream');
		expect(events.text).toMatch(/^data: \{"data":\{.*"status":"done".*\}\}\n\n$/);
		expect(await told('application/json')).toMatchObject({ type: expect.stringContaining('application/json') });
	});
});
