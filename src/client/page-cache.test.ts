import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageCache } from './page-cache.js';

test('a page is kept until one of its tags, or its path, is purged', () => {
	const pages = pageCache<string>();
	pages.make('/').keep('list', ['articles.', '..']);
	pages.make('/articles/1').keep('one', ['articles-1', '..']);
	pages.purge({ tags: ['articles-1'] });
	expect([pages.get('/'), pages.get('/articles/1')]).toEqual(['list', undefined]);
	pages.make('/articles/1').keep('one again', ['articles-1', '..']);
	pages.purge({ paths: ['/'] });
	expect([pages.get('/'), pages.get('/articles/1')]).toEqual([undefined, 'one again']);
	pages.purge({ tags: ['..'] });
	expect(pages.get('/articles/1')).toBeUndefined();
});

test('a page without tags is not kept, nor is the one before it', () => {
	const pages = pageCache<string>();
	pages.make('/').keep('old', ['..']);
	expect(pages.make('/').keep('private', null)).toBe(false);
	expect(pages.get('/')).toBeUndefined();
});

test('what was purged while it was made is not kept', () => {
	const pages = pageCache<string>();
	const [byTag, byPath, other] = [pages.make('/a'), pages.make('/b'), pages.make('/c')];
	pages.purge({ tags: ['articles-1'], paths: ['/b'] });
	expect(byTag.keep('a', ['articles-1', '..'])).toBe(false);
	expect(byPath.keep('b', ['articles-2', '..'])).toBe(false);
	expect(other.keep('c', ['articles-3', '..'])).toBe(true);
	expect(pages.make('/a').keep('a', ['articles-1', '..'])).toBe(true);
});

test('more purges than are remembered keep nothing that was being made', () => {
	const pages = pageCache<string>();
	const making = pages.make('/');
	pages.purge({ tags: Array.from({ length: 20_000 }, (_, index) => `articles-${index}`) });
	expect(making.keep('list', ['authors.'])).toBe(false);
	expect(pages.make('/').keep('list', ['authors.'])).toBe(true);
});

test('the page that nobody asked for the longest goes first', () => {
	const pages = pageCache<string>({ most: 2 });
	for (const path of ['/a', '/b']) pages.make(path).keep(path, ['..']);
	pages.get('/a');
	pages.make('/c').keep('/c', ['..']);
	expect(['/a', '/b', '/c'].map((path) => pages.get(path))).toEqual(['/a', undefined, '/c']);
});

test('in any order of reads, saves and purges, no page is old once all purges have arrived', () => {
	const step = fc.record({ what: fc.constantFrom('begin', 'read', 'keep', 'save', 'purge'), page: fc.nat(2) });
	fc.assert(
		fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
			const pages = pageCache<number>();
			const content = [0, 0, 0];
			const open: ({ making: ReturnType<typeof pages.make>; read: number | null } | null)[] = [null, null, null];
			const unsent: number[] = [];
			const purge = (page: number) => pages.purge({ tags: [`articles-${page}`] });
			for (const { what, page } of steps) {
				const made = open[page];
				if (what === 'begin') open[page] = { making: pages.make(`/${page}`), read: null };
				else if (what === 'read' && made) made.read ??= content[page] ?? 0;
				else if (what === 'keep' && made && made.read !== null) {
					made.making.keep(made.read, [`articles-${page}`, '..']);
					open[page] = null;
				} else if (what === 'save') {
					content[page] = (content[page] ?? 0) + 1;
					unsent.push(page);
				} else if (what === 'purge' && unsent.length > 0) purge(unsent.shift() ?? 0);
			}
			for (const page of unsent) purge(page);
			for (const [page, made] of open.entries())
				if (made && made.read !== null) made.making.keep(made.read, [`articles-${page}`, '..']);
			for (const [page, value] of content.entries()) expect([undefined, value]).toContain(pages.get(`/${page}`));
		}),
		{ numRuns: 500 },
	);
});
