import { afterEach, beforeEach, expect, test } from 'vitest';
import { startReceiver, type Receiver } from './receiver.js';

let receiver: Receiver;
beforeEach(async () => {
	receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const post = (body: string, signal?: AbortSignal) =>
	fetch(`${receiver.url}/flush?x=1`, { method: 'POST', body, headers: { 'X-Secret': 'a' }, ...(signal && { signal }) });

test('remembers what it was sent', async () => {
	expect((await post('[{"a":1}]')).status).toBe(200);
	expect(receiver.requests).toMatchObject([
		{ method: 'POST', path: '/flush?x=1', headers: { 'x-secret': 'a' }, body: '[{"a":1}]', json: [{ a: 1 }] },
	]);
});

test('answers as it is told, request by request', async () => {
	receiver.respond = ({ json }) =>
		json === 1 ? { status: 429, headers: { 'retry-after': '2' }, body: { later: true } } : { body: 'text' };
	const refused = await post('1');
	expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
		429,
		'2',
		{ later: true },
	]);
	expect(await (await post('2')).text()).toBe('text');
});

test('answers late', async () => {
	receiver.respond = () => ({ delayMs: 80 });
	const began = performance.now();
	await post('1');
	expect(performance.now() - began).toBeGreaterThan(75);
});

test('hangs until the sender gives up, and counts what is open', async () => {
	receiver.respond = () => ({ hang: true });
	const patience = new AbortController();
	const answers = Promise.allSettled([post('1', patience.signal), post('2', patience.signal)]);
	await receiver.waitForCount(2);
	expect(receiver.open).toBe(2);
	patience.abort();
	expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
	expect(receiver.mostOpen).toBe(2);
});

test('cuts the connection', async () => {
	receiver.respond = () => ({ reset: true });
	await expect(post('1')).rejects.toThrow('fetch failed');
});

test('goes down and up again on the same port', async () => {
	await receiver.down();
	await expect(post('1')).rejects.toThrow('fetch failed');
	await receiver.up();
	await post('2');
	expect(receiver.requests.map(({ body }) => body)).toEqual(['2']);
});

test('waits for a request that is still to come, and tells what came instead when it waits in vain', async () => {
	const coming = receiver.waitFor(({ body }) => body === '2');
	await post('1');
	await post('2');
	expect(await coming).toMatchObject({ body: '2' });
	await expect(receiver.waitFor(({ body }) => body === '3', 30)).rejects.toThrow(
		'2 came, the last of them:\n  POST /flush',
	);
});
