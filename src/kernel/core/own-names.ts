import type { SchemaOverview } from '@directus/types';

/**
 * The schema without inherited names: a collection or field called `constructor` or `toString`, which every JavaScript object
 * has, counts as missing unless it exists.
 */
export function ownNamesOnly(schema: SchemaOverview): SchemaOverview {
	const collections = bare(schema.collections);
	for (const [name, collection] of Object.entries(collections))
		collections[name] = { ...collection, fields: bare(collection.fields) };
	return { ...schema, collections };
}

const bare = <T extends object>(record: T): T => Object.assign(Object.create(null) as T, record);
