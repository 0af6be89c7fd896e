import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';

interface TestAnswer {
	delivery: string;
	delivered: boolean;
	duration_ms: number;
	response: { status: number; headers: Record<string, string>; body: string } | null;
	error: { code: string; message: string } | null;
}

/** What a receiver answers to a test request of a new target. */
async function testOf(directus: Directus, fields: Record<string, unknown>): Promise<TestAnswer> {
	const schema = [{ collection: 'posts', events: ['create'], payload: ['title'] }];
	const { id } = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
		status: 'draft',
		schema,
		...fields,
	});
	return directus.data<TestAnswer>('POST', `/downstream/targets/${id}/test`);
}

describe.runIf(directusVersions().includes('12'))('an odd answer', () => {
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

	test('without headers is given up in time', async () => {
		const answer = await ask('/hanging-headers');
		expect(answer).toMatchObject({ delivered: false, response: null, error: { code: 'TIMEOUT' } });
		expect(answer.error?.message).toContain('1500 ms');
		expect(answer.duration_ms).toBeLessThan(6_000);
	});

	test('whose body never ends has answered by its status', async () => {
		const answer = await ask('/hanging-body');
		expect(answer).toMatchObject({ delivered: true, response: { status: 200 }, error: null });
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
