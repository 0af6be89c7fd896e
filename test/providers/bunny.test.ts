import { expect, test } from 'vitest';
import * as bunny from './bunny.js';
import { change, deliver, delivered, many, run, target } from './deliver.js';

test('bunny.net purges a tag and an exact URL by a request each, and never the whole zone', async () => {
	const provider = await run(bunny.start());
	const to = target('bunny', { pull_zone: bunny.ZONE, base_url: provider.url }, { apiKey: bunny.KEY });
	const changes = [change('1', { tags: ['Article:1', ''] }), change('2', { paths: ['/', '/*', '/a?b=c'] })];
	expect(await deliver('bunny', changes, to)).toEqual(delivered(4));
	expect(provider.purged).toEqual([
		'article-1',
		'https://www.example.com/',
		'https://www.example.com/%2A',
		'https://www.example.com/a?b=c',
	]);
	const asWritten = target(
		'bunny',
		{ pull_zone: bunny.ZONE, base_url: provider.url, map_tags: false },
		{ apiKey: bunny.KEY },
	);
	provider.purged.splice(0);
	await deliver('bunny', [change('1', { tags: ['blog*'] })], asWritten);
	expect(provider.purged).toEqual(['blog-']);
});

test('bunny.net: a used-up bucket, a wrong key and an unknown zone are told apart, and no key is shown', async () => {
	const provider = await run(bunny.start({ tokens: 0 }));
	const at = { pull_zone: bunny.ZONE, base_url: provider.url };
	const to = target('bunny', at, { apiKey: bunny.KEY });
	const one = [change('1', { tags: ['a'] })];
	const kept: never[] = [];
	expect(await deliver('bunny', one, to, kept)).toMatchObject([
		{ kind: 'retry', code: 'HTTP_429', retryAfterMs: 3_000 },
	]);
	expect(JSON.stringify(kept)).not.toContain(bunny.KEY);
	expect(await deliver('bunny', one, { ...to, apiKey: 'wrong' })).toMatchObject([
		{ kind: 'failed', code: 'HTTP_401', message: expect.stringContaining('API key of the account') },
	]);
	const elsewhere = target('bunny', { ...at, pull_zone: '9' }, { apiKey: bunny.KEY });
	expect(await deliver('bunny', many(1), elsewhere)).toMatchObject([
		{ kind: 'failed', message: expect.stringContaining('check pull_zone') },
	]);
});
