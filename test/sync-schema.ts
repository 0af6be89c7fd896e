import type { SchemaOverview } from '@directus/types';
import { collection, field, relation } from './schema-overview.js';

type Field = SchemaOverview['collections'][string]['fields'][string];

const number = field('id', 'integer');
const uuid = field('id', 'uuid', ['uuid']);
const required = (made: Field): Field => ({ ...made, nullable: false });

const collections = [
	collection('articles', [
		uuid,
		required(field('title', 'string')),
		field('body', 'text'),
		field('slug', 'string'),
		field('secret', 'string', ['conceal']),
		field('divider', 'alias', ['alias', 'no-data']),
		{ ...field('words', 'integer'), generated: true },
		field('raw', 'binary'),
		field('author', 'integer', ['m2o']),
		field('cover', 'uuid', ['file']),
		field('editor', 'uuid', ['m2o']),
		field('role', 'uuid', ['m2o']),
		field('tags', 'alias', ['m2m']),
		field('gallery', 'alias', ['files']),
		field('blocks', 'alias', ['m2a']),
		field('translations', 'alias', ['translations']),
		field('comments', 'alias', ['o2m']),
		field('user_created', 'uuid', ['user-created']),
		field('date_updated', 'timestamp', ['date-updated', 'cast-timestamp']),
	]),
	collection('authors', [number, field('name', 'string'), field('country', 'string', ['m2o'])]),
	collection('countries', [field('code', 'string'), field('name', 'string')]),
	collection('tags', [field('key', 'string'), field('label', 'string')]),
	collection('comments', [number, field('text', 'text'), required(field('article', 'uuid', ['m2o']))]),
	collection('articles_tags', [
		number,
		field('articles_id', 'uuid'),
		field('tags_key', 'string'),
		field('sort', 'integer'),
	]),
	collection('articles_files', [number, field('articles_id', 'uuid'), field('directus_files_id', 'uuid')]),
	collection('articles_blocks', [
		number,
		field('articles_id', 'uuid'),
		field('item', 'string'),
		field('collection', 'string'),
		field('sort', 'integer'),
	]),
	collection('articles_translations', [
		number,
		field('articles_id', 'uuid'),
		field('languages_code', 'string'),
		field('title', 'string'),
		field('user_created', 'uuid', ['user-created']),
	]),
	collection('languages', [field('code', 'string'), field('name', 'string')]),
	collection('block_text', [number, field('text', 'text')]),
	collection('block_quote', [number, field('quote', 'text')]),
	{ ...collection('home', [number, field('heading', 'string'), field('lead', 'uuid', ['m2o'])]), singleton: true },
	collection('directus_users', [uuid, field('email', 'string'), field('password', 'hash', ['hash', 'conceal'])]),
	collection('directus_roles', [uuid, field('name', 'string')]),
	collection('directus_files', [
		uuid,
		field('title', 'string'),
		field('storage', 'string'),
		field('filename_disk', 'string'),
		field('folder', 'uuid', ['m2o']),
		field('uploaded_by', 'uuid', ['user-created']),
	]),
	collection('directus_folders', [uuid, field('name', 'string'), field('parent', 'uuid')]),
];

/** A magazine with every kind of key, relation and field that sync treats in its own way. */
export const SYNC_SCHEMA: SchemaOverview = {
	collections: Object.fromEntries(collections.map((made) => [made.collection, made])),
	relations: [
		relation(['articles', 'author'], 'authors'),
		relation(['articles', 'cover'], 'directus_files'),
		relation(['articles', 'editor'], 'directus_users'),
		relation(['articles', 'user_created'], 'directus_users'),
		relation(['articles', 'role'], 'directus_roles'),
		relation(['authors', 'country'], 'countries'),
		relation(['comments', 'article'], 'articles', { one_field: 'comments' }),
		relation(['articles_tags', 'articles_id'], 'articles', { one_field: 'tags', junction_field: 'tags_key' }),
		relation(['articles_tags', 'tags_key'], 'tags', { junction_field: 'articles_id' }),
		relation(['articles_files', 'articles_id'], 'articles', {
			one_field: 'gallery',
			junction_field: 'directus_files_id',
		}),
		relation(['articles_files', 'directus_files_id'], 'directus_files', { junction_field: 'articles_id' }),
		relation(['articles_blocks', 'articles_id'], 'articles', { one_field: 'blocks', junction_field: 'item' }),
		relation(['articles_blocks', 'item'], null, {
			one_collection_field: 'collection',
			allowed: ['block_text', 'block_quote'],
			junction_field: 'articles_id',
		}),
		relation(['articles_translations', 'articles_id'], 'articles', {
			one_field: 'translations',
			junction_field: 'languages_code',
		}),
		relation(['articles_translations', 'languages_code'], 'languages', { junction_field: 'articles_id' }),
		relation(['home', 'lead'], 'articles'),
		relation(['directus_files', 'folder'], 'directus_folders'),
		relation(['directus_files', 'uploaded_by'], 'directus_users'),
		relation(['directus_folders', 'parent'], 'directus_folders'),
	],
};
