import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { takeOne, type Allowance } from '../../delivery/core/allowance.js';
import { ADAPTERS, ALL_ITEMS, type AdapterName } from '../../contract/vocabulary.js';
import type { AdapterTarget, FlushChange } from './adapter.js';
import { adapters } from './index.js';

const SITE = 'https://www.example.com';

/** Options that need saying, and every way an adapter can be set up. */
const SETUPS: [AdapterName, Record<string, unknown>][] = [
	['webhook', {}],
	['nextjs', {}],
	['cloudflare', { zone: '0123456789abcdef0123456789abcdef' }],
	['cloudflare', { zone: '0123456789abcdef0123456789abcdef', map_tags: false }],
	['fastly', { service: 'abc' }],
	['fastly', { service: 'abc', map_tags: false }],
	['vercel', { project: 'site' }],
	['vercel', { project: 'site', by: 'paths' }],
	['netlify', { site: 'my-site' }],
	['netlify', { site: 'my-site', map_tags: false }],
	['varnish', {}],
	['varnish', { method: 'xkey-purge' }],
	['varnish', { method: 'xkey-softpurge', header: 'purge-these', map_tags: false }],
	['varnish', { method: 'ban', map_tags: false }],
];

function targetOf(name: AdapterName, given: Record<string, unknown>, batch_size: number): AdapterTarget {
	const options = { ...adapters[name].options.parse(given), batch_size };
	return { url: SITE, authHeader: 'bearer', apiKey: 'the-key', options };
}

const text = fc.oneof(
	fc.constantFrom(
		'articles',
		'article:1',
		'Article:1',
		'a,b',
		' ',
		'',
		'*',
		'x'.repeat(3000),
		'ж'.repeat(200),
		'//evil.test/',
		'@evil.test',
		'a\r\nb',
	),
	fc.string({ maxLength: 40 }),
	fc.nat(400).map((number) => `tag-${number}`),
);
const change: fc.Arbitrary<FlushChange> = fc.record({
	collection: fc.constantFrom('articles', 'Pages'),
	event: fc.constantFrom('create', 'update', 'delete'),
	item: fc.oneof(fc.constant(ALL_ITEMS), fc.nat(50).map(String), fc.uuid()),
	fields: fc.constant({}),
	previous: fc.constant(null),
	tags: fc.oneof(
		{ weight: 9, arbitrary: fc.array(text, { maxLength: 6 }) },
		{ weight: 1, arbitrary: fc.array(text, { minLength: 130, maxLength: 400 }) },
	),
	paths: fc.array(text, { maxLength: 4 }),
	timestamp: fc.nat(),
});

/** What one request carries, and the limit that the provider's documentation gives. */
const LIMITS: Record<
	AdapterName,
	(request: { url: string; body: string | null; headers: Record<string, string> }) => void
