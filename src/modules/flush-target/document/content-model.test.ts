import { describe, expect, it } from 'vitest';
import { collectionsAt, readContentModel, sensibleRule } from './content-model.js';
import { magazine } from '../../../../test/fixtures/magazine.js';

const model = readContentModel(magazine);
const names = (collection: string) => model.fieldsOf(collection).map(({ field }) => field);

describe('the content model', () => {
	it('lists what people publish before junctions and Directus’ own, and no folders, no untracked tables and not itself', () => {
		expect(model.collections.map(({ collection }) => collection)).toEqual([
			'articles',
			'authors',
			'articles_blocks',
			'directus_users',
		]);
	});

	it('leaves out fields that nobody may read, or that hold no data', () => {
		expect(names('directus_users')).toEqual(['id', 'email']);
		expect(names('articles')).not.toContain('divider');
	});

	it('follows relations in both directions, and many-to-any by name', () => {
		expect(collectionsAt(model, 'articles', ['author'])).toEqual(['authors']);
		expect(collectionsAt(model, 'authors', ['articles'])).toEqual(['articles']);
		expect(collectionsAt(model, 'articles', ['blocks', 'item'])).toEqual(['authors', 'articles']);
		expect(collectionsAt(model, 'articles', ['blocks', 'item:authors'])).toEqual(['authors']);
		expect(collectionsAt(model, 'articles', ['title', 'x'])).toEqual([]);
	});
});

describe('a sensible rule', () => {
	it('sends the key and what addresses are made of', () => {
		expect(sensibleRule(model, 'articles', 'webhook')).toEqual({
			collection: 'articles',
			events: ['create', 'update', 'delete'],
			payload: ['id', 'slug'],
		});
	});

	it('has tags where pages are purged by tag', () => {
		expect(sensibleRule(model, 'authors', 'fastly')['tags']).toEqual(['authors', 'authors:{{code}}']);
	});
});
