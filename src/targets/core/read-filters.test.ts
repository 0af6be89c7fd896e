import { expect, test } from 'vitest';
import { filtersOfReader } from './read-filters.js';

const PUBLISHED = { status: { _eq: 'published' } };
const OWN = { author: { _eq: '$CURRENT_USER' } };
const rights = {
	access: [
		{ role: null, user: null, policy: 'public' },
		{ role: 'editor', user: null, policy: 'editors' },
		{ role: null, user: 'ann', policy: 'ann' },
	],
	permissions: [
		{ policy: 'public', collection: 'articles', permissions: JSON.stringify(PUBLISHED) },
		{ policy: 'editors', collection: 'articles', permissions: OWN },
		{ policy: 'editors', collection: 'tags', permissions: {} },
		{ policy: 'ann', collection: 'tags', permissions: PUBLISHED },
	],
};

test('everybody sees what the public may, plus their own policies only', () => {
	expect([...filtersOfReader(rights, { user: null, roles: [] })]).toEqual([['articles', [PUBLISHED]]]);
});

test('a user has the policies of the roles and the user’s own', () => {
	expect([...filtersOfReader(rights, { user: 'ann', roles: ['editor'] })]).toEqual([
		['articles', [OWN]],
		['tags', [PUBLISHED]],
	]);
	expect([...filtersOfReader(rights, { user: 'bob', roles: ['editor'] })]).toEqual([['articles', [OWN]]]);
	expect([...filtersOfReader(rights, { user: 'ann', roles: [] })]).toEqual([
		['articles', [PUBLISHED]],
		['tags', [PUBLISHED]],
	]);
});
