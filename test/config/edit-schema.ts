import type { Snapshot } from '../../src/contract/bundle.js';

type Columns = Record<
	string,
	{ type?: string; meta?: Record<string, unknown> | null; schema?: Record<string, unknown> }
>;

export const KEY = { type: 'integer', schema: { is_primary_key: true, has_auto_increment: true } };
export const UUID_KEY = {
	type: 'uuid',
	meta: { special: ['uuid'] },
	schema: { is_primary_key: true, has_auto_increment: false },
};

export function add(schema: Snapshot, collection: string, columns: Columns): void {
	schema.collections.push({ collection, meta: { collection }, schema: { name: collection } });
	for (const [field, { type = 'string', ...rest }] of Object.entries(columns))
		schema.fields.push({
			collection,
			field,
			type,
			meta: rest.meta === null ? null : { collection, field, ...rest.meta },
			schema: { name: field, table: collection, is_nullable: true, ...rest.schema },
		});
}

export function relate(schema: Snapshot, collection: string, field: string, related: string): void {
	schema.relations.push({
		collection,
		field,
		related_collection: related,
		meta: { many_collection: collection, many_field: field, one_collection: related },
		schema: { table: collection, column: field, foreign_key_table: related, on_delete: 'SET NULL' },
	});
}

export function retarget(schema: Snapshot, collection: string, field: string, related: string): void {
	schema.relations = schema.relations.filter(
		(relation) => relation.collection !== collection || relation.field !== field,
	);
	relate(schema, collection, field, related);
}

export function drop(schema: Snapshot, name: string): void {
	schema.collections = schema.collections.filter(({ collection }) => collection !== name);
	schema.fields = schema.fields.filter(({ collection }) => collection !== name);
	schema.relations = schema.relations.filter(
		(relation) => relation.collection !== name && relation.related_collection !== name,
	);
}
