import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { expectNothingOfPeers, expectNothingToldToPeers } from './planted-peers.js';
import { expectNothingPlanted, findSecrets } from './planted-secrets.js';

const KEY = 'sk/live+51-Zr8Qp2Xv7Lm';
const CUSTOM_KEY = 'custom-Wd93jK20sPqT';
const SIGNING = 'whsec_c2lnbmluZyBzZWNyZXQgbm9ib2R5IHNlZXM=';
const SECRETS = [KEY, encodeURIComponent(KEY), CUSTOM_KEY, SIGNING, SIGNING.slice(6)];
const RULES = [{ collection: 'posts', events: ['create'], payload: ['title'] }];

interface TestAnswer {
	delivery: string;
	delivered: boolean;
	duration_ms: number;
	response: { status: number; headers: Record<string, string>; body: string } | null;
	error: { code: string; message: string } | null;
}

const createTarget = (directus: Directus, fields: Record<string, unknown>) =>
	directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
		status: 'published',
		schema: RULES,
		...fields,
	});

const testOf = async (directus: Directus, fields: Record<string, unknown>) => {
	const { id } = await createTarget(directus, { status: 'draft', ...fields });
	return directus.data<TestAnswer>('POST', `/downstream/targets/${id}/test`);
};

const leaks = (where: string, text: string) => findSecrets(SECRETS, where, text);
const here = directusVersions().includes('12');

describe.runIf(here)('a secret', () => {
	let directus: Directus;
	let receiver: Receiver;
	let id: string;

	beforeAll(async () => {
		receiver = await startReceiver({
			// Tells everything that it knows, in every place; and so near the 200th letter that a cut would halve it.
			respond: ({ headers, path }) => {
				const key = headers['x-site-key'] ?? headers['authorization']?.slice('Bearer '.length) ?? '';
				return {
					status: path.startsWith('/ok') ? 200 : 503,
					headers: { 'x-echo': key, 'set-cookie': `session=${key}`, 'x-encoded': encodeURIComponent(key) },
					body: `${'.'.repeat(185)}${key} ${JSON.stringify(headers)} ${'x'.repeat(15_500)}${key.repeat(30)}`,
				};
			},
		});
		directus = await startDirectus({
			version: '12',
			database: 'sqlite',
			content: true,
			env: { LOG_LEVEL: 'trace', DOWNSTREAM_METRICS_TOKEN: 'for-metrics' },
		});
		const { id: admin } = await directus.data<{ id: string }>('GET', '/users/me');
		const shared = {
			signing_secret: SIGNING,
			options: { max_wait_ms: 0, retry: { tries: 3, min_ms: 10, max_ms: 20 } },
			users_notification: [{ directus_users_id: admin }],
		};
		({ id } = await createTarget(directus, { name: 'Ok', url: `${receiver.url}/ok`, api_key: KEY, ...shared }));
		await createTarget(directus, { name: 'Failing', url: `${receiver.url}/failing`, api_key: KEY, ...shared });
		await createTarget(directus, {
			name: 'Custom',
			url: `${receiver.url}/custom`,
			auth_header: 'X-Site-Key',
			api_key: CUSTOM_KEY,
			...shared,
		});
		for (let post = 0; post < 3; post++) await directus.request('POST', '/items/posts', { title: `Post ${post}` });
		await until(async () => (await directus.sql('downstream_deliveries').where({ status: 'failed' })).length >= 2, {
			message: 'deliveries that were given up',
		});
		await until(async () => (await directus.sql('directus_notifications')).length >= 2, { message: 'notifications' });
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});

	test('reaches the target, and only the target', () => {
		const sent = JSON.stringify(receiver.requests.map(({ headers }) => headers));
		expect(sent).toContain(`Bearer ${KEY}`);
		expect(sent).toContain(CUSTOM_KEY);
		expect(sent).not.toContain(SIGNING.slice(6));
	});

	test('is in no answer of the endpoint, nor of the items API', async () => {
		const list = await directus.data<{ id: string }[]>('GET', '/downstream/deliveries?limit=100');
		const failed = list.map(({ id: delivery }) => ['GET', `/downstream/deliveries/${delivery}`] as const);
		const asked: (readonly [string, string, unknown?])[] = [
			['GET', '/downstream/status'],
			['GET', '/downstream/deliveries'],
			['GET', '/downstream/incidents'],
			...failed,
			['POST', `/downstream/targets/${id}/test`],
			['POST', `/downstream/targets/${id}/flush`, { all: true, dry_run: true }],
			['POST', '/downstream/dry-run', { collection: 'posts', event: 'create', payload: { title: 'x' } }],
			['GET', '/items/cache_flush_targets?fields=*.*'],
			['PATCH', `/items/cache_flush_targets/${id}`, { name: 'Renamed' }],
			['GET', '/revisions?limit=-1'],
			['GET', '/activity?limit=-1'],
			['GET', '/notifications'],
		];
		expect(failed.length).toBeGreaterThan(5);
		const found: string[] = [];
		for (const [method, path, body] of asked) {
			const answer = JSON.stringify(await directus.request(method, path, body));
			found.push(...leaks(`${method} ${path}`, answer));
		}
		const metrics = await fetch(`${directus.url}/downstream/metrics`, {
			headers: { authorization: 'Bearer for-metrics' },
		});
		found.push(...leaks('metrics', await metrics.text()));
		expect(found).toEqual([]);
		const [attempt] = await directus.sql('downstream_attempts').whereNotNull('error').limit(1);
		expect(attempt.error, 'the masked answer is still told').toContain('**********');
	});

	test('is in no row of the database', async () => {
		const tables = await directus.sql('sqlite_master').where({ type: 'table' }).select<{ name: string }[]>('name');
		const found: string[] = [];
		for (const { name } of tables) found.push(...leaks(name, JSON.stringify(await directus.sql(name))));
		expect(tables.length).toBeGreaterThan(40);
		expect(found).toEqual([]);
	});

	test('that Directus keeps reaches no target, though a rule asks for everything about users', () =>
		expectNothingPlanted(directus, receiver, (fields) => createTarget(directus, fields)));

	test('that a remote is told is in nothing that it says, however often it says it back', () =>
		expectNothingOfPeers(directus, receiver));

	test('that Directus keeps is told to no other instance, whatever that one may do', () =>
		expectNothingToldToPeers(directus));

	test('is in no line of the log, even at trace', () => {
		expect(directus.log()).toContain('for \\"Failing\\"');
		expect(leaks('the log', directus.log())).toEqual([]);
	});
});

