import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FlushChange } from '../adapters/adapter.js';
import { portableTag, tagsOf, writtenTag } from './tags.js';
import { ALL_ITEMS } from '../../contract/vocabulary.js';

const change = (over: Partial<FlushChange>): FlushChange => ({
	collection: 'articles',
	event: 'update',
	item: '7',
	fields: {},
	previous: null,
	tags: [],
	paths: [],
	timestamp: 0,
	...over,
});

test('a tag is mapped to the alphabet that every CDN takes', () => {
	expect(portableTag('Article:42')).toBe('article-42');
	expect(portableTag('a.b_c-d')).toBe('a.b_c-d');
	expect(portableTag('été/à la carte')).toBe('-t----la-carte');
});

test('whatever is written, the portable tag is 1 to 128 characters of the alphabet, and mapping it again changes nothing', () => {
	fc.assert(
		fc.property(fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' }), (tag) => {
			const portable = portableTag(tag);
			expect(portable).toMatch(/^[a-z0-9._-]{1,128}$/);
			expect(portableTag(portable)).toBe(portable);
			expect(portableTag(tag.toLowerCase())).toBe(portable);
		}),
	);
});

test('long tags that differ only at their ends stay apart', () => {
	const long = 'x'.repeat(200);
	const made = new Set(Array.from({ length: 1000 }, (_, index) => portableTag(`${long}${index}`)));
	expect(made.size).toBe(1000);
	for (const tag of made) expect(tag).toMatch(/^x{117}-[a-z0-9]{10}$/);
	expect(portableTag('y'.repeat(128))).toBe('y'.repeat(128));
});

test('a tag as written keeps its case, loses what the provider refuses, and is cut between characters', () => {
	const limits = { forbidden: /,/g, maxBytes: 256 };
	expect(writtenTag('Article:42,de', limits)).toBe('Article:42-de');
	fc.assert(
		fc.property(fc.string({ maxLength: 400, unit: 'grapheme' }), (tag) => {
			const written = writtenTag(tag, limits);
			expect(Buffer.byteLength(written)).toBeLessThanOrEqual(256);
			expect(written).not.toContain('\uFFFD'.repeat(2));
			expect(written).not.toContain(',');
		}),
	);
});

test('a limit in characters is counted as JavaScript counts them', () => {
	const limits = { forbidden: /,/g, maxCharacters: 256 };
	expect(writtenTag('ж'.repeat(256), limits)).toBe('ж'.repeat(256));
	expect(writtenTag('ж'.repeat(257), limits)).toMatch(/^ж{245}-[a-z0-9]{10}$/);
	expect(writtenTag('😀'.repeat(200), limits)).toMatch(/^(😀){122}-[a-z0-9]{10}$/u);
});

test('a rule without tags and paths gives the collection and the item', () => {
	expect(tagsOf(change({}), { pathsCount: true })).toEqual(['articles', 'articles-7']);
	expect(tagsOf(change({ tags: ['a'] }), { pathsCount: true })).toEqual(['a']);
});

test('paths stand in for tags only where the provider purges paths', () => {
	expect(tagsOf(change({ paths: ['/a'] }), { pathsCount: true })).toEqual([]);
	expect(tagsOf(change({ paths: ['/a'] }), { pathsCount: false })).toEqual(['articles', 'articles-7']);
});

test('a change of every item always gives a tag', () => {
	expect(tagsOf(change({ item: ALL_ITEMS }), { pathsCount: true })).toEqual(['articles']);
	expect(tagsOf(change({ item: ALL_ITEMS, paths: ['/list'] }), { pathsCount: true })).toEqual(['articles']);
	expect(tagsOf(change({ item: ALL_ITEMS, tags: ['', 'list'] }), { pathsCount: true })).toEqual(['list']);
});
