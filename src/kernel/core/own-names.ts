import type { SchemaOverview } from '@directus/types';

/**
 * The same schema, in which only what is there is found: a collection or field called `constructor` or `toString`, which
 * every JavaScript object has, is as unknown as any other.
 */
export function ownNamesOnly(schema: SchemaOverview): SchemaOverview {
	const collections = bare(schema.collections);
	for (const [name, collection] of Object.entries(collections))
		collections[name] = { ...collection, fields: bare(collection.fields) };
	return { ...schema, collections };
}

const bare = <T extends object>(record: T): T => Object.assign(Object.create(null) as T, record);
