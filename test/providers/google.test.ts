import { expect, test } from 'vitest';
import { change, deliver, delivered, numbered, run, target } from './deliver.js';
import * as google from './google.js';
import type { Provider } from './serve.js';

const to = ({ url }: Provider, over = {}, apiKey: string | null = google.KEY) =>
	target(
		'google',
		{ project: 'project', url_map: 'site', base_url: url, token_url: `${url}/token`, ...over },
		{ apiKey },
	);

test('Google invalidates ten tags to a request, and paths one by one, with a token that is asked for once', async () => {
	const provider = await google.start();
	await run(Promise.resolve(provider));
	const changes = [change('1', { tags: numbered(25) }), change('2', { paths: ['/a?b=1', '/*'] })];
	expect(await deliver('google', changes, to(provider))).toEqual(delivered(5));
	expect(provider.purged).toEqual([...numbered(25), 'www.example.com /a', 'www.example.com /%2A']);
	expect(await deliver('google', [change('3')], to(provider))).toEqual(delivered(1));
	expect(provider.tokens).toBe(1);
});

test('Google: a token that has run out is asked for anew', async () => {
	const provider = await google.start({ expiresIn: 60 });
	await run(Promise.resolve(provider));
	for (const item of ['1', '2']) expect(await deliver('google', [change(item)], to(provider))).toEqual(delivered(1));
	expect(provider.tokens).toBe(2);
});

test('Google: a used-up limit waits, wrong keys and an unknown map say what to check, and nothing secret is kept', async () => {
	const provider = await run(google.start({ invalidations: 0 }));
	const one = [change('1', { tags: ['a'] })];
	const kept: never[] = [];
	expect(await deliver('google', one, to(provider), kept)).toMatchObject([{ kind: 'retry', retryAfterMs: 60_000 }]);
	const another = JSON.stringify({ client_email: 'another@example.com', private_key: google.PEM });
	expect(await deliver('google', one, to(provider, {}, another), kept)).toMatchObject([
		{ kind: 'failed', code: 'TOKEN_REFUSED', message: expect.stringContaining('belongs to the service account') },
	]);
	for (const apiKey of [
		null,
		'no JSON',
		'{"client_email":"a"}',
		JSON.stringify({ client_email: 'a', private_key: '-PRIVATE KEY-' }),
	])
		expect(await deliver('google', one, to(provider, {}, apiKey), kept)).toMatchObject([
			{ kind: 'failed', code: 'API_KEY_INVALID', message: expect.stringContaining('service account') },
		]);
	expect(await deliver('google', one, to(provider, { url_map: 'other' }), kept)).toMatchObject([
		{ kind: 'failed', message: expect.stringContaining('check project and url_map') },
	]);
	const lines = google.PEM.split('\n').filter((line) => line.length > 20 && !line.includes('PRIVATE KEY'));
	for (const secret of [google.TOKEN, ...lines]) expect(JSON.stringify(kept)).not.toContain(secret);
});
