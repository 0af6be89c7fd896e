import fc from 'fast-check';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAddressGuard } from '../src/kernel/address-guard.js';
import { createHttpClient } from '../src/kernel/http.js';
import { sendingWorld } from './sending-world.js';

/** How many answers are tried; the long form has 10,000. */
const ANSWERS = Number(process.env['HOSTILE_ANSWERS'] ?? 600);
const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['HOSTILE_SEED'] ?? Date.now() % 1_000_000);

const number = fc.oneof(
	fc.constantFrom(
		'0',
		'-1',
		'1e20',
		'NaN',
		'Infinity',
		'',
		' ',
		'0x10',
		'1795224103627',
		'1795224103',
		'9'.repeat(300),
	),
	fc.double().map(String),
	fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
	fc.string({ unit: 'grapheme-ascii', maxLength: 30 }),
);
const name = fc.constantFrom(
	'Retry-After',
	'X-RateLimit-Reset',
	'X-RateLimit-Remaining',
	'RateLimit-Reset',
	'RateLimit-Remaining',
	'Content-Length',
	'Content-Encoding',
	'Content-Type',
	'Location',
	'Set-Cookie',
	'Connection',
	'Transfer-Encoding',
	'X-Any',
);
const value = fc.oneof(
	number,
	fc.constantFrom('chunked', 'gzip', 'close', 'keep-alive', 'javascript:alert(1)', 'ж', '\u0000', 'x'.repeat(20_000)),
	fc.string({ maxLength: 60 }),
);
const body = fc.oneof(
	{ weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
	{
		weight: 3,
		arbitrary: fc.constantFrom('', '\u0000\u0000', '😀'.repeat(100), '[link](javascript:1)', '{"success":true}'),
	},
	{ weight: 1, arbitrary: fc.constant('y'.repeat(2_000_000)) },
);
const answer = fc.record({
	status: fc.oneof(
		{
			weight: 8,
			arbitrary: fc.constantFrom(
				'200 OK',
				'204 ',
				'302 Found',
				'400 no',
				'410 Gone',
				'413 large',
				'422 no',
				'429 slow',
				'500 down',
				'503 busy',
			),
		},
		{ weight: 2, arbitrary: fc.oneof(fc.nat(99_999).map(String), fc.string({ maxLength: 20 })) },
	),
	headers: fc.array(fc.tuple(name, value), { maxLength: 6 }),
	body,
	how: fc.oneof(
		{ weight: 12, arbitrary: fc.constant('end' as const) },
		{ weight: 1, arbitrary: fc.constantFrom('hang' as const, 'reset' as const, 'silent' as const, 'drip' as const) },
	),
});

const answers = fc.sample(answer, { numRuns: ANSWERS, seed: SEED });
let given = 0;
const sockets = new Set<Socket>();
const server = createServer((socket) => {
	sockets.add(socket);
	socket.on('error', () => {}).on('close', () => sockets.delete(socket));
	socket.on('data', (data) => {
		if (!data.includes('\r\n\r\n') && !data.includes('}]')) return;
		const {
			status,
			headers,
			body: text,
			how,
		} = answers[given++ % answers.length] ?? { status: '200 OK', headers: [], body: '', how: 'end' };
		if (how === 'silent') return;
		socket.write(`HTTP/1.1 ${status}\r\n${headers.map(([key, said]) => `${key}: ${said}\r\n`).join('')}\r\n`);
		if (how === 'reset') return void socket.resetAndDestroy();
		socket.write(text);
		if (how === 'end') socket.end();
		if (how === 'drip') {
			const timer = setInterval(() => socket.write('z'), 10);
			socket.on('close', () => clearInterval(timer));
		}
	});
});

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
	for (const socket of sockets) socket.destroy();
	await new Promise<void>((resolve) => void server.close(() => resolve()));
});

it(`stores what became of every request, whatever a receiver answers (seed ${SEED})`, async () => {
	const http = createHttpClient(
		createAddressGuard({ name: 'DOWNSTREAM_IP_DENY_LIST', entries: ['192.0.2.1'] }),
		'test',
	);
	const { port } = server.address() as AddressInfo;
	const unstored: unknown[] = [];
	const world = await sendingWorld(
		{ batch_size: 1, concurrency: 16, timeout_ms: 150, hold_max_ms: 0, retry: { tries: 1, min_ms: 1, max_ms: 1 } },
		(request) => http.tell({ ...request, url: `http://127.0.0.1:${port}/` }, 150),
	);
	const { settle } = world.queue;
	world.queue.settle = (...results) =>
		settle(...results).catch((error: unknown) => {
			unstored.push(error);
			throw error;
		});
	const [heapBefore, started] = [process.memoryUsage().heapUsed, Date.now()];
	for (let start = 0; start < ANSWERS; start += 200) {
		const count = Math.min(200, ANSWERS - start);
		await world.add(
			Array.from({ length: count }, (_, index) => ({ item: String(start + index), event: 'update' as const })),
		);
		await world.drain();
	}
	expect(unstored).toEqual([]);
	const rows = await world.rows();
	expect(rows).toHaveLength(ANSWERS);
	expect(rows.filter((row) => !['delivered', 'failed'].includes(String(row['status'])))).toEqual([]);
	// One request for each: none was made again for want of a result.
	expect(world.requests).toHaveLength(ANSWERS);
	expect(rows.every((row) => !/[\p{Cc}\p{Cs}]/u.test(String(row['error_message'] ?? '')))).toBe(true);
	const attempts = await world.attempts();
	expect(attempts).toHaveLength(ANSWERS);
	expect(attempts.every((row) => String(row['response'] ?? '').length < 200_000)).toBe(true);
	world.requests.length = 0;
	globalThis.gc?.();
	expect(process.memoryUsage().heapUsed - heapBefore).toBeLessThan(200_000_000);
	expect(Date.now() - started).toBeLessThan(600_000);
	await http.close();
	await world.stop();
}, 900_000);

it('takes a status for an answer though the body never ends', async () => {
	const http = createHttpClient(
		createAddressGuard({ name: 'DOWNSTREAM_IP_DENY_LIST', entries: ['192.0.2.1'] }),
		'test',
	);
	const hanging = createServer((socket) => {
		socket.on('error', () => {}).once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'));
	});
	await new Promise<void>((resolve) => void hanging.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`;
	const request = { method: 'POST', url, headers: {}, body: '[]' };
	expect(await http.tell(request, 2_000)).toMatchObject({ status: 200, body: 'half', incomplete: true });
	await expect(http.send(request, 500)).rejects.toMatchObject({ code: 'TIMEOUT' });
	await http.close();
	await new Promise<void>((resolve) => void hanging.close(() => resolve()));
});
