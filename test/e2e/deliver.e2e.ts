import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { templatesDelivered } from './deliver-templates.js';
import { deliveriesOf, publish, settled, type Entry } from './flush-target.js';

const RULE = { collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] };

describe('delivering', () => {
	let directus: Directus;
	let receiver: Receiver;
	let target: string;
	/** Where incidents are told. */
	let told: Receiver;

	const post = (title: string) => directus.data<{ id: number }>('POST', '/items/posts', { title });
	const status = () =>
		directus.data<{
			outbox: { pending: number };
			deliveries: Record<string, number>;
			targets: { id: string; state: string; pending: number }[];
		}>('GET', '/downstream/status');
	const stateOf = async (id: string) => (await status()).targets.find((entry) => entry.id === id)?.state;
	const entries = () => receiver.requests.flatMap(({ json }) => json as Entry[]);

	beforeAll(async () => {
		told = await startReceiver();
		const environment = { DOWNSTREAM_INCIDENT_WEBHOOK: `${told.url}/incidents` };
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true, env: environment });
	});
	afterAll(async () => {
		await directus?.stop();
		await told?.stop();
	});

	beforeEach(async () => {
		receiver = await startReceiver();
	});
	afterEach(async () => {
		await directus.request('DELETE', `/items/cache_flush_targets/${target}`);
		await receiver.stop();
	});

	it('keeps what was changed while the target was down, and sends it when it is back, oldest first', async () => {
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await receiver.down();
		const made = [await post('one'), await post('two'), await post('three')];
		await until(async () => (await deliveriesOf(directus, target)).some(({ tries }) => tries >= 2), {
			message: 'a second try',
		});
		await receiver.up();
		await settled(directus, target, 3);
		expect(entries().map(({ fields }) => fields['id'])).toEqual(made.map(({ id }) => id));
	});

	it('keeps the webhook-id over retries, and gives a new one where somebody sends again', async () => {
		receiver.respond = () => ({ status: receiver.requests.length < 3 ? 503 : 200 });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('again');
		const [delivery] = await settled(directus, target, 1);
		const ids = receiver.requests.map(({ headers }) => headers['webhook-id']);
		expect(new Set(ids).size).toBe(1);
		expect(ids).toHaveLength(3);
		await directus.request('POST', `/downstream/deliveries/${delivery?.id}/retry`);
		await receiver.waitForCount(4);
		expect(ids).not.toContain(receiver.requests[3]?.headers['webhook-id']);
		const shown = await until(async () => {
			const { attempts } = await directus.data<{ attempts: { outcome: string }[] }>(
				'GET',
				`/downstream/deliveries/${delivery?.id}`,
			);
			return attempts.length === 4 && attempts;
		});
		expect(shown.map(({ outcome }) => outcome)).toEqual(['retry', 'retry', 'delivered', 'delivered']);
	});

	it.each([400, 404, 422])('fails at once on %i, and says what the target said', async (code) => {
		receiver.respond = () => ({ status: code, body: 'no such thing here' });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('refused');
		const [delivery] = await settled(directus, target, 1, ['failed']);
		expect(delivery).toMatchObject({
			tries: 1,
			error: { code: `HTTP_${code}`, message: expect.stringContaining('no such thing here') },
		});
		expect(receiver.requests).toHaveLength(1);
	});

	it.each([408, 425, 429, 500, 503])('tries again on %i', async (code) => {
		receiver.respond = () => ({ status: receiver.requests.length === 1 ? code : 200 });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('later');
		expect(await settled(directus, target, 1)).toMatchObject([{ tries: 2 }]);
	});

	it('does not follow a redirect', async () => {
		receiver.respond = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('redirected');
		expect(await settled(directus, target, 1, ['failed'])).toMatchObject([
			{ error: { code: 'HTTP_302', message: expect.stringContaining('/elsewhere') } },
		]);
		expect(receiver.requests).toHaveLength(1);
	});

	it('gives up after as many tries as the target allows', async () => {
		receiver.respond = () => ({ status: 500 });
		target = await publish(directus, {
			url: receiver.url,
			schema: [RULE],
			options: { retry: { tries: 3, min_ms: 20, max_ms: 20 } },
		});
		await post('hopeless');
		expect(await settled(directus, target, 1, ['failed'])).toMatchObject([
			{ tries: 3, error: { message: expect.stringContaining('given up after 3 tries') } },
		]);
		expect(receiver.requests).toHaveLength(3);
	});

	it('obeys Retry-After, for the whole target', async () => {
		receiver.respond = () => (receiver.requests.length === 1 ? { status: 429, headers: { 'retry-after': '2' } } : {});
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('too many');
		const refused = await receiver.waitForCount(1);
		await post('wait as well');
		await settled(directus, target, 2);
		expect((receiver.requests[1]?.at ?? 0) - (refused[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_900);
	});

	it('gives a request up after the time-out', async () => {
		receiver.respond = () => (receiver.requests.length === 1 ? { hang: true } : {});
		target = await publish(directus, { url: receiver.url, schema: [RULE], options: { timeout_ms: 300 } });
		await post('hangs');
		const [delivery] = await settled(directus, target, 1);
		const { attempts } = await directus.data<{ attempts: { error: { code: string } | null }[] }>(
			'GET',
			`/downstream/deliveries/${delivery?.id}`,
		);
		expect(attempts[0]?.error?.code).toBe('TIMEOUT');
	});

	it('pauses a target that says 410, and goes on when somebody resumes it', async () => {
		receiver.respond = () => ({ status: receiver.requests.length === 1 ? 410 : 200 });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('gone');
		await settled(directus, target, 1, ['failed']);
		await until(async () => (await stateOf(target)) === 'paused');
		await post('collected');
		await until(async () => (await deliveriesOf(directus, target, '&status=pending')).length === 1);
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await until(async () => (await deliveriesOf(directus, target, '&status=delivered')).length === 1);
	});

	it('loses nothing while paused, and sends the last value once', async () => {
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await directus.request('POST', `/downstream/targets/${target}/pause`);
		const { id } = await post('first');
		for (const title of ['second', 'third']) await directus.request('PATCH', `/items/posts/${id}`, { title });
		await until(async () => (await status()).outbox.pending === 1, {
			message: 'one delivery that all were folded into',
		});
		expect(receiver.requests).toHaveLength(0);
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await settled(directus, target, 1);
		expect(entries()).toMatchObject([{ event: 'create', fields: { id, title: 'third' } }]);
	});

	it('sends a batch again as it was, however many wait', async () => {
		let refuses = true;
		// A sender takes 500 at a time: one small batch less, and that is in the middle of a batch.
		const isSmall = (json: unknown) => (json as Entry[]).length < 150;
		receiver.respond = ({ json }) => ({ status: refuses && !isSmall(json) ? 503 : 200 });
		const options = {
			batch_size: 150,
			max_wait_ms: 500,
			concurrency: 4,
			retry: { tries: 10, min_ms: 600_000, max_ms: 600_000 },
		};
		target = await publish(directus, { url: receiver.url, schema: [RULE], options });
		const posts = Array.from({ length: 800 }, (_, index) => ({ title: `torn ${index}` }));
		await directus.data('POST', '/items/posts?limit=1', posts);
		await until(async () => (await status()).deliveries['retrying'] === 750, { message: '750 to be refused' });
		const first = receiver.requests.filter(({ json }) => !isSmall(json));
		receiver.clear();
		refuses = false;
		await directus.request('POST', `/downstream/targets/${target}/resume`);
		await until(async () => (await status()).targets.find(({ id }) => id === target)?.pending === 0);
		const items = ({ json }: { json: unknown }) => (json as Entry[]).map(({ fields }) => fields['id']).toSorted();
		const byId = (requests: typeof first) => requests.map((request) => [request.headers['webhook-id'], items(request)]);
		expect(new Map(byId(receiver.requests) as never)).toEqual(new Map(byId(first) as never));
		expect(receiver.requests).toHaveLength(first.length);
	});

	it('makes one incident of a target that keeps failing, and tells its users when it begins and ends', async () => {
		const me = await directus.data<{ id: string }>('GET', '/users/me?fields=id');
		receiver.respond = () => ({ status: 500, body: 'out of order' });
		target = await publish(directus, {
			url: receiver.url,
			schema: [RULE],
			name: 'Shop',
			users_notification: [{ directus_users_id: me.id }],
		});
		for (let index = 0; index < 5; index += 1) await post(`fails ${index}`);
		const mine = async () =>
			(
				await directus.data<{ subject: string; message: string }[]>(
					'GET',
					`/notifications?filter[item][_eq]=${target}&sort=timestamp,id`,
				)
			).map(({ subject, message }) => ({ subject, message }));
		await until(async () => (await mine()).length === 1, { message: 'a notification' });
		receiver.respond = () => ({});
		await settled(directus, target, 5);
		await until(async () => (await mine()).length === 2, { message: 'the notification that it is over' });
		expect((await mine()).map(({ subject }) => subject).toSorted()).toEqual([
			'Shop is failing',
			'Shop is up to date again',
		]);
		const messages = () => told.requests.filter(({ body }) => body.includes(target)).map(({ json }) => json);
		await until(() => messages().length >= 2, { message: 'the webhook is told too' });
		expect(messages()).toMatchObject([
			{ type: 'incident.began', data: { target: { name: 'Shop' }, last_error: { code: 'HTTP_500' } } },
			{ type: 'incident.over' },
		]);
		expect((await mine()).every(({ message }) => message.includes(`/admin/downstream/flush/${target}`))).toBe(true);
		const incidents = await directus.data<
			{ count: number; resolved_at: string | null; last_error: { code: string } }[]
		>('GET', `/downstream/incidents?target=${target}`);
		expect(incidents).toMatchObject([{ resolved_at: expect.any(String), last_error: { code: 'HTTP_500' } }]);
		expect(incidents[0]?.count).toBeGreaterThanOrEqual(2);
	});

	templatesDelivered({
		directus: () => directus,
		receiver: () => receiver,
		post,
		aim: (made) => void (target = made),
	});

	it('does not let a hanging target keep another one waiting', async () => {
		const sick = await startReceiver({ respond: () => ({ hang: true }) });
		const hanging = await publish(directus, { url: sick.url, schema: [RULE], name: 'Sick' });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		await post('for both');
		await sick.waitForCount(1);
		expect(await settled(directus, target, 1)).toHaveLength(1);
		await directus.request('DELETE', `/items/cache_flush_targets/${hanging}`);
		await sick.stop();
	});

	it('puts at most batch_size changes into one request, and never more than `concurrency` requests in flight', async () => {
		receiver.respond = () => ({ delayMs: 30 });
		target = await publish(directus, {
			url: receiver.url,
			schema: [RULE],
			options: { batch_size: 10, concurrency: 3, max_wait_ms: 100 },
		});
		await directus.data(
			'POST',
			'/items/posts',
			Array.from({ length: 95 }, (_, index) => ({ title: `t${index}` })),
		);
		await settled(directus, target, 95);
		expect(receiver.requests.map(({ json }) => (json as Entry[]).length)).toEqual([
			10, 10, 10, 10, 10, 10, 10, 10, 10, 5,
		]);
		expect(receiver.mostOpen).toBeLessThanOrEqual(3);
	});

	it('keeps to `rate` requests per second', async () => {
		target = await publish(directus, { url: receiver.url, schema: [RULE], options: { batch_size: 1, rate: 5 } });
		await directus.data(
			'POST',
			'/items/posts',
			Array.from({ length: 12 }, (_, index) => ({ title: `r${index}` })),
		);
		await settled(directus, target, 12);
		const times = receiver.requests.map(({ at }) => at);
		expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_200);
	});

	it('sends the rest as before after Directus is killed and started again', async () => {
		receiver.respond = () => ({ status: 503 });
		target = await publish(directus, { url: receiver.url, schema: [RULE] });
		for (let index = 0; index < 5; index += 1) await post(`k${index}`);
		await receiver.waitForCount(1);
		await directus.kill9();
		receiver.respond = () => ({});
		await directus.restart();
		await settled(directus, target, 5);
		expect(new Set(entries().map(({ fields }) => fields['title']))).toEqual(new Set(['k0', 'k1', 'k2', 'k3', 'k4']));
	});
});
