import { expect, test } from 'vitest';
import { PAGE_SCHEMA } from '../../../../test/fixtures/page-world.js';
import { ALL_ITEMS } from '../../../contract/vocabulary.js';
import { pageModel } from './page-model.js';
import { tagsOfChange, type Became } from './purged-tags.js';

const model = pageModel(PAGE_SCHEMA);

const purge = (became: Partial<Became>, more?: Parameters<typeof tagsOfChange>[2]) => {
	const { tags, reason } = tagsOfChange(
		{
			collection: 'articles',
			item: '5',
			created: false,
			deleted: false,
			isComplete: true,
			mayBeShown: true,
			versions: [],
			...became,
		},
		model,
		more,
	);
	return { tags: tags.toSorted(), reason };
};

test('an update purges the item and the fields whose values changed', () => {
	const versions = [
		{ id: 5, title: 'Ant', status: 'draft', author: null },
		{ id: 5, title: 'Ant', status: 'published', author: null },
	];
	expect(purge({ versions })).toEqual({
		tags: ['articles-5', 'articles..', 'articles.status'],
		reason: 'status of articles 5 changed',
	});
});

test('an update that altered no value purges nothing', () => {
	const versions = [
		{ id: 5, title: 'Ant', author: 3 },
		{ id: 5, title: 'Ant', author: 3 },
	];
	expect(purge({ versions })).toEqual({ tags: [], reason: 'no value changed' });
});

test('columns that Directus itself keeps count for nothing', () => {
	const versions = [
		{ id: 5, rank: 1 },
		{ id: 5, rank: 2 },
	];
	expect(purge({ versions }, { ignored: ['rank'] }).tags).toEqual([]);
});

test('an item that is created or deleted purges what lists it', () => {
	expect(purge({ created: true, versions: [{ id: 5, author: null }] })).toEqual({
		tags: ['articles-5', 'articles.', 'articles..'],
		reason: 'articles 5 was created',
	});
	expect(purge({ deleted: true, versions: [{ id: 5, author: 3 }] }).tags).toEqual([
		'articles-5',
		'articles.',
		'articles..',
		'authors-3.',
	]);
});

test('a row purges the lists that it is in and that it was in', () => {
	const versions = [
		{ id: 7, articles_id: 5, tags_id: 1 },
		{ id: 7, articles_id: 6, tags_id: 1 },
	];
	expect(purge({ collection: 'articles_tags', item: '7', versions })).toEqual({
		tags: ['articles-5.', 'articles-6.', 'articles_tags-7', 'articles_tags..', 'articles_tags.articles_id'],
		reason: 'articles_id of articles_tags 7 changed; this row led to articles 5, articles 6',
	});
});

test('of a collection that is not sent, only the items that it leads to are', () => {
	const sends = (collection: string) => collection === 'articles';
	const became = { collection: 'comments', item: '7', created: true, versions: [{ id: 7, article: 5, by: 3 }] };
	expect(purge(became, { sends }).tags).toEqual(['articles-5.']);
	expect(purge({ collection: 'tags', item: '1', created: true, versions: [{ id: 1 }] }, { sends })).toEqual({
		tags: [],
		reason: 'it leads to nothing that is sent',
	});
});

test('where earlier values are not known, no field and no item that may have shown it is left out', () => {
	expect(purge({ collection: 'tags', item: '1', isComplete: false, versions: [{ id: 1, name: 'x' }] }).tags).toEqual([
		'tags-1',
		'tags..',
		'tags.name',
		'tags.status',
	]);
	expect(purge({ isComplete: false, versions: [{ id: 5, author: 3 }] }).tags).toEqual(['..']);
	expect(purge({ item: ALL_ITEMS }).tags).toEqual(['..']);
});

test('an item that never was purges nothing', () => {
	expect(purge({ deleted: true, mayBeShown: false }).tags).toEqual([]);
});