> = {
	webhook: () => {},
	nextjs: ({ body }) => {
		const tags = (JSON.parse(body ?? '') as { tags?: string[] }[]).flatMap((entry) => entry.tags ?? []);
		expect(tags.length).toBeLessThanOrEqual(128);
		expect(new Set(tags).size).toBe(tags.length);
		for (const tag of tags) expect(tag.length).toBeLessThanOrEqual(256);
	},
	cloudflare: ({ body }) => {
		const said = JSON.parse(body ?? '') as { tags?: string[]; files?: string[] };
		expect(Object.keys(said)).toHaveLength(1);
		list(said.tags ?? said.files, 100, 1024, /^[\x21-\x7e]+$/);
	},
	fastly: ({ url, body }) => {
		if (url.startsWith('https://api.fastly.com/purge/')) expect(url).toMatch(/\/purge\/www\.example\.com\//);
		else list((JSON.parse(body ?? '') as { surrogate_keys: string[] }).surrogate_keys, 256, 1024, /^[\x21-\x7e]+$/);
	},
	vercel: ({ url, body }) => {
		if (body === null) expect(new URL(url).origin).toBe(SITE);
		else list((JSON.parse(body) as { tags: string[] }).tags, 16, 256, /^[^,]+$/);
	},
	netlify: ({ body }) =>
		list((JSON.parse(body ?? '') as { cache_tags: string[] }).cache_tags, 256, 1024, /^[\x21-\x7e]+$/),
	varnish: ({ url, headers }) => {
		expect(new URL(url).origin).toBe(SITE);
		for (const [name, value] of Object.entries(headers)) {
			expect(Buffer.byteLength(`${name}: ${value}\r\n`)).toBeLessThanOrEqual(8192);
			expect(value).toMatch(/^[\x20-\x7e]+$/);
		}
	},
};

function list(entries: string[] | undefined, most: number, longest: number, shape: RegExp): void {
	expect(entries?.length).toBeGreaterThan(0);
	expect(entries?.length).toBeLessThanOrEqual(most);
	expect(new Set(entries).size).toBe(entries?.length);
	for (const entry of entries ?? []) {
		if (!entry.startsWith(SITE)) expect(Buffer.byteLength(entry)).toBeLessThanOrEqual(longest);
		expect(entry).toMatch(shape);
	}
}

describe.each(SETUPS)('%s %j', (name, given) => {
	const adapter = adapters[name];

	test('every change is in one group, in order, and no request is empty or exceeds what the provider takes', () => {
		fc.assert(
			fc.property(fc.array(change, { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (changes, batchSize) => {
				const target = targetOf(name, given, batchSize);
				const groups = adapter.group(changes, target);
				expect(groups.flat()).toEqual(changes);
				for (const group of groups) {
					expect(group.length).toBeGreaterThan(0);
					expect(group.length).toBeLessThanOrEqual(batchSize);
					const requests = adapter.requests(group, target);
					for (const request of requests) LIMITS[name](request);
					// Tags and URLs may each take one; more only for a change that is alone.
					if (group.length > 1) expect(requests.length).toBeLessThanOrEqual(2);
				}
			}),
			// Shrinking hundreds of tags takes minutes and says no more than the first counterexample.
			{ numRuns: 40, endOnFailure: true },
		);
	});

	test('a rule without tags and paths still says something, unless only paths are asked for', () => {
		const bare: FlushChange = {
			collection: 'articles',
			event: 'update',
			item: '7',
			fields: {},
			previous: null,
			tags: [],
			paths: [],
			timestamp: 0,
		};
		const target = targetOf(name, given, 100);
		const byPaths = given['by'] === 'paths' || (name === 'varnish' && given['method'] === undefined);
		const sent = adapter.requests([bare], target).map(({ body, headers }) => `${body}${JSON.stringify(headers)}`);
		expect(sent).toHaveLength(byPaths ? 0 : 1);
		if (!byPaths && name !== 'webhook') expect(sent[0]).toContain('articles-7');
	});

	test('the test of a target makes a request', () => {
		const asked: FlushChange = {
			collection: 'downstream',
			event: 'test',
			item: 'test',
			fields: {},
			previous: null,
			tags: ['downstream-test'],
			paths: [],
			timestamp: 0,
		};
		expect(adapter.requests([asked], targetOf(name, given, 1))).toHaveLength(1);
	});

	test('every option says what it is for', () => {
		for (const [option, schema] of Object.entries(adapter.options.shape)) {
			expect(schema.meta()?.description, option).toMatch(/\w.*\.$/s);
		}
	});
});

test('every adapter of the vocabulary is there under its own name', () => {
	expect(ADAPTERS.map((name) => adapters[name].name)).toEqual([...ADAPTERS]);
});

test.each([
	['cloudflare', 'zone'],
	['fastly', 'service'],
	['vercel', 'project'],
	['netlify', 'site'],
] as const)('%s cannot do without %s', (name, option) => {
	expect(adapters[name].options.safeParse({}).error?.issues.map(({ path }) => path)).toEqual([[option]]);
});

/** When requests go out where there is always one to send, in ms. */
function sentAt(rate: { perSecond: number; burst: number }, seconds: number): number[] {
	const times: number[] = [];
	let allowance: Allowance | null = null;
	for (let now = 0; now < seconds * 1000;) {
		const taken = takeOne(allowance, rate, now);
		allowance = taken.allowance;
		if (taken.waitMs > 0) now += taken.waitMs;
		else times.push(now);
	}
	return times;
}

test('Netlify is never asked more than twice in 5 seconds', () => {
	const rate = adapters.netlify.rate({});
	const times = rate ? sentAt(rate, 120) : [];
	expect(times.length).toBeGreaterThan(40);
	for (const at of times)
		expect(times.filter((other) => other >= at && other < at + 5_000).length).toBeLessThanOrEqual(2);
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
	const zone = '0123456789abcdef0123456789abcdef';
	const page = { ...fc.sample(change, 1)[0], event: 'update', item: '1', tags: [], paths: ['/a'] } as FlushChange;
	const target = targetOf('cloudflare', { zone, plan: 'enterprise' }, 100);
	expect(rateOf?.([page], target)).toEqual({ name: 'urls', perSecond: 6, burst: 1 });
	expect(rateOf?.([page], targetOf('cloudflare', { zone }, 100))).toMatchObject({ perSecond: 8 });
	expect(rateOf?.([page, { ...page, tags: ['a'] }], target)).toBeNull();
});
