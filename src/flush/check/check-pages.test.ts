import { expect, test } from 'vitest';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { FlushTarget } from '../flush-target.js';
import type { PageCheck } from '../tables/check-table.js';
import { createPageChecks } from './check-pages.js';

const siteWith = (check: object): FlushTarget =>
	({
		id: 'site',
		url: 'https://www.example.com/flush',
		options: { timeout_ms: 1_000, check: { sample: 5, warm: false, stale_after_ms: 60_000, ...check } },
	}) as unknown as FlushTarget;

/** A site whose pages a cache goes on showing for some time after the save at 0, by a clock that sleeping moves. */
function world(options: { newAfter: number; headers?(now: number): Record<string, string> }) {
	let [now, ids] = [0, 0];
	const saved: PageCheck[] = [];
	const requests: WireRequest[] = [];
	let idle: () => void = () => {};
	const { delivered } = createPageChecks({
		clock: { now: () => now, id: () => String((ids += 1)), random: () => 0 },
		logger: { warn: (message) => expect.fail(String(message)) },
		http: {
			async send(request) {
				requests.push(request);
				now += 20;
				const madeAt = now >= options.newAfter ? options.newAfter : -5_000;
				const headers = options.headers?.(now) ?? { age: String(Math.floor((now - madeAt) / 1_000)) };
				return { status: 200, headers, body: now >= options.newAfter ? 'new' : 'old' };
			},
		},
		save: async (check) => void saved.push(check),
		checked: () => idle(),
		sleep: async (ms) => void (now += ms),
	});
	const told = (id: string, paths: string[], changedAt = 0) => ({ delivery: { id, changedAt }, change: { paths } });
	const until = (count: number) =>
		new Promise<void>((resolve) => {
			let seen = 0;
			idle = () => ((seen += 1) === count ? setImmediate(resolve) : undefined);
		});
	return { delivered, told, saved, requests, until, after: (ms: number) => (now += ms) };
}

test('a page is looked at until it is new, and the time since the save is kept', async () => {
	const { delivered, told, saved, until, requests } = world({ newAfter: 2_500 });
	delivered(siteWith({}), [told('one', ['/blog/ant'])]);
	await until(1);
	expect(saved).toMatchObject([{ delivery: 'one', target: 'site', path: '/blog/ant', state: 'fresh' }]);
	expect(saved[0]?.tookMs).toBeGreaterThanOrEqual(2_500);
	expect(saved[0]?.tookMs).toBeLessThan(5_000);
	expect(requests[0]?.url).toBe('https://www.example.com/blog/ant');
});

test('a page that stays old is stale, with what it says of itself', async () => {
	const { delivered, told, saved, until } = world({ newAfter: Infinity });
	delivered(siteWith({ stale_after_ms: 5_000, base_url: 'https://cdn.example.com' }), [told('one', ['/a'])]);
	await until(1);
	expect(saved).toMatchObject([{ state: 'stale', tookMs: null, detail: expect.stringContaining('age: 1') }]);
});

test('a page that says nothing of itself is unknown the first time, and known by its body then', async () => {
	const { delivered, told, saved, until, after } = world({ newAfter: 200_000, headers: () => ({}) });
	delivered(siteWith({}), [told('one', ['/a'])]);
	await until(1);
	expect(saved).toMatchObject([{ state: 'unknown', tookMs: null }]);
	after(200_000 - (saved[0]?.at ?? 0));
	delivered(siteWith({}), [told('two', ['/a'], 199_000)]);
	await until(1);
	expect(saved[1]).toMatchObject({ delivery: 'two', state: 'fresh' });
});

test('what is changed again meanwhile is looked at by the same requests', async () => {
	const { delivered, told, saved, until, requests } = world({ newAfter: 1_500 });
	delivered(siteWith({}), [told('one', ['/a']), told('two', ['/a'])]);
	await until(2);
	expect(saved.map(({ delivery }) => delivery)).toEqual(['one', 'two']);
	expect(saved[0]?.at).toBe(saved[1]?.at);
	expect(new Set(requests.map(({ url }) => url)).size).toBe(1);
});

test('a sample is looked at, and all are fetched once where they are to be warm', async () => {
	const { delivered, told, saved, until, requests } = world({ newAfter: 0, headers: () => ({ 'x-cache': 'MISS' }) });
	const paths = Array.from({ length: 20 }, (_, index) => `/p/${index}`);
	delivered(siteWith({ sample: 2, warm: true }), [told('one', paths)]);
	await until(2);
	await expect.poll(() => new Set(requests.map(({ url }) => url)).size).toBe(20);
	expect(saved).toHaveLength(2);
	delivered({ ...siteWith({}), options: null }, [told('none', ['/q'])]);
	expect(requests.some(({ url }) => url.endsWith('/q'))).toBe(false);
});
