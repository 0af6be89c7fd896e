import { expect, test } from 'vitest';
import { randomFrom } from '../../../../test/kit/random.js';
import { PAGE_SCHEMA } from '../../../../test/fixtures/page-world.js';
import type { ReadFilters } from './depends.js';
import { pageModel } from './page-model.js';
import { tagsOfRead, type Read } from './read-tags.js';
import { tagOfField, tagOfItem } from './tag-names.js';

const model = pageModel(PAGE_SCHEMA);
const LIMITS = { tags: 500, bytes: 8_192 };
const EVERYBODY: ReadFilters = new Map();

const tagsOf = (read: Partial<Read> & { data: unknown }, filters = EVERYBODY, limits = LIMITS) =>
	tagsOfRead({ collection: 'articles', of: 'list', query: {}, ...read }, model, filters, limits).tags.toSorted();

test('a list carries its items, what may be in it, and what decides its order', () => {
	expect(
		tagsOf({
			query: { fields: ['id', 'title'], filter: { _and: [{ status: { _eq: 'published' } }] }, sort: ['-title'] },
			data: [{ id: 5, title: 'Ant' }],
		}),
	).toEqual(['..', 'articles-5', 'articles.', 'articles.status', 'articles.title']);
});

test('a list in nobody’s order is in that of the collection’s sort field, or of the key, which never changes', () => {
	expect(tagsOf({ query: { fields: ['id'] }, data: [] })).toEqual(['..', 'articles.', 'articles.rank']);
	expect(tagsOf({ collection: 'tags', query: { fields: ['id'] }, data: [] })).toEqual(['..', 'tags.']);
});

test('a list that finds nothing carries its tags all the same', () => {
	expect(
		tagsOf({ collection: 'tags', query: { fields: ['id'], filter: { name: { _eq: 'none' } } }, data: [] }),
	).toEqual(['..', 'tags.', 'tags.name']);
});

test('every step of a relational filter counts, and so does the reader’s own permission filter', () => {
	const filters: ReadFilters = new Map([
		['articles', [{ status: { _eq: 'published' } }]],
		['authors', [{ status: { _eq: 'published' } }]],
	]);
	const query = { fields: ['id'], filter: { author: { name: { _eq: 'Ann' } } }, sort: ['id'] };
	expect(tagsOf({ query, data: [] }, filters)).toEqual([
		'..',
		'articles.',
		'articles.author',
		'articles.status',
		'authors.name',
		'authors.status',
	]);
});

test('a filter over a list depends on which rows there are, on what they lead to, and on their values', () => {
	const query = { fields: ['id'], filter: { comments: { _some: { text: { _eq: 'ant' } } } }, sort: ['id'] };
	expect(tagsOf({ query, data: [] })).toEqual(['..', 'articles.', 'comments.', 'comments.article', 'comments.text']);
});

test('an item at any depth is shown by its key; rows of a list are known by the item above them', () => {
	const query = { fields: ['id', 'author.id', 'author.name', 'tags.tags_id.id', 'comments.text'] };
	const data = { id: 5, author: { id: 3, name: 'Ann' }, tags: [{ tags_id: { id: 8 } }], comments: [{ text: 'ant' }] };
	expect(tagsOf({ of: { keys: ['5'] }, query, data })).toEqual([
		'..',
		'articles-5',
		'articles-5.',
		'authors-3',
		'tags-8',
	]);
});

test('what is shown without its key cannot be told apart from the rest of its collection', () => {
	const query = { fields: ['title', 'author.name', 'comments.text'], sort: ['id'] };
	expect(tagsOf({ query, data: [{ title: 'Ant', author: { name: 'Ann' }, comments: [{ text: 'x' }] }] })).toEqual([
		'..',
		'articles.',
		'articles..',
		'authors..',
		'comments..',
	]);
});

test('an item that is refused or not there carries its own tag', () => {
	expect(tagsOf({ of: { keys: ['9'] }, query: { fields: ['id'] }, data: null })).toEqual(['..', 'articles-9']);
	expect(tagsOf({ of: { keys: ['009'] }, query: {}, data: null })).toEqual(['..', 'articles-9']);
	const uuid = 'ABCDEF00-0000-4000-8000-000000000001';
	expect(tagsOf({ collection: 'directus_files', of: { keys: [uuid] }, query: {}, data: null })).toEqual([
		'..',
		`directus_files-${uuid.toLowerCase()}`,
	]);
});

test('an item that is asked for by its key needs no key in its answer', () => {
	const query = { fields: ['title', 'comments.text'] };
	expect(tagsOf({ of: { keys: ['5'] }, query, data: { title: 'Ant', comments: [{ text: 'x' }] } })).toEqual([
		'..',
		'articles-5',
		'articles-5.',
	]);
});

