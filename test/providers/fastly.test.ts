import { expect, test } from 'vitest';
import { adapters } from '../../src/flush/adapters/index.js';
import { change, deliver, delivered, many, run, target } from './deliver.js';
import * as fastly from './fastly.js';

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
