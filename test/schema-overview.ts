import type { SchemaOverview } from '@directus/types';

type Field = SchemaOverview['collections'][string]['fields'][string];

export const field = (name: string, type: Field['type'], special: string[] = []): Field => ({
	field: name,
	type,
	dbType: type === 'alias' ? null : type,
	special,
	defaultValue: null,
	nullable: true,
	generated: false,
	precision: null,
	scale: null,
	note: null,
	alias: type === 'alias',
	validation: null,
	searchable: true,
});

export const collection = (name: string, fields: Field[]): SchemaOverview['collections'][string] => ({
	collection: name,
	primary: fields[0]?.field ?? 'id',
	singleton: false,
	sortField: null,
	note: null,
	accountability: 'all',
	fields: Object.fromEntries(fields.map((field) => [field.field, field])),
});

export const relation = (
	[from, name]: [string, string],
	to: string | null,
	meta: { one_field?: string; junction_field?: string; one_collection_field?: string; allowed?: string[] } = {},
): SchemaOverview['relations'][number] => ({
	collection: from,
	field: name,
	related_collection: to,
	schema: null,
	meta: {
		id: 1,
		many_collection: from,
		many_field: name,
		one_collection: to,
		one_field: meta.one_field ?? null,
		one_collection_field: meta.one_collection_field ?? null,
		one_allowed_collections: meta.allowed ?? null,
		one_deselect_action: 'nullify',
		junction_field: meta.junction_field ?? null,
		sort_field: null,
		system: false,
	},
});

const key = field('id', 'integer');

/** A small magazine with every kind of relation, for tests that need no server. */
export const SCHEMA: SchemaOverview = {
	collections: Object.fromEntries(
		[
			collection('articles', [
				key,
				field('status', 'string'),
				field('title', 'string'),
				field('slug', 'string'),
				field('rating', 'decimal'),
				field('featured', 'boolean'),
				field('seo', 'json', ['cast-json']),
				field('published_at', 'timestamp'),
				field('author', 'integer', ['m2o']),
				field('tags', 'alias', ['m2m']),
				field('blocks', 'alias', ['m2a']),
			]),
			collection('authors', [key, field('name', 'string'), field('articles', 'alias', ['o2m'])]),
			collection('tags', [key, field('name', 'string')]),
			collection('articles_tags', [key, field('articles_id', 'integer'), field('tags_id', 'integer')]),
			collection('articles_blocks', [
				key,
				field('articles_id', 'integer'),
				field('collection', 'string'),
				field('item', 'string'),
			]),
			collection('block_text', [key, field('text', 'text')]),
		].map((made) => [made.collection, made]),
	),
	relations: [
		relation(['articles', 'author'], 'authors', { one_field: 'articles' }),
		relation(['articles_tags', 'articles_id'], 'articles', { one_field: 'tags', junction_field: 'tags_id' }),
		relation(['articles_tags', 'tags_id'], 'tags', { junction_field: 'articles_id' }),
		relation(['articles_blocks', 'articles_id'], 'articles', { one_field: 'blocks', junction_field: 'item' }),
		relation(['articles_blocks', 'item'], null, {
			one_collection_field: 'collection',
			allowed: ['block_text'],
			junction_field: 'articles_id',
		}),
	],
};
