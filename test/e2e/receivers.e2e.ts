import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { deliveriesOf, publish, settled, type Entry } from './flush-target.js';

const RULE = { collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] };

describe('a receiver that is picky, slow or hostile', () => {
	let directus: Directus;
	let receiver: Receiver;
	let target: string;

	const post = (title: string) => directus.data<{ id: number }>('POST', '/items/posts', { title });
	const status = () =>
		directus.data<{
			outbox: { pending: number };
			deliveries: Record<string, number>;
			targets: { id: string; state: string; pending: number }[];
		}>('GET', '/downstream/status');
	const stateOf = async (id: string) => (await status()).targets.find((entry) => entry.id === id)?.state;

	beforeAll(async () => {
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
	});
	afterAll(() => directus?.stop());

	beforeEach(async () => {
		receiver = await startReceiver();
	});
	afterEach(async () => {
		await directus.request('DELETE', `/items/cache_flush_targets/${target}`);
		await receiver.stop();
	});

	it('delivers all of a batch but the one that is refused, and says so of the target until somebody has looked', async () => {
		receiver.respond = ({ body }) => (body.includes('poison') ? { status: 422, body: 'poison: no `[title](x)`' } : {});
		const me = await directus.data<{ id: string }>('GET', '/users/me?fields=id');
		target = await publish(directus, {
			url: receiver.url,
			schema: [RULE],
			options: { max_wait_ms: 200 },
			users_notification: [{ directus_users_id: me.id }],
		});
		const titles = Array.from({ length: 20 }, (_, index) => ({ title: index === 13 ? 'poison' : `fine ${index}` }));
		await directus.data('POST', '/items/posts', titles);
		const shown = await settled(directus, target, 20, ['delivered', 'failed']);
		const [bad, ...others] = shown.filter(({ status: is }) => is === 'failed');
		expect(others).toEqual([]);
		expect(bad?.error).toMatchObject({ code: 'HTTP_422', message: expect.stringContaining('poison: no') });
		expect(receiver.requests.length).toBeLessThanOrEqual(11);
		const { attempts } = await directus.data<{ attempts: { request: { body: string } }[] }>(
			'GET',
			`/downstream/deliveries/${bad?.id}`,
		);
		expect((JSON.parse(attempts.at(-1)?.request.body ?? '[]') as Entry[]).length).toBe(1);
		expect(await stateOf(target)).toBe('failed');
		const notices = () =>
			directus.data<{ subject: string; message: string }[]>('GET', `/notifications?filter[item][_eq]=${target}`);
		await until(async () => (await notices()).length > 0, { message: 'a notification' });
		expect(await notices()).toMatchObject([
			{
				subject: 'Site has refused something',
				message: expect.stringContaining("`the target answered 422: poison: no '[title](x)'`"),
			},
		]);
		await directus.request('PATCH', `/items/posts/${bad?.item}`, { title: 'fixed' });
		await until(async () => (await stateOf(target)) === 'healthy', { message: 'a healthy target' });
		const [old] = await deliveriesOf(directus, target, '&status=cancelled');
		expect(old).toMatchObject({ id: bad?.id, error: { code: 'SUPERSEDED' } });
	});

	it('shows a hold that the target asks for, limits it, and ends it when the target is resumed', async () => {
		const reset = String(Date.now() + 7_200_000_000);
		receiver.respond = () =>
			receiver.requests.length === 1 ? { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset } } : {};
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('the last for a while');
		await settled(directus, target, 1);
		await until(async () => (await stateOf(target)) === 'held', { message: 'a hold' });
		await post('waits');
		const shown = (await status()).targets.find(({ id }) => id === target) as unknown as { held_until: string };
		expect(Date.parse(shown.held_until)).toBeLessThan(Date.now() + 3_660_000);
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await settled(directus, target, 2);
	});

	it('keeps a secret in the URL, and one in an extra header, out of everything that is shown', async () => {
		receiver.respond = ({ path, headers }) => ({
			status: 400,
			body: `no: ${path} ${headers['x-auth-token']}`,
			headers: { location: path },
		});
		target = await publish(directus, {
			url: `${receiver.url}/hook?accessToken=s3cr%20t-in-url&page=2`,
			schema: [RULE],
			options: { headers: { 'x-auth-token': 's3cret-in-header' } },
		});
		const { id } = await post('quiet');
		const [delivery] = await settled(directus, target, 1, ['failed']);
		const shown = JSON.stringify([
			await directus.request('GET', `/downstream/deliveries/${delivery?.id}`),
			await directus.request('GET', '/downstream/status'),
			await directus.request('GET', `/downstream/incidents?target=${target}`),
			await directus.request('POST', '/downstream/dry-run', {
				collection: 'posts',
				event: 'update',
				keys: [String(id)],
				target,
			}),
			await directus.request('POST', `/downstream/targets/${target}/test`),
		]);
		expect(shown).toContain('page=2');
		expect(shown).not.toMatch(/s3cr|t-in-url/);
		expect(directus.log()).not.toMatch(/s3cr(%20| )t-in-url|s3cret-in-header/);
	});

	it.each([
		['a line end', 'key\n'],
		['a character', 'clé'],
		['a blank', ' key'],
	])('refuses a key with %s on save, also of a draft', async (why, api_key) => {
		const draft = { url: `${receiver.url}/draft`, status: 'draft', schema: [RULE] };
		const made = directus.data('POST', '/items/cache_flush_targets', { ...draft, api_key });
		await expect(made).rejects.toMatchObject({ status: 400, message: expect.stringContaining(why) });
		target = (await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', draft)).id;
		const changed = directus.request('PATCH', `/items/cache_flush_targets/${target}`, { api_key });
		await expect(changed).rejects.toMatchObject({ status: 400 });
	});

	it('cancels the deliveries of a deleted target, and ends its incident', async () => {
		receiver.respond = () => ({ status: 400 });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('left behind');
		await settled(directus, target, 1, ['failed']);
		const incidents = () =>
			directus.data<{ resolved_at: string | null }[]>('GET', `/downstream/incidents?target=${target}`);
		await until(async () => (await incidents()).length === 1, { message: 'an incident' });
		await directus.request('DELETE', `/items/cache_flush_targets/${target}`);
		expect(await settled(directus, target, 1, ['cancelled'])).toMatchObject([{ error: { code: 'TARGET_DELETED' } }]);
		await until(async () => (await incidents()).every(({ resolved_at }) => resolved_at !== null), {
			message: 'the incident to be over',
		});
	});
});
