import { expect, test } from 'vitest';
import { change, deliver, delivered, many, numbered, run, target } from './deliver.js';
import * as varnish from './varnish.js';

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
