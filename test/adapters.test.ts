import { request as send } from 'undici';
import { afterEach, expect, test } from 'vitest';
import { adapters } from '../src/flush/adapters/index.js';
import { ALL_ITEMS } from '../src/contract/vocabulary.js';
import type { Verdict } from '../src/delivery/core/verdict.js';
import * as cloudflare from './providers/cloudflare.js';
import { change, deliver, many, numbered, target } from './providers/deliver.js';
import * as fastly from './providers/fastly.js';
import * as netlify from './providers/netlify.js';
import * as nextjs from './providers/nextjs.js';
import type { Provider } from './providers/serve.js';
import * as varnish from './providers/varnish.js';
import * as vercel from './providers/vercel.js';

const started: Provider[] = [];
afterEach(async () => {
	await Promise.all(started.splice(0).map((provider) => provider.close()));
});

async function run(provider: Promise<Provider>): Promise<Provider> {
	started.push(await provider);
	return provider;
}

const delivered = (count: number): Verdict[] => Array.from({ length: count }, () => ({ kind: 'delivered' }));

test('Next.js gets every tag once, 128 to a request, and the paths', async () => {
	const site = await run(nextjs.start());
	const long = 'l'.repeat(300);
	// Next.js counts characters: this one is within its limit, and the page carries it as it is.
	const cyrillic = 'ж'.repeat(200);
	const changes = [
		...many(200),
		change('x', { tags: numbered(300), paths: ['/x'] }),
		change('y', { tags: ['Case:Matters', cyrillic, long] }),
	];
	const verdicts = await deliver(
		'nextjs',
		changes,
		target('nextjs', {}, { url: site.url, options: { batch_size: 1000 } }),
	);
	// 127 changes with the tag they share, the other 73, three requests for the one with 300 tags, the last.
	expect(verdicts).toEqual(delivered(6));
	expect(site.purged.filter((tag) => tag.startsWith('lll')).map((tag) => tag.length)).toEqual([256]);
	expect(site.purged).toEqual(
		expect.arrayContaining(['articles', 'article-199-0', 'tag-299', '/x', 'Case:Matters', cyrillic]),
	);
	expect(site.purged.filter((entry) => entry === '/x' || entry === 'tag-7')).toEqual(['tag-7', '/x']);
});

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

test('Fastly purges 256 keys to a request, and URLs one by one', async () => {
	const provider = await run(fastly.start());
	const at = { service: fastly.SERVICE, base_url: provider.url };
	const to = target('fastly', at, { apiKey: fastly.TOKEN, options: { batch_size: 1000 } });
	expect(await deliver('fastly', many(300), to)).toEqual(delivered(2));
	expect(new Set(provider.purged).size).toBe(301);
	provider.purged.splice(0);
	const soft = target('fastly', { ...at, soft: true }, { apiKey: fastly.TOKEN });
	expect(await deliver('fastly', [change('1'), change('2', { paths: ['/a', '/b?c=1'] })], soft)).toEqual(delivered(3));
	expect(provider.purged).toEqual([
		'soft articles',
		'soft articles-1',
		'soft www.example.com/a',
		'soft www.example.com/b?c=1',
	]);
});

test('Fastly: the end of its hourly limit is obeyed, a wrong token says what to check, another 2xx is not its answer', async () => {
	const provider = await run(fastly.start({ perHour: 0 }));
	const to = target('fastly', { service: fastly.SERVICE, base_url: provider.url }, { apiKey: fastly.TOKEN });
	const [busy] = await deliver('fastly', many(1), to);
	expect(busy).toMatchObject({ kind: 'retry', code: 'HTTP_429' });
	expect(busy?.kind === 'retry' && busy.retryAfterMs).toBeGreaterThan(55_000);
	expect(await deliver('fastly', many(1), { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'HTTP_401', message: expect.stringContaining('purge_select') },
	]);
	expect(adapters.fastly.judge({ status: 204, headers: {}, body: '' }, 0)).toMatchObject({
		kind: 'failed',
		message: expect.stringContaining('base_url'),
	});
});

test('Vercel invalidates 16 tags to a request, as written', async () => {
	const provider = await run(vercel.start());
	const at = { project: vercel.PROJECT, team: 'team_1', base_url: provider.url };
	const to = target('vercel', at, { apiKey: vercel.TOKEN });
	const long = 'é'.repeat(200);
	expect(await deliver('vercel', [...many(20), change('x', { tags: ['Article:1', 'a,b', long] })], to)).toEqual(
		delivered(2),
	);
	expect(new Set(provider.purged).size).toBe(24);
	expect(provider.purged).toEqual(expect.arrayContaining(['Article:1', 'a-b']));
	expect(provider.requests[0]?.query.get('teamId')).toBe('team_1');
	provider.purged.splice(0);
	expect(await deliver('vercel', [change('1', { tags: numbered(40) })], to)).toEqual(delivered(3));
	expect(provider.purged).toEqual(numbered(40));
	provider.purged.splice(0);
	await deliver(
		'vercel',
		[change(ALL_ITEMS, { paths: ['/a'] })],
		target('vercel', { ...at, delete: true, team: 'acme' }, { apiKey: vercel.TOKEN }),
	);
	expect(provider.purged).toEqual(['deleted articles']);
	expect(provider.requests.at(-1)?.query.get('slug')).toBe('acme');
});

