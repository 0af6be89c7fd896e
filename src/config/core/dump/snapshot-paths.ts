import type { SchemaKind, Snapshot } from '../../../contract/bundle.js';

/** One part of a schema, as one file of a split snapshot has it. */
export interface SchemaPart {
	kind: SchemaKind;
	collection: string;
	/** null: the collection itself. */
	field: string | null;
	value: Record<string, unknown>;
}

/** A part under its name in plans: `articles`, `articles.title`. */
export const partName = ({ collection, field }: Pick<SchemaPart, 'collection' | 'field'>): string =>
	field === null ? collection : `${collection}.${field}`;

export function partsOf(schema: Snapshot): SchemaPart[] {
	return [
		...schema.collections.map((value) => ({
			kind: 'collections' as const,
			collection: value.collection,
			field: null,
			value,
		})),
		...(['fields', 'relations'] as const).flatMap((kind) =>
			schema[kind].map((value) => ({ kind, collection: value.collection, field: value.field, value })),
		),
	];
}

/** The path of a part's file within the snapshot's folder, without its ending and without what tells apart equal names. */
function basePath({ kind, collection, field }: Pick<SchemaPart, 'kind' | 'collection' | 'field'>): string {
	return [kind, collection, ...(field === null ? [] : [field])].map(fileName).join('/');
}

/** Names may hold what no file name may; such letters as in a URL. */
function fileName(name: string): string {
	// eslint-disable-next-line no-control-regex -- exactly those must not get into a path
	const safe = name.replace(/[/\\\u0000-\u001F]/g, (sign) => encodeURIComponent(sign));
	return /^\.+$/.test(safe) ? safe.replaceAll('.', '%2E') : safe;
}

/** Whether a part may lie in this file: names that differ in nothing but case have `_2`, `_3` … behind them. */
export function isPathOf(path: string, part: Pick<SchemaPart, 'kind' | 'collection' | 'field'>): boolean {
	const base = basePath(part);
	return path.startsWith(base) && /^(?:_[2-9]|_[1-9]\d+)?\.json$/.test(path.slice(base.length));
}

/**
 * A path for each part. Where file systems do not tell upper and lower case apart, neither must the paths: the second of
 * such names gets `_2`. A part that has a file keeps it.
 * @param before the paths that parts have, by their kind and name (`fields articles.title`)
 */
export function pathsOf(parts: readonly SchemaPart[], before: ReadonlyMap<string, string>): Map<SchemaPart, string> {
	const paths = new Map<SchemaPart, string>();
	const taken = new Set<string>();
	const take = (part: SchemaPart, path: string) => {
		taken.add(path.toLowerCase());
		paths.set(part, path);
	};
	for (const part of parts) {
		const path = before.get(`${part.kind} ${partName(part)}`);
		if (path !== undefined && isPathOf(path, part) && !taken.has(path.toLowerCase())) take(part, path);
	}
	for (const part of parts) {
		if (paths.has(part)) continue;
		const base = basePath(part);
		let path = `${base}.json`;
		for (let number = 2; taken.has(path.toLowerCase()); number += 1) path = `${base}_${number}.json`;
		take(part, path);
	}
	return paths;
}
