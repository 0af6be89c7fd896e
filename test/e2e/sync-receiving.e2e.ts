import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { link, quiet, syncDeliveries } from './sync-link.js';

const DAY_MS = 86_400_000;

interface Post {
	id: number;
	title: string;
}

describe.each(sampledVersions(import.meta.url))('an instance that receives, on Directus %s', (version) => {
	let a: Directus;
	let b: Directus;
	let source: string;

	const titles = (directus: Directus) =>
		directus.data<Post[]>('GET', '/items/posts?sort=id').then((posts) => posts.map(({ title }) => title));

	beforeAll(async () => {
		const cache = { CACHE_ENABLED: 'true', CACHE_STORE: 'memory', CACHE_AUTO_PURGE: 'true', CACHE_TTL: '10m' };
		[a, b] = await Promise.all([
			startDirectus({ version, database: 'sqlite', content: true }),
			startDirectus({ version, database: 'sqlite', content: true, env: cache }),
		]);
		source = await link(a, b, [{ collection: 'posts', fields: ['title'] }]);
	}, 120_000);
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it('runs its flows for what arrives', async () => {
		const flow = await b.data<{ id: string }>('POST', '/flows', {
			name: 'Notes what arrives',
			status: 'active',
			trigger: 'event',
			options: { type: 'action', scope: ['items.create', 'items.update', 'items.delete'], collections: ['posts'] },
		});
		const note = await b.data<{ id: string }>('POST', '/operations', {
			flow: flow.id,
			key: 'note',
			type: 'item-create',
			position_x: 19,
			position_y: 1,
			options: {
				collection: 'docs',
				permissions: '$full',
				payload: { title: '{{$trigger.event}} {{$trigger.payload.title}}' },
			},
		});
		await b.request('PATCH', `/flows/${flow.id}`, { operation: note.id });
		const made = await a.data<Post[]>('POST', '/items/posts', [{ title: 'one' }, { title: 'two' }]);
		await quiet(a, b);
		await a.request('PATCH', '/items/posts', { keys: made.map(({ id }) => id), data: { title: 'both' } });
		await quiet(a, b);
		await a.request('DELETE', `/items/posts/${made[0]?.id}`);
		await quiet(a, b);
		const noted = async () => {
			const docs = await b.sql('docs').select<{ title: string }[]>('title');
			return docs.map(({ title }) => title.trim()).toSorted();
		};
		// As on the side where it was done: a flow runs once for each item that is made, and once for all that are changed.
		const expected = ['create one', 'create two', 'delete undefined', 'update both'];
		await until(async () => (await noted()).length === 4, { message: 'the flow to have run four times' });
		expect(await noted()).toEqual(expected.map((what) => `posts.items.${what}`));
		expect(await titles(b)).toEqual(['both']);
		await b.request('DELETE', `/flows/${flow.id}`);
	});

	it('forgets what its cache knows of it', async () => {
		const [{ id }] = (await a.data<Post[]>('GET', '/items/posts')) as [Post];
		await titles(b);
		await b.sql('posts').update({ title: 'past Directus' });
		expect(await titles(b), 'the cache is in use').toEqual(['both']);
		await a.request('PATCH', `/items/posts/${id}`, { title: 'fresh' });
		await quiet(a, b);
		await until(async () => (await titles(b)).join() === 'fresh', { message: 'the change to be seen' });
	});

	it('is compared first, after it was not reached for more than 90 days', async () => {
		const [{ id }] = (await a.data<Post[]>('GET', '/items/posts')) as [Post];
		await a.request('POST', `/downstream/targets/${source}/pause`, { reason: 'their machine is gone' });
		await a.request('PATCH', `/items/posts/${id}`, { title: 'long ago' });
		await until(async () => (await syncDeliveries(a, source)).some(({ status }) => status === 'pending'), {
			message: 'the change to be owed',
		});
		const open = a.sql('downstream_deliveries').where({ target: source, status: 'pending' });
		await open.update({ changed_at: Date.now() - 95 * DAY_MS });
		await a
			.sql('downstream_targets')
			.where({ target: source })
			.update({ last_success_at: Date.now() - 100 * DAY_MS });
		const resume = () => a.request('POST', `/downstream/targets/${source}/resume`, { reason: 'it is back' });
		const reason = async () =>
			String(
				(await a.sql('downstream_targets').where({ target: source }).first<Record<string, unknown>>()).paused_reason,
			);
		await resume();
		await until(async () => /90 days.*compare/.test(await reason()), { message: 'the link to ask for a comparison' });
		expect(await titles(b)).toEqual(['fresh']);
		await a.request('GET', `/downstream/sync/peers/${source}/compare`);
		await resume();
		await until(async () => (await titles(b)).join() === 'long ago', { message: 'the change to arrive' });
		await quiet(a, b);
	});

	it('has kept who paused, resumed, forced and skipped, and why', async () => {
		const [delivery] = await syncDeliveries(a, source);
		await a.request('POST', '/downstream/deliveries/retry', { ids: [delivery?.id], reason: 'they asked for it' });
		await quiet(a, b);
		await a.request('POST', `/downstream/targets/${source}/pause`, {});
		await a.request('POST', '/items/posts', { title: 'not wanted there' });
		await until(async () => (await syncDeliveries(a, source)).some(({ status }) => status === 'pending'), {
			message: 'the change to be owed',
		});
		const filter = { target: source, status: ['pending'] };
		await a.request('POST', '/downstream/deliveries/cancel', { filter, reason: 'a test' });
		const { data, meta } = await a.request<{
			data: { action: string; user: string | null; target: string | null; reason: string | null }[];
			meta: { total: number };
		}>('GET', '/downstream/operations?sort=at');
		const admin = (await a.data<{ id: string }>('GET', '/users/me?fields=id')).id;
		expect(data.map(({ action, reason }) => [action, reason])).toEqual([
			['pause', 'their machine is gone'],
			['resume', 'it is back'],
			['resume', 'it is back'],
			['retry', 'they asked for it'],
			['pause', null],
			['cancel', 'a test'],
		]);
		expect(data.map(({ user }) => user)).toEqual(data.map(() => admin));
		expect(meta.total).toBe(6);
	});
});