test('Vercel: a wrong token, an unknown project and a used-up limit are told apart', async () => {
	const provider = await run(vercel.start({ requests: 1 }));
	const at = { project: 'another', base_url: provider.url };
	const to = target('vercel', at, { apiKey: vercel.TOKEN });
	expect(await deliver('vercel', many(1), { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'HTTP_403', message: expect.stringContaining('access token') },
	]);
	expect(await deliver('vercel', many(1), to)).toMatchObject([{ kind: 'failed', code: 'HTTP_404' }]);
	const [busy] = await deliver('vercel', many(1), to);
	expect(busy).toMatchObject({ kind: 'retry', code: 'HTTP_429' });
	expect(busy?.kind === 'retry' && busy.retryAfterMs).toBeGreaterThan(25_000);
});

test('Vercel by paths renders ISR pages again, deleted ones included, and notices a wrong bypass token', async () => {
	const provider = await run(vercel.start());
	const to = target('vercel', { project: vercel.PROJECT, by: 'paths' }, { url: provider.url, apiKey: vercel.BYPASS });
	expect(
		await deliver('vercel', [change('1', { paths: ['/a', '/gone/b'] }), change('2', { paths: ['/a'] })], to),
	).toEqual(delivered(3));
	expect(provider.purged).toEqual(['/a', '/gone/b', '/a']);
	expect(await deliver('vercel', [change('1', { paths: ['/broken'] })], to)).toMatchObject([
		{ kind: 'retry', code: 'HTTP_500' },
	]);
	expect(await deliver('vercel', [change('1', { paths: ['/a'] })], { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'NOT_REVALIDATED', message: expect.stringContaining('bypass token') },
	]);
});

test('Netlify purges tags, and never the whole site', async () => {
	const provider = await run(netlify.start());
	const to = target('netlify', { site: netlify.SITE, base_url: provider.url }, { apiKey: netlify.TOKEN });
	const changes = [
		change('1'),
		change('2', { tags: ['', ' '] }),
		change('3', { paths: ['/a'] }),
		change(ALL_ITEMS, { collection: 'pages' }),
		change('4', { tags: ['Article:4'] }),
	];
	expect(await deliver('netlify', changes, to)).toEqual(delivered(1));
	expect(provider.purged).toEqual(['articles', 'articles-1', 'articles-2', 'articles-3', 'pages', 'article-4']);
	expect(adapters.netlify.requests([], to)).toEqual([]);
	const byName = target('netlify', { site: netlify.SLUG, base_url: provider.url }, { apiKey: netlify.TOKEN });
	expect(await deliver('netlify', [change('5', { tags: numbered(300) })], byName)).toEqual(delivered(2));
	expect(provider.purged).not.toContain(netlify.CATASTROPHE);
});

test('Netlify: a third purge of a tag within 5 s waits, a wrong token and an unknown site say what to check', async () => {
	const provider = await run(netlify.start());
	const at = { site: netlify.SITE, base_url: provider.url };
	const to = target('netlify', at, { apiKey: netlify.TOKEN });
	expect(await deliver('netlify', many(1), to)).toEqual(delivered(1));
	expect(await deliver('netlify', many(1), to)).toEqual(delivered(1));
	expect(await deliver('netlify', many(1), to)).toMatchObject([
		{ kind: 'retry', code: 'HTTP_429', retryAfterMs: 5_000 },
	]);
	expect(await deliver('netlify', many(1), { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'HTTP_401', message: expect.stringContaining('personal access token') },
	]);
	expect(
		await deliver('netlify', many(1), target('netlify', { ...at, site: 'other' }, { apiKey: netlify.TOKEN })),
	).toMatchObject([{ kind: 'failed', message: expect.stringContaining('check site') }]);
	expect(adapters.netlify.judge({ status: 200, headers: {}, body: '<html>' }, 0)).toMatchObject({ kind: 'failed' });
});

const asked = { authHeader: 'x-purge-key', apiKey: varnish.KEY };

test('Varnish purges URLs at its own address, for the host of the site', async () => {
	const provider = await run(varnish.start());
	const to = target('varnish', { base_url: provider.url }, asked);
	expect(
		await deliver(
			'varnish',
			[change('1', { paths: ['/blog/a', '/blog/b'] }), change('2', { paths: ['/nowhere'] })],
			to,
		),
	).toEqual(delivered(3));
	expect(provider.purged).toEqual(['/blog/a', '/blog/b']);
});

test('Varnish purges by xkey; that nothing was cached is no failure', async () => {
	const provider = await run(varnish.start());
	const to = target(
		'varnish',
		{ method: 'xkey-purge' },
		{ ...asked, url: provider.url, options: { batch_size: 1000 } },
	);
	expect(await deliver('varnish', [change('1', { tags: ['articles'] })], to)).toEqual(delivered(1));
	expect(provider.purged).toEqual(['/blog/a', '/blog/b']);
	const soft = target('varnish', { method: 'xkey-softpurge' }, { ...asked, url: provider.url });
	await deliver('varnish', [change('1', { tags: ['pages-1', 'nothing'] })], soft);
	expect(provider.purged.at(-1)).toBe('soft /about');
	expect(await deliver('varnish', [change('1', { tags: ['nothing'] })], to)).toEqual(delivered(1));
	const requests = provider.requests.length;
	expect(await deliver('varnish', [change('1', { tags: numbered(3000) })], to)).toEqual(
		delivered(provider.requests.length - requests),
	);
	expect(provider.requests.length - requests).toBeGreaterThan(2);
});

test('Varnish bans whole tags, and says what to check where it is not allowed to', async () => {
	const provider = await run(varnish.start());
	const to = target('varnish', { method: 'ban' }, { ...asked, url: provider.url });
	expect(await deliver('varnish', [change('1', { tags: ['articles-1', 'v1.2'] })], to)).toEqual(delivered(1));
	expect(provider.purged).toEqual(['/blog/a', '/v1.2']);
	expect(await deliver('varnish', many(1), { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'HTTP_405', message: expect.stringContaining('ACL') },
	]);
});
