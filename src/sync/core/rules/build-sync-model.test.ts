import { describe, expect, it } from 'vitest';
import { SYNC_SCHEMA } from '../../../../test/sync-schema.js';
import { buildSyncModel } from './build-sync-model.js';

const names = (collection: string, fields: string[]) => [
	...buildSyncModel(SYNC_SCHEMA, collection, fields).fields.keys(),
];

describe('buildSyncModel', () => {
	it('means by * every column that may travel', () => {
		expect(names('articles', ['*'])).toEqual(['title', 'body', 'slug', 'author', 'cover', 'editor', 'role']);
		expect(names('directus_files', ['*'])).toEqual(['title', 'folder', '$content']);
	});

	it('takes an audit field that is named, and nothing that can never travel', () => {
		const listed = ['title', 'user_created', 'id', 'secret', 'divider', 'words', 'raw', 'tags', 'no_such_field'];
		expect(names('articles', listed)).toEqual(['title', 'user_created']);
	});

	it('tells references by where they lead', () => {
		const { fields } = buildSyncModel(SYNC_SCHEMA, 'articles', ['*']);
		expect(fields.get('title')).toMatchObject({ kind: 'value', type: 'string', related: null, required: true });
		expect(fields.get('author')).toMatchObject({ kind: 'reference', related: 'authors', required: false });
		expect(fields.get('cover')).toMatchObject({ kind: 'reference', related: 'directus_files' });
		expect(fields.get('editor')).toMatchObject({ kind: 'user', related: 'directus_users' });
	});

	it('lets the collection of a many-to-any travel within the reference', () => {
		const { fields, junction } = buildSyncModel(SYNC_SCHEMA, 'articles_blocks', ['*']);
		expect([...fields.keys()]).toEqual(['articles_id', 'item', 'sort']);
		expect(fields.get('item')).toMatchObject({ kind: 'many-to-any', related: null, typeField: 'collection' });
		expect(junction).toBeNull();
	});

	it('sends keys that mean the same everywhere as they are', () => {
		const model = buildSyncModel(SYNC_SCHEMA, 'articles_translations', ['*'], new Set(['languages_code']));
		expect(model.fields.get('languages_code')).toMatchObject({ kind: 'value', related: null });
		expect(model.junction).toEqual(['articles_id', 'languages_code']);
	});

	it('knows what identifies a row', () => {
		const of = (collection: string, fields = ['*']) => {
			const { primary, keyType, singleton, junction } = buildSyncModel(SYNC_SCHEMA, collection, fields);
			return { primary, keyType, singleton, junction };
		};
		expect(of('articles')).toEqual({ primary: 'id', keyType: 'uuid', singleton: false, junction: null });
		expect(of('authors')).toMatchObject({ keyType: 'integer' });
		expect(of('tags')).toMatchObject({ primary: 'key', keyType: 'text' });
		expect(of('home')).toMatchObject({ singleton: true });
		expect(of('articles_tags')).toMatchObject({ junction: ['articles_id', 'tags_key'] });
		expect(of('articles_tags', ['articles_id', 'sort'])).toMatchObject({ junction: null });
	});
});