describe.runIf(here)('a denied address', () => {
	let directus: Directus;
	let receiver: Receiver;
	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({
			version: '12',
			database: 'sqlite',
			content: true,
			env: { DOWNSTREAM_IP_DENY_LIST: '0.0.0.0' },
		});
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});

	const hosts = [
		'127.0.0.1',
		'0.0.0.0',
		'2130706433',
		'0x7f000001',
		'0177.0.0.1',
		'127.1',
		'localhost',
		'LOCALHOST',
		'[::1]',
		'[::]',
		'[::ffff:127.0.0.1]',
		'[::ffff:7f00:1]',
		'127.0.0.1.',
		'%31%32%37.0.0.1',
	];
	test.each(hosts)('is refused as %s, and the message names the setting', async (host) => {
		const answer = await testOf(directus, { url: `http://${host}:${receiver.port}/${encodeURIComponent(host)}` });
		expect(answer).toMatchObject({
			delivered: false,
			response: null,
			error: { code: 'ADDRESS_DENIED', message: expect.stringContaining('DOWNSTREAM_IP_DENY_LIST') },
		});
		expect(receiver.requests).toEqual([]);
	});

	test('is refused to real deliveries too, at once and for good', async () => {
		await createTarget(directus, { name: 'Inside', url: `http://localhost:${receiver.port}/real` });
		await directus.request('POST', '/items/posts', { title: 'Inside' });
		const failed = await until(() => directus.sql('downstream_deliveries').where({ status: 'failed' }).first());
		expect(failed).toMatchObject({ error_code: 'ADDRESS_DENIED', tries: 1 });
		expect(receiver.requests).toEqual([]);
	});

	const places = ['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'javascript:alert(1)'];
	test.each(places)('%s is no place to send to', async (url) => {
		expect((await testOf(directus, { url })).error).toMatchObject({ code: 'URL_INVALID' });
	});
});
