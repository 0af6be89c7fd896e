import { request as send } from 'undici';
import { expect, test } from 'vitest';
import { adapters } from '../../src/flush/adapters/index.js';
import { change, deliver, delivered, many, numbered, run, sentAt, target } from './deliver.js';
import * as cloudflare from './cloudflare.js';

test('Cloudflare purges 100 tags to a request and the URLs of paths', async () => {
	const provider = await run(cloudflare.start());
	const to = target(
		'cloudflare',
		{ zone: cloudflare.ZONE, base_url: `${provider.url}/client/v4` },
		{ apiKey: cloudflare.TOKEN, options: { batch_size: 1000 } },
	);
	expect(await deliver('cloudflare', many(150), to)).toEqual(delivered(2));
	expect(new Set(provider.purged).size).toBe(151);
	provider.purged.splice(0);
	expect(await deliver('cloudflare', [change('1', { tags: ['Article:1'], paths: ['/a', '/b'] })], to)).toEqual(
		delivered(2),
	);
	expect(provider.purged).toEqual(['article-1', 'https://www.example.com/a', 'https://www.example.com/b']);
	provider.purged.splice(0);
	expect(await deliver('cloudflare', [change('1', { tags: numbered(250) })], to)).toEqual(delivered(3));
	expect(provider.purged).toEqual(numbered(250));
});

test('Cloudflare, which ignores case, gets a tag once however it is written', async () => {
	const provider = await run(cloudflare.start());
	const at = { zone: cloudflare.ZONE, base_url: `${provider.url}/client/v4`, map_tags: false };
	const changes = [change('1', { tags: ['Article:1', 'article:1'] }), change('2', { tags: ['ARTICLE:1', 'b'] })];
	expect(await deliver('cloudflare', changes, target('cloudflare', at, { apiKey: cloudflare.TOKEN }))).toEqual(
		delivered(1),
	);
	expect(provider.purged).toEqual(['article:1', 'b']);
});

test('Cloudflare: 200 with success:false has failed, a used-up bucket waits as long as it says, a wrong token says what to check', async () => {
	const provider = await run(cloudflare.start({ bucket: 1 }));
	const at = { zone: cloudflare.ZONE, base_url: `${provider.url}/client/v4` };
	const to = target('cloudflare', at, { apiKey: cloudflare.TOKEN });
	const [tooLong] = adapters.cloudflare.requests([change('1', { tags: ['a'] })], to);
	const { body } = await send(tooLong?.url ?? '', {
		method: 'POST',
		headers: tooLong?.headers,
		body: JSON.stringify({ tags: ['x'.repeat(1025)] }),
	});
	expect(adapters.cloudflare.judge({ status: 200, headers: {}, body: await body.text() }, 0)).toMatchObject({
		kind: 'failed',
		code: 'CLOUDFLARE_1100',
		message: expect.stringContaining('1024'),
	});
	expect(await deliver('cloudflare', many(1), to)).toMatchObject([{ kind: 'retry', retryAfterMs: 12_000 }]);
	expect(await deliver('cloudflare', many(1), { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'CLOUDFLARE_10000', message: expect.stringContaining('Cache Purge') },
	]);
	expect(await deliver('cloudflare', many(1), { ...to, apiKey: null })).toMatchObject([
		{ kind: 'failed', message: expect.stringContaining('api_key') },
	]);
	const elsewhere = target('cloudflare', { ...at, zone: 'f'.repeat(32) }, { apiKey: cloudflare.TOKEN });
	expect(await deliver('cloudflare', many(1), elsewhere)).toMatchObject([{ kind: 'failed', code: 'CLOUDFLARE_7003' }]);
	expect(provider.purged).toEqual([]);
});

test.each([
	[
		{ success: false, errors: [{ code: 971, message: 'Please wait and consider throttling your request speed' }] },
		'retry',
	],
	[
		{
			success: false,
			errors: [{ message: 'Rate limit enforced for cache purge. (You can try again in 60 seconds.)' }],
		},
		'retry',
	],
	[{ success: false, errors: [] }, 'failed'],
	['<html>', 'failed'],
	[{ success: true, errors: [] }, 'delivered'],
])('Cloudflare: 200 and %j is %s', (said, kind) => {
	const body = typeof said === 'string' ? said : JSON.stringify(said);
	expect(adapters.cloudflare.judge({ status: 200, headers: {}, body }, 0)?.kind).toBe(kind);
});

test.each([
	['free', 25, 5 / 60],
	['pro', 25, 5],
	['business', 50, 10],
	['enterprise', 500, 50],
])('Cloudflare %s: a bucket of %d that fills with %d a second', (plan, burst, perSecond) => {
	const rate = adapters.cloudflare.rate({ plan });
	const times = rate ? sentAt(rate, 60) : [];
	for (const seconds of [1, 10, 60]) {
		expect(times.filter((at) => at < seconds * 1000).length).toBeLessThanOrEqual(burst + perSecond * seconds);
	}
	expect(times.length).toBeGreaterThanOrEqual(burst);
});

test('purges of URLs alone are held to the limit for URLs, and whatever has a tag to the limit for tags', () => {
	const { rateOf } = adapters.cloudflare;
	const at = (plan: string) => target('cloudflare', { zone: cloudflare.ZONE, plan });
	const page = change('1', { paths: ['/a'] });
	expect(rateOf?.([page], at('enterprise'))).toEqual({ name: 'urls', perSecond: 6, burst: 1 });
	expect(rateOf?.([page], at('free'))).toMatchObject({ perSecond: 8 });
	expect(rateOf?.([page, { ...page, tags: ['a'] }], at('enterprise'))).toBeNull();
});
