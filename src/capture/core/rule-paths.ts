import type { SchemaOverview } from '@directus/types';
import { resolvePath, type Hop, type ResolvedPath } from '../../kernel/filter/field-path.js';
import { collectionRefusal, fieldRefusal, soundsSecret } from '../../kernel/core/never-sent.js';

/**
 * Paths may cross many-to-any relations without naming the collection, which Directus' queries have to name; and `*` is
 * never asked of Directus, which would read secrets with it.
 */
export function readable(schema: SchemaOverview, collection: string, path: string): string[] {
	return resolved(schema, collection, path)
		.flatMap((found) => expandAll(schema, found))
		.map(({ hops, leaf, within = [] }) => [...names(hops), ...(leaf === null ? [] : [leaf]), ...within].join('.'));
}

/** What Directus is asked for so that a path can be read: of a JSON column all of it. */
export const askable = (schema: SchemaOverview, collection: string, path: string): string[] =>
	resolved(schema, collection, path).map(({ hops, leaf }) =>
		[...names(hops), ...(leaf === null ? [] : [leaf])].join('.'),
	);

export const resolved = (schema: SchemaOverview, collection: string, path: string): ResolvedPath[] => {
	const result = resolvePath(schema, collection, path);
	return result.ok ? result.paths : [];
};
export const names = (hops: Hop[]) => hops.map((hop) => (hop.type === 'a2o' ? `${hop.name}:${hop.to}` : hop.name));

/**
 * The columns of its last collection that a path with `*` at its end stands for, without secrets and without what has the
 * name of one; a path with another end stands for itself.
 */
export function expandAll(schema: SchemaOverview, path: ResolvedPath): ResolvedPath[] {
	if (path.leaf !== '*') return [path];
	return readableColumns(schema, path.collection)
		.filter((column) => !soundsSecret(column))
		.map((leaf) => ({ ...path, leaf }));
}

/** A collection's columns whose values may leave the database. */
export function readableColumns(schema: SchemaOverview | null, collection: string): string[] {
	if (!schema || collectionRefusal(collection) !== null) return [];
	const known = columnsOf.get(schema) ?? new Map<string, string[]>();
	columnsOf.set(schema, known);
	const columns =
		known.get(collection) ??
		Object.values(schema.collections[collection]?.fields ?? {})
			.filter(({ alias, field }) => !alias && fieldRefusal(schema, collection, field) === null)
			.map(({ field }) => field);
	known.set(collection, columns);
	return columns;
}

/** Asked for at every write of a synced collection. */
const columnsOf = new WeakMap<SchemaOverview, Map<string, string[]>>();
