import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryDatabase } from '../../../test/kit/memory-database.js';
import { migrateTables } from '../../app/migrations.js';
import { keepPages, removeOldPages } from '../tables/page-table.js';
import { createPageRegistry } from './page-registry.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const HOUR = 3_600_000;

let now = 0;
let database: Knex;
const clock = { now: () => now, random: () => 0.5, id: () => String(now) };
const registry = () => createPageRegistry({ database, clock, passed: () => now });

beforeEach(async () => {
	now = 10 * HOUR;
	database = memoryDatabase();
	await migrateTables(database, clock, silent);
});
afterEach(() => database.destroy());

const plan = (at: number, tags: string[]) =>
	database('downstream_deliveries').insert({
		id: `d${at}`,
		kind: 'flush',
		target: 't',
		status: 'delivered',
		collection: 'articles',
		item: '1',
		event: 'update',
		reason: 'title changed',
		old: JSON.stringify({ fields: null, previous: {}, tags, paths: [] }),
		changed_at: at,
		created_at: at,
		next_at: at,
	});

test('a change finds exactly the pages that have its tags, whatever was reported in whatever order', async () => {
	const tag = fc.constantFrom('articles-1', 'articles-2', 'articles.', 'authors-3', 'authors..', '..');
	const report = fc.tuple(fc.constantFrom('/', '/a', '/b', '/c?d=1'), fc.uniqueArray(tag, { minLength: 1 }));
	await fc.assert(
		fc.asyncProperty(fc.array(fc.array(report, { minLength: 1, maxLength: 4 }), { maxLength: 8 }), async (batches) => {
			await database('downstream_pages').delete();
			await database('downstream_page_tags').delete();
			const pages = new Map<string, string[]>();
			for (const batch of batches) {
				now += HOUR;
				await registry().report(batch.map(([path, tags]) => ({ path, tags, readAt: now })));
				for (const [path, tags] of batch) pages.set(path, tags);
			}
			// What older copies were made from counts for ten minutes.
			now += HOUR;
			await registry().report([...pages].map(([path, tags]) => ({ path, tags: [...tags, 'x'], readAt: now })));
			now += HOUR;
			if (pages.size > 0) await registry().report([...pages].map(([path, tags]) => ({ path, tags, readAt: now })));
			const all = ['articles-1', 'articles-2', 'articles.', 'authors-3', 'authors..', '..'];
			const found = await registry().pathsOf(all);
			for (const one of all)
				expect(found.get(one)?.toSorted() ?? []).toEqual(
					[...pages].flatMap(([path, tags]) => (tags.includes(one) ? [path] : [])).toSorted(),
				);
		}),
		{ numRuns: 40 },
	);
});

test('a page that an older copy was made of differently is found by both for a while', async () => {
	await registry().report([{ path: '/', tags: ['articles-1', '..'], readAt: now }]);
	now += 1_000;
	await registry().report([{ path: '/', tags: ['articles-2', '..'], readAt: now }]);
	expect((await registry().pathsOf(['articles-1', 'articles-2'])).size).toBe(2);
	now += HOUR;
	await registry().report([{ path: '/', tags: ['articles-3', '..'], readAt: now }]);
	expect([...(await registry().pathsOf(['articles-1', 'articles-2'])).keys()]).toEqual(['articles-2']);
});

test('a page is not kept where something that it shows was planned while it was made', async () => {
	await plan(now - 500, ['articles-1', 'articles..']);
	const page = (path: string, tags: string[], ago = 1_000) => ({ path, tags, readAt: now - ago });
	expect(await registry().report([page('/1', ['articles-1']), page('/2', ['articles-2'])])).toEqual(['/2']);
	expect(await registry().report([page('/1', ['articles-1'], 400)])).toEqual(['/1']);
	expect(await registry().report([page('/2', ['articles-2'], HOUR), page('/3', ['..'], -HOUR)])).toEqual([]);
	// It is known all the same: it may be in a cache by an earlier report.
	expect((await registry().pathsOf(['articles-1'])).get('articles-1')).toEqual(['/1']);
});

test('says which pages show an item, and which may', async () => {
	await registry().report([
		{ path: '/b', tags: ['articles-1', '..'], readAt: now },
		{ path: '/a', tags: ['articles..', '..'], readAt: now },
		{ path: '/c', tags: ['articles-12', '..'], readAt: now },
	]);
	expect(await registry().showing('articles', ['1'])).toEqual([
		{ path: '/b', seenAt: now, certain: true },
		{ path: '/a', seenAt: now, certain: false },
	]);
});

test('holds so many pages and no more, and forgets old ones with their tags', async () => {
	const page = (path: string) => ({ path, tags: ['..'] });
	expect(await keepPages(database, ['/1', '/2', '/3'].map(page), { now, most: 2 })).toHaveLength(2);
	now += HOUR;
	const kept = await keepPages(database, ['/1', '/2', '/3'].map(page), { now, most: 2 });
	expect(kept).toHaveLength(2);
	await removeOldPages(database, now + 1);
	expect(await database('downstream_page_tags').count({ count: '*' }).first()).toEqual({ count: 0 });
	await keepPages(
		database,
		Array.from({ length: 450 }, (_, index) => page(`/${index}`)),
		{ now, most: 500 },
	);
	await removeOldPages(database, now);
	expect((await registry().pathsOf(['..'])).get('..')).toHaveLength(450);
});

test('takes a burst of reports, then so many in a second', () => {
	const { takes } = registry();
	const taken = () => Array.from({ length: 500 }, takes).filter(Boolean).length;
	expect(taken()).toBe(200);
	now += 1_000;
	expect(taken()).toBe(50);
});
