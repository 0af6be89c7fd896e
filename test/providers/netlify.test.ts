import { expect, test } from 'vitest';
import { adapters } from '../../src/flush/adapters/index.js';
import { ALL_ITEMS } from '../../src/contract/vocabulary.js';
import { change, deliver, delivered, many, numbered, run, sentAt, target } from './deliver.js';
import * as netlify from './netlify.js';

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

test('Netlify is never asked more than twice in 5 seconds', () => {
	const rate = adapters.netlify.rate({});
	const times = rate ? sentAt(rate, 120) : [];
	expect(times.length).toBeGreaterThan(40);
	for (const at of times)
		expect(times.filter((other) => other >= at && other < at + 5_000).length).toBeLessThanOrEqual(2);
});
