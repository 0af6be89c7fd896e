import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { adapters } from '../src/flush/adapters/index.js';
import { withSignature } from '../src/kernel/core/signature.js';
import { change, target } from './providers/deliver.js';
import { SECRET } from './providers/nextjs.js';

const cache = vi.hoisted(() => ({ revalidateTag: vi.fn(), revalidatePath: vi.fn() }));
vi.mock('next/cache', () => cache);

const ROUTE = fileURLToPath(new URL('../examples/nextjs/app/api/downstream/route.ts', import.meta.url));
const { POST } = (await import(/* @vite-ignore */ ROUTE)) as { POST(request: Request): Promise<Response> };

beforeEach(() => vi.stubEnv('DOWNSTREAM_SIGNING_SECRET', SECRET));
afterEach(() => {
	vi.unstubAllEnvs();
	vi.clearAllMocks();
});

/** What Downstream sends to the route, signed with these secrets. */
function sent(secrets: string[], now = Date.now()): Request {
	const to = target('nextjs', {}, { url: 'https://www.example.com/api/downstream', apiKey: 'unused' });
	const changes = [
		change('1', { tags: ['articles', 'Article:1'], paths: ['/blog/new', '/blog/old'] }),
		change('2', { tags: ['articles'], paths: ['/blog/new'] }),
	];
	const [request] = adapters.nextjs.requests(changes, to);
	if (!request) throw new Error('the adapter made no request');
	const signed = withSignature(request, { signs: adapters.nextjs.signs, id: 'batch', secrets, extra: {} }, now);
	return new Request(signed.url, { method: signed.method, headers: signed.headers, body: signed.body });
}

test('expires the tags and the pages of a signed request, each once', async () => {
	const response = await POST(sent([SECRET]));
	expect([response.status, await response.json()]).toEqual([200, { tags: 2, paths: 2 }]);
	expect(cache.revalidateTag.mock.calls).toEqual([
		['articles', { expire: 0 }],
		['Article:1', { expire: 0 }],
	]);
	expect(cache.revalidatePath.mock.calls).toEqual([['/blog/new'], ['/blog/old']]);
});

test('knows its secret while it is being rotated', async () => {
	const next = `whsec_${Buffer.from('another secret of 24 bytes').toString('base64')}`;
	expect((await POST(sent([next, SECRET]))).status).toBe(200);
});

test.each([
	['no signature', () => sent([])],
	['the signature of another secret', () => sent([`whsec_${Buffer.from('x'.repeat(24)).toString('base64')}`])],
	['a request of ten minutes ago', () => sent([SECRET], Date.now() - 600_000)],
	['another body', () => new Request(sent([SECRET]), { method: 'POST', body: '[{"tags":["everything"]}]' })],
])('refuses %s', async (_, request) => {
	expect((await POST(request())).status).toBe(401);
	expect(cache.revalidateTag).not.toHaveBeenCalled();
});

test('says that its secret is missing, so that Downstream tries again', async () => {
	vi.stubEnv('DOWNSTREAM_SIGNING_SECRET', '');
	expect((await POST(sent([SECRET]))).status).toBe(500);
});
