import { expect, test } from 'vitest';
import fc from 'fast-check';
import { CACHES, type CacheName } from './caches.js';
import { collectTags } from './collect-tags.js';

interface Answer {
	fine?: string[];
	coarse?: string[];
	headers?: Record<string, string>;
}

/** A Directus that answers one read after the other so. */
function directus(answers: Answer[]) {
	const asked: { url: string; headers: Headers }[] = [];
	return {
		asked,
		fetch: async (input: string | URL | Request, init?: RequestInit) => {
			asked.push({ url: String(input), headers: new Headers(init?.headers) });
			const { fine, coarse, headers } = answers[asked.length - 1] ?? {};
			return new Response('{}', {
				headers: {
					...(fine ? { 'x-downstream-tags': fine.join(',') } : {}),
					...(coarse ? { 'x-downstream-coarse-tags': coarse.join(',') } : {}),
					...headers,
				},
			});
		},
	};
}

async function pageOf(answers: Answer[], shared = false) {
	const { fetch, asked } = directus(answers);
	const page = collectTags({ fetch, shared });
	for (const [index] of answers.entries())
		await page.fetch(`http://cms.test/items/articles/${index}`, { headers: { authorization: 'Bearer site' } });
	return { page, asked };
}

const LIST = { fine: ['articles-1', 'articles.', '..'], coarse: ['articles..', '..'] };
const ITEM = { fine: ['articles-1', 'authors-3', '..'], coarse: ['articles..', 'authors..', '..'] };

test('asks for tags beside what the request has, and collects those of all reads', async () => {
	const { page, asked } = await pageOf([LIST, ITEM]);
	expect(asked.map(({ headers }) => [headers.get('x-downstream-tags'), headers.get('authorization')])).toEqual([
		['1', 'Bearer site'],
		['1', 'Bearer site'],
	]);
	expect(page.tags()?.toSorted()).toEqual(['..', 'articles-1', 'articles.', 'authors-3']);
	expect(page.headers('fastly')).toEqual({ 'Surrogate-Key': 'articles-1 articles. .. authors-3' });
	expect(page.headers('cloudflare')).toEqual({ 'Cache-Tag': 'articles-1,articles.,..,authors-3' });
	expect(page.problem()).toBeNull();
});

test('keeps nothing that cannot be dropped, and says why', async () => {
	const problems = async (answers: Answer[], shared = false) => {
		const { page } = await pageOf(answers, shared);
		expect(page.tags()).toBeNull();
		expect(page.headers('netlify')).toEqual({ 'Cache-Control': 'private, no-store' });
		return page.problem();
	};
	expect(await problems([])).toBe('nothing was read from Directus');
	expect(await problems([LIST, {}])).toContain('/items/articles/1 answered without tags');
	expect(await problems([{ ...LIST, headers: { 'x-downstream-cache': 'private' } }])).toContain('shared: true');
	expect(await problems([{ fine: ['..'] }], true)).toContain('more tags than fit');
	const { page } = await pageOf([{ ...LIST, headers: { 'x-downstream-cache': 'private' } }], true);
	expect(page.tags()).toHaveLength(3);
	await page.fetch('http://cms.test/items/articles/1?version=next').catch(() => undefined);
	expect(page.tags()).toBeNull();
});

test('a read that fails or is under way is not left out', async () => {
	let answer: (response: Response) => void = () => undefined;
	const page = collectTags({ fetch: () => new Promise((resolve) => void (answer = resolve)) });
	const read = page.fetch('/items/articles');
	expect(page.problem()).toBe('a read is still under way');
	answer(new Response('', { headers: { 'x-downstream-tags': '..,articles.', 'x-downstream-coarse-tags': '..' } }));
	await read;
	expect(page.tags()).toEqual(['..', 'articles.']);
	const failing = collectTags({ fetch: () => Promise.reject(new Error('refused')) });
	await expect(failing.fetch('/items/articles')).rejects.toThrow('refused');
	expect(failing.problem()).toBe('a read of /items/articles failed');
});

test('takes the headers that Directus puts on every read, and signing in needs no tags', async () => {
	const { page } = await pageOf([
		{ headers: { 'cache-tag': 'articles.,..' } },
		{ headers: { 'surrogate-key': '.. a-1' } },
	]);
	expect(page.tags()?.toSorted()).toEqual(['..', 'a-1', 'articles.']);
	await page.fetch('http://cms.test/auth/refresh', { method: 'POST' }).catch(() => undefined);
	expect(page.problem()).toBeNull();
	const foreign = await pageOf([{ headers: { 'cache-tag': 'static' } }]);
	expect(foreign.page.problem()).toContain('without tags');
});

test('within any limits, each read is named by all of its tags or by all of its coarse ones', async () => {
	const name = fc.constantFrom('articles', 'authors', 'tags', 'articles_translations', 'x'.repeat(63));
	const read = fc
		.array(fc.tuple(name, fc.oneof(fc.nat(400).map(String), fc.constant('k'.repeat(63)))), { maxLength: 120 })
		.map((items) => ({
			fine: [...new Set(items.map(([collection, key]) => `${collection}-${key}`)), '..'],
			coarse: [...new Set(items.map(([collection]) => `${collection}..`)), '..'],
		}));
	await fc.assert(
		fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 12 }), async (reads) => {
			const { page } = await pageOf(reads, true);
			for (const cache of Object.keys(CACHES) as CacheName[]) {
				const tags = page.tags(cache);
				const { tags: most, bytes, length, separator } = CACHES[cache];
				const coarse = [...new Set(reads.flatMap((one) => one.coarse))];
				// Four collections and everything: that fits everywhere.
				expect(tags, `${cache}: ${coarse.length} collections`).not.toBeNull();
				const has = new Set(tags);
				for (const one of reads)
					expect(one.fine.every((tag) => has.has(tag)) || one.coarse.every((tag) => has.has(tag))).toBe(true);
				expect(has.size).toBeLessThanOrEqual(most);
				expect([...has].join(separator).length).toBeLessThanOrEqual(bytes);
				expect(Math.max(...[...has].map((tag) => tag.length))).toBeLessThanOrEqual(length);
			}
		}),
		{ numRuns: 60 },
	);
});
