import { expect, test } from 'vitest';
import { PAGE_SCHEMA } from '../../../../test/fixtures/page-world.js';
import { isVersion, readOf, type Answered } from './answered-read.js';
import { headerOfTags } from './tag-headers.js';

const answered = (more: Partial<Answered>): Answered => ({
	method: 'GET',
	path: '/items/articles',
	query: {},
	keys: undefined,
	status: 200,
	user: null,
	payload: { data: [] },
	...more,
});
const read = (more: Partial<Answered>) => {
	const found = readOf(answered(more), PAGE_SCHEMA);
	return found && [found.collection, found.of, found.data];
};

test('lists, items, singletons and Directus’ own files are reads', () => {
	expect(read({})).toEqual(['articles', 'list', []]);
	expect(read({ path: '/items/articles/5', payload: { data: { id: 5 } } })).toEqual([
		'articles',
		{ keys: ['5'] },
		{ id: 5 },
	]);
	expect(read({ path: '/items/languages/a%2Fb/', payload: { data: { code: 'a/b' } } })?.[1]).toEqual({ keys: ['a/b'] });
	expect(read({ path: '/items/home', payload: { data: { title: 'Home' } } })?.[1]).toBe('singleton');
	expect(read({ path: '/files', payload: { data: [] } })).toEqual(['directus_files', 'list', []]);
	expect(read({ path: '/files/5', payload: { data: {} } })?.[1]).toEqual({ keys: ['5'] });
});

test('a SEARCH names keys in its body', () => {
	expect(read({ method: 'SEARCH', keys: [5, 6] })).toEqual(['articles', { keys: ['5', '6'] }, []]);
	expect(read({ method: 'SEARCH' })?.[1]).toBe('list');
});

test('an item that is refused or not there is a read of it; other failures, and writes, are none', () => {
	for (const status of [403, 404])
		expect(read({ path: '/items/articles/9', status, payload: { errors: [] } })).toEqual([
			'articles',
			{ keys: ['9'] },
			null,
		]);
	for (const none of [
		{ status: 403, payload: { errors: [] } },
		{ path: '/items/articles/9', status: 500, payload: { errors: [] } },
		{ method: 'POST' },
		{ path: '/items/nothing' },
		{ path: '/items/' },
		{ path: '/fields/articles' },
		{ path: '/items/articles/1/2' },
	])
		expect(read(none)).toBeNull();
});

test('versions beside the published one are told apart', () => {
	expect(isVersion(answered({ query: { version: 'draft' } }))).toBe(true);
	expect(isVersion(answered({ query: { version: 'main' } }))).toBe(false);
	expect(isVersion(answered({}))).toBe(false);
});

test('a header separates its tags as the CDN that reads it expects', () => {
	expect(headerOfTags('Cache-Tag', ['a', '..'])).toBe('a,..');
	expect(headerOfTags('Surrogate-Key', ['a', '..'])).toBe('a ..');
	expect(headerOfTags('xkey', ['a', '..'])).toBe('a ..');
});
