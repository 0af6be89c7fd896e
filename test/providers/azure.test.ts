import { expect, test } from 'vitest';
import * as azure from './azure.js';
import { change, deliver, delivered, many, run, target } from './deliver.js';
import type { Provider } from './serve.js';

const to = ({ url }: Provider, apiKey: string | null = azure.SECRET, over = {}) =>
	target('azure', { ...azure.AT, base_url: url, login_url: url, ...over }, { apiKey });

test('Azure purges 100 paths to a request, and has nothing to do for tags', async () => {
	const provider = await run(azure.start());
	const paths = Array.from({ length: 150 }, (_, index) => `/a/${index}`);
	expect(await deliver('azure', [change('1', { paths: [...paths, '/*'] })], to(provider))).toEqual(delivered(2));
	expect(provider.purged).toEqual([...paths, '/%2A']);
	expect(await deliver('azure', many(3), to(provider))).toEqual([]);
});

test('Azure: a used-up limit waits, a wrong secret and an unknown endpoint say what to check, and nothing secret is kept', async () => {
	const provider = await run(azure.start({ requests: 0 }));
	const page = [change('1', { paths: ['/a'] })];
	const kept: never[] = [];
	expect(await deliver('azure', page, to(provider), kept)).toMatchObject([{ kind: 'retry', retryAfterMs: 17_000 }]);
	const wrong = 'xyz8Q~a-wrong-client-secret+/=';
	expect(await deliver('azure', page, to(provider, wrong), kept)).toMatchObject([
		{ kind: 'failed', code: 'TOKEN_REFUSED', message: expect.stringContaining('client secret that has not expired') },
	]);
	expect(await deliver('azure', page, to(provider, null), kept)).toMatchObject([
		{ kind: 'failed', code: 'API_KEY_INVALID' },
	]);
	expect(await deliver('azure', page, to(provider, azure.SECRET, { profile: 'other' }), kept)).toMatchObject([
		{ kind: 'failed', message: expect.stringContaining('profile and endpoint') },
	]);
	for (const secret of [azure.SECRET, azure.TOKEN, wrong, encodeURIComponent(wrong)])
		expect(JSON.stringify(kept)).not.toContain(secret);
});
