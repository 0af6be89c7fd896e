import { expect, test } from 'vitest';
import { ALL_ITEMS } from '../../src/contract/vocabulary.js';
import { change, deliver, delivered, many, numbered, run, target } from './deliver.js';
import * as vercel from './vercel.js';

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
