import { expect, test } from 'vitest';
import { change, deliver, delivered, many, run, target } from './deliver.js';
import * as nginx from './nginx.js';

const asked = { authHeader: 'x-purge-key', apiKey: nginx.KEY };

test.each([404, 412])(
	'nginx purges paths at its own address; that nothing was cached (%s) is no failure',
	async (missing) => {
		const provider = await run(nginx.start({ missing }));
		const to = target('nginx', { base_url: provider.url }, asked);
		const changes = [change('1', { paths: ['/blog/a', '/nowhere', '/*'] }), change('2', { paths: ['/blog/c?d=1'] })];
		expect(await deliver('nginx', changes, to)).toEqual(delivered(4));
		expect(provider.purged).toEqual(['/blog/a', '/blog/c?d=1']);
		expect(await deliver('nginx', many(3), to)).toEqual([]);
	},
);

test('nginx: what to check where it is not allowed, and where nothing purges', async () => {
	const provider = await run(nginx.start());
	const page = [change('1', { paths: ['/blog/a'] })];
	const to = target('nginx', { base_url: provider.url }, { ...asked, apiKey: 'wrong' });
	expect(await deliver('nginx', page, to)).toMatchObject([
		{ kind: 'failed', code: 'HTTP_403', message: expect.stringContaining('lets PURGE through') },
	]);
	const plain = await run(nginx.start({ takes: false }));
	expect(await deliver('nginx', page, target('nginx', { base_url: plain.url }, asked))).toMatchObject([
		{ kind: 'failed', message: expect.stringContaining('proxy_cache_purge') },
	]);
});
