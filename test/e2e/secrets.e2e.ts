import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';

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

/** A piece of the secret long enough to be of use to a thief is as bad as all of it. */
function leaks(where: string, text: string): string[] {
	return SECRETS.map((secret) => secret.slice(0, 12))
		.filter((part) => text.includes(part))
		.map((part) => `${part}… in ${where}: …${text.slice(Math.max(0, text.indexOf(part) - 80)).slice(0, 140)}`);
}

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
					status: path === '/ok' ? 200 : 503,
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

	test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'javascript:alert(1)'])(
		'%s is no place to send to',
		async (url) => {
			const { error } = await testOf(directus, { url });
			expect(error).toMatchObject({ code: 'URL_INVALID' });
		},
	);
});

describe.runIf(here)('an odd answer', () => {
	let directus: Directus;
	let elsewhere: Receiver;
	const MEGABYTE = Buffer.alloc(1024 * 1024, 'a');
	const server = createServer((request, response) => {
		request.resume();
		const answers: Record<string, () => void> = {
			'/redirect': () => void response.writeHead(307, { location: `${elsewhere.url}/inside` }).end(),
			'/large': () => {
				response.writeHead(200);
				for (let sent = 0; sent < 5; sent++) response.write(MEGABYTE);
				response.end();
			},
			'/endless': () => {
				response.writeHead(200);
				const more = () => {
					while (!response.destroyed && response.write(MEGABYTE));
				};
				response.on('drain', more);
				more();
			},
			'/headers': () => void response.writeHead(200, { 'x-large': 'h'.repeat(20 * 1024) }).end(),
			'/bomb': () =>
				void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(64 * 1024 * 1024))),
			'/hanging-headers': () => {},
			'/hanging-body': () => void response.writeHead(200, { 'content-length': '10' }).write('half'),
			'/garbage': () => void request.socket.end('this is not HTTP\r\n\r\n'),
		};
		answers[request.url ?? '']?.();
	});

	beforeAll(async () => {
		elsewhere = await startReceiver();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
	});
	afterAll(async () => {
		server.closeAllConnections();
		server.close();
		await directus?.stop();
		await elsewhere?.stop();
	});

	const ask = (path: string) =>
		testOf(directus, {
			url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
			options: { timeout_ms: 1_500 },
		});

	test('that redirects is not followed', async () => {
		const answer = await ask('/redirect');
		expect(answer).toMatchObject({ delivered: false, error: { code: 'HTTP_307' }, response: { status: 307 } });
		expect(answer.error?.message).toContain('redirects are not followed');
		expect(elsewhere.requests).toEqual([]);
	});

	test.each(['/large', '/endless'])('%s is cut at 1 MiB, and kept in 16 KiB', async (path) => {
		const answer = await ask(path);
		expect(answer).toMatchObject({ delivered: true, response: { status: 200 } });
		expect(answer.response?.body.length).toBeLessThan(16 * 1024 + 100);
		expect(answer.response?.body).toContain(`(${1024 * 1024} bytes`);
	});

	test('with more than 16 KiB of headers is refused', async () => {
		expect(await ask('/headers')).toMatchObject({ delivered: false, error: { code: 'UND_ERR_HEADERS_OVERFLOW' } });
	});

	test('that is a gzip bomb is not unpacked', async () => {
		const answer = await ask('/bomb');
		expect(answer).toMatchObject({ delivered: true });
		expect(answer.response?.body.length).toBeLessThan(16 * 1024 + 100);
	});

	test.each(['/hanging-headers', '/hanging-body'])('%s is given up in time', async (path) => {
		const answer = await ask(path);
		expect(answer).toMatchObject({ delivered: false, response: null, error: { code: 'TIMEOUT' } });
		expect(answer.error?.message).toContain('1500 ms');
		expect(answer.duration_ms).toBeLessThan(6_000);
	});

	test('that is no HTTP is told as what it is', async () => {
		const { delivered, error } = await ask('/garbage');
		expect(delivered).toBe(false);
		expect(error?.message).toMatch(/^127\.0\.0\.1:\d+: /);
	});

	test('did Directus no harm', async () => {
		const status = await directus.data('GET', '/downstream/status');
		expect(status).toMatchObject({ outbox: { error: null } });
		expect(directus.process.exitCode).toBeNull();
	});
});