test('aggregates depend on what is counted, on their groups, and on which items there are', () => {
	const query = { aggregate: { count: ['*'], max: ['rank'] }, group: ['status'] };
	expect(tagsOf({ query, data: [{ status: 'draft', count: 2, max: { rank: 3 } }] })).toEqual([
		'..',
		'articles.',
		'articles.rank',
		'articles.status',
	]);
});

test('a search, and a filter that nobody but Directus understands, depend on anything of the collection', () => {
	expect(tagsOf({ query: { fields: ['id'], search: 'ant', sort: ['id'] }, data: [] })).toEqual([
		'..',
		'articles.',
		'articles..',
	]);
	const filter = { '$FOLLOW(comments,article)': { text: { _eq: 'ant' } } };
	expect(tagsOf({ query: { fields: ['id'], filter, sort: ['id'] }, data: [] })).toContain('comments..');
});

test('functions are about the field in them', () => {
	const query = { fields: ['id'], filter: { 'year(title)': { _eq: 1 }, 'count(comments)': { _gt: 1 } }, sort: ['id'] };
	expect(tagsOf({ query, data: [] })).toEqual(['..', 'articles.', 'articles.title', 'comments.', 'comments.article']);
});

test('functions of related fields are read as paths, and those of JSON as their column', () => {
	const query = { fields: ['id'], filter: { 'year(author.name)': { _eq: 1 } }, sort: ['-author.boss.name'] };
	expect(tagsOf({ query, data: [] })).toEqual(['..', 'articles.', 'articles.author', 'authors.boss', 'authors.name']);
	const json = { fields: ['id'], sort: ['json(title.a.b)'] };
	expect(tagsOf({ query: json, data: [] })).toEqual(['..', 'articles.', 'articles.title']);
	const shown = { fields: ['id', 'year(author.name)'], sort: ['id'] };
	expect(tagsOf({ query: shown, data: [{ id: 5, author: { name_year: 1 } }] })).toContain('authors..');
});

test('aliases and `deep` are read as the fields that they stand for', () => {
	const query = {
		fields: ['id', 'talk.by.id'],
		alias: { talk: 'comments' },
		deep: { talk: { _filter: { by: { name: { _eq: 'Ann' } } } } },
		sort: ['id'],
	};
	expect(tagsOf({ query, data: [{ id: 5, talk: [{ by: { id: 3 } }] }] })).toEqual([
		'..',
		'articles-5',
		'articles-5.',
		'articles.',
		'authors-3',
		'authors.name',
	]);
});

test('a singleton is its one row, which may not be there yet', () => {
	const read = { collection: 'home', of: 'singleton' as const };
	expect(tagsOf({ ...read, query: {}, data: { id: 1, title: 'Home' } })).toEqual(['..', 'home-1', 'home.']);
	expect(tagsOf({ ...read, query: {}, data: { title: null } })).toEqual(['..', 'home..']);
});

test('more tags than fit fall back to whole collections, the most numerous first, and lose none', () => {
	const data = Array.from({ length: 300 }, (_, id) => ({ id, author: { id: id % 20 }, tags: [{ tags_id: { id } }] }));
	const read = { query: { fields: ['id', 'author.id', 'tags.tags_id.id'], sort: ['id'] }, data };
	const tags = tagsOf(read);
	expect(tags.filter((tag) => !/^(authors|tags)-/.test(tag))).toEqual(['..', 'articles..', 'articles_tags..']);
	expect(tags.filter((tag) => tag.startsWith('tags-'))).toHaveLength(300);
	expect(tagsOf(read, EVERYBODY, { tags: 100, bytes: 8_192 })).toContain('tags..');
	const tiny = tagsOfRead({ collection: 'articles', of: 'list', ...read }, model, EVERYBODY, { tags: 3, bytes: 99 });
	expect(tiny).toEqual({ tags: ['..'], coarse: ['..'], tooMany: true });
});

test('every tag fits every CDN, and two names never share one (seed 7)', () => {
	const random = randomFrom(7);
	const letters = [...'abcXYZ019_-. äß🙂/,;"\u0000'];
	const text = () =>
		Array.from({ length: 1 + Math.floor(random() * 90) }, () => letters[Math.floor(random() * letters.length)]).join(
			'',
		);
	const byTag = new Map<string, string>();
	for (let count = 0; count < 2_000; count += 1) {
		const name = text();
		for (const tag of [tagOfItem('articles', name), tagOfField(name, text())])
			expect(tag).toMatch(/^[a-z0-9._-]{1,128}$/);
		const tag = tagOfItem('articles', name);
		expect(byTag.get(tag) ?? name).toBe(name);
		byTag.set(tag, name);
	}
});
