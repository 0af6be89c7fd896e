import type { Directus } from './directus.js';

/**
 * The content model of the tests: a magazine, with each kind of relation, key and tracking that Directus knows.
 * 17 collections; the free tier of Directus 12 allows 25, and the extension adds four.
 *
 * Does nothing where it is in place already. Leaves two languages, `en-US` and `nl-NL`, as its only rows.
 */
export async function createContentModel(directus: Directus): Promise<void> {
	const existing = await directus.data<Array<{ collection: string }>>('GET', '/collections');
	if (existing.some(({ collection }) => collection === 'articles')) return;
	await directus.request('POST', '/collections', COLLECTIONS);
	for (const relation of RELATIONS) await directus.request('POST', '/relations', relation);
	await directus.request('POST', '/items/languages', [
		{ code: 'en-US', name: 'English' },
		{ code: 'nl-NL', name: 'Nederlands' },
	]);
}

type FieldType = 'string' | 'text' | 'integer' | 'uuid' | 'timestamp' | 'json' | 'boolean' | 'decimal';

interface Field {
	field: string;
	type: FieldType | 'alias';
	schema: Record<string, unknown> | null;
	meta: Record<string, unknown>;
}

const field = (name: string, type: FieldType, schema: Record<string, unknown> = {}, meta = {}): Field => ({
	field: name,
	type,
	schema,
	meta,
});

/** A field without a column: the other end of a relation. */
const alias = (name: string, special: string): Field => ({
	field: name,
	type: 'alias',
	schema: null,
	meta: { special: [special], interface: special === 'translations' ? 'translations' : 'list-o2m' },
});

const integerKey = field('id', 'integer', { is_primary_key: true, has_auto_increment: true }, { hidden: true });
const uuidKey = field('id', 'uuid', { is_primary_key: true, length: 36 }, { special: ['uuid'], hidden: true });
const stringKey = (name: string) => field(name, 'string', { is_primary_key: true, length: 255 });
const fileId = (name: string) => field(name, 'uuid', {}, { special: ['file'], interface: 'file-image' });

const collection = (name: string, fields: Field[], meta: Record<string, unknown> = {}) => ({
	collection: name,
	schema: {},
	meta,
	fields,
});

const COLLECTIONS = [
	collection('authors', [integerKey, field('name', 'string'), field('bio', 'text'), alias('articles', 'o2m')]),
	collection('categories', [integerKey, field('name', 'string')]),
	collection('tags', [integerKey, field('name', 'string')]),
	collection('languages', [stringKey('code'), field('name', 'string')]),
	collection(
		'articles',
		[
			integerKey,
			field('status', 'string', { default_value: 'draft' }),
			field('sort', 'integer'),
			field('title', 'string'),
			field('slug', 'string'),
			field('body', 'text'),
			field('rating', 'decimal', { numeric_precision: 10, numeric_scale: 2 }),
			field('featured', 'boolean', { default_value: false }, { special: ['cast-boolean'] }),
			field('seo', 'json', {}, { special: ['cast-json'] }),
			field('published_at', 'timestamp'),
			field('author', 'integer', {}, { special: ['m2o'] }),
			field('category', 'integer', {}, { special: ['m2o'] }),
			fileId('cover'),
			alias('tags', 'm2m'),
			alias('translations', 'translations'),
			alias('blocks', 'm2a'),
			alias('comments', 'o2m'),
		],
		{ sort_field: 'sort', versioning: true },
	),
	collection('articles_tags', [integerKey, field('articles_id', 'integer'), field('tags_id', 'integer')]),
	collection('articles_translations', [
		integerKey,
		field('articles_id', 'integer'),
		field('languages_code', 'string', { length: 255 }),
		field('title', 'string'),
		field('body', 'text'),
	]),
	collection('articles_blocks', [
		integerKey,
		field('articles_id', 'integer'),
		field('collection', 'string'),
		field('item', 'string'),
		field('sort', 'integer'),
	]),
	collection('block_text', [integerKey, field('text', 'text')]),
	collection('block_quote', [integerKey, field('quote', 'text'), field('source', 'string')]),
	collection('comments', [integerKey, field('text', 'text'), field('article', 'integer', {}, { special: ['m2o'] })]),
	collection('countries', [stringKey('code'), field('name', 'string')]),
	collection('docs', [uuidKey, field('title', 'string'), field('file', 'string')]),
	collection('posts', [integerKey, field('title', 'string'), field('slug', 'string'), field('views', 'integer')]),
	collection('notrack', [integerKey, field('name', 'string')], { accountability: null }),
	collection('actonly', [integerKey, field('name', 'string')], { accountability: 'activity' }),
	collection('site', [integerKey, field('title', 'string'), field('motto', 'string')], { singleton: true }),
];

interface Relation {
	collection: string;
	field: string;
	related_collection: string | null;
	schema?: { on_delete: 'CASCADE' | 'SET NULL' };
	meta: Record<string, unknown>;
}

const relation = (
	[from, name]: [collection: string, field: string],
	to: string,
	onDelete: 'CASCADE' | 'SET NULL',
	meta: Record<string, unknown> = {},
): Relation => ({ collection: from, field: name, related_collection: to, schema: { on_delete: onDelete }, meta });

const RELATIONS: Relation[] = [
	relation(['articles', 'author'], 'authors', 'SET NULL', { one_field: 'articles' }),
	relation(['articles', 'category'], 'categories', 'SET NULL'),
	relation(['articles', 'cover'], 'directus_files', 'SET NULL'),
	relation(['articles_tags', 'articles_id'], 'articles', 'CASCADE', { one_field: 'tags', junction_field: 'tags_id' }),
	relation(['articles_tags', 'tags_id'], 'tags', 'CASCADE', { junction_field: 'articles_id' }),
	relation(['articles_translations', 'articles_id'], 'articles', 'CASCADE', {
		one_field: 'translations',
		junction_field: 'languages_code',
	}),
	relation(['articles_translations', 'languages_code'], 'languages', 'SET NULL', { junction_field: 'articles_id' }),
	relation(['articles_blocks', 'articles_id'], 'articles', 'CASCADE', {
		one_field: 'blocks',
		junction_field: 'item',
		sort_field: 'sort',
	}),
	{
		collection: 'articles_blocks',
		field: 'item',
		related_collection: null,
		meta: {
			one_allowed_collections: ['block_text', 'block_quote'],
			one_collection_field: 'collection',
			junction_field: 'articles_id',
		},
	},
	relation(['comments', 'article'], 'articles', 'CASCADE', { one_field: 'comments' }),
];
