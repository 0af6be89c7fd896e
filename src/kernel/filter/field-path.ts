import type { SchemaOverview } from '@directus/types';
import { nearestName } from '../core/near-miss.js';
import { collectionRefusal, fieldRefusal } from '../core/never-sent.js';

/**
 * One step over a relation, from the item that shows (`from`) to the item that is shown (`to`).
 *
 * - `m2o`: `from.field` holds the key of `to`.
 * - `o2m`: `to.field` holds the key of `from`; `name` is the alias field on `from`.
 * - `a2o`: `from.field` holds a key of the collection that `from.collectionField` names (many-to-any).
 *
 * One that `repeats` leads from a collection to itself, and is taken once or more often.
 */
export type Hop = Relation & { repeats?: true };
type Relation =
	| { type: 'm2o'; name: string; from: string; to: string; field: string }
	| { type: 'o2m'; name: string; from: string; to: string; field: string }
	| { type: 'a2o'; name: string; from: string; to: string; field: string; collectionField: string };

/** A field path whose every segment exists: the relations it crosses, and the column or `*` at its end, if any. */
export interface ResolvedPath {
	hops: Hop[];
	/** The collection in which the path ends. */
	collection: string;
	/** The last segment where it is not a relation that is crossed: a column, an alias or `*`. */
	leaf: string | null;
	/** What follows a JSON column: the way within its value (`slug` in `meta.slug`), which Directus is not asked for. */
	within?: string[];
}

export interface PathProblem {
	code:
		'not_recursive' | 'unknown_field' | 'unknown_relation' | 'secret_field' | 'refused_collection' | 'not_a_relation';
	message: string;
	suggestion?: string;
}

export type PathResult = { ok: true; paths: ResolvedPath[] } | { ok: false; problem: PathProblem };

/**
 * Follows a field path such as `author.name`, `translations.slug` or `blocks.item:block_text.title` through Directus'
 * schema. A many-to-any step without `:collection` leads to every allowed collection that has the rest of the path,
 * which is why one path may resolve to several. Nothing that never leaves (`never-sent.ts`) is reached by any path.
 */
export function resolvePath(schema: SchemaOverview, collection: string, path: string): PathResult {
	return follow(schema, collection, path.split('.'), [], path);
}

function follow(schema: SchemaOverview, collection: string, segments: string[], hops: Hop[], path: string): PathResult {
	const refusal = collectionRefusal(collection);
	if (refusal !== null) return { ok: false, problem: refusedCollection(collection, refusal) };
	const [segment = '', ...rest] = segments;
	if (segment === '*') return { ok: true, paths: [{ hops, collection, leaf: '*' }] };
	const fields = schema.collections[collection]?.fields ?? {};
	const [name = '', scope] = segment.split(':');
	const next = hopsFrom(schema, collection, name).filter((hop) => scope === undefined || hop.to === scope);
	const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
	if (rest.length === 0 && scope === undefined) {
		if (!field) return unknownField(name, collection, Object.keys(fields), path);
		const secret = fieldRefusal(schema, collection, name);
		if (secret !== null) return secretField(name, collection, secret);
		return { ok: true, paths: [{ hops, collection, leaf: name }] };
	}
	if (field?.type === 'json' && !field.alias && rest.length > 0 && scope === undefined) {
		const secret = fieldRefusal(schema, collection, name);
		if (secret !== null) return secretField(name, collection, secret);
		return { ok: true, paths: [{ hops, collection, leaf: name, within: rest }] };
	}
	if (next.length === 0) {
		const to = allHopsFrom(schema, collection, name).find((hop) => scope === undefined || hop.to === scope)?.to;
		const secret = to === undefined ? null : collectionRefusal(to);
		if (to !== undefined && secret !== null) return { ok: false, problem: refusedCollection(to, secret) };
		if (!field) return unknownField(name, collection, Object.keys(fields), path);
		return {
			ok: false,
			problem: {
				code: 'not_a_relation',
				message: `"${segment}" of ${collection} is not a relation that "${path}" can follow`,
			},
		};
	}
	if (rest.length === 0)
		return { ok: true, paths: next.map((hop) => ({ hops: [...hops, hop], collection: hop.to, leaf: null })) };
	const results = next.map((hop) => follow(schema, hop.to, rest, [...hops, hop], path));
	const paths = results.flatMap((result) => (result.ok ? result.paths : []));
	// A many-to-any path is right as soon as one of the allowed collections has it.
	return paths.length > 0 ? { ok: true, paths } : (results[0] as PathResult);
}

/**
 * The relations that can be followed from one field of a collection; several only for many-to-any. None leads to a
 * collection of which nothing is ever sent.
 */
export const hopsFrom = (schema: SchemaOverview, collection: string, field: string): Hop[] =>
	allHopsFrom(schema, collection, field).filter(({ to }) => collectionRefusal(to) === null);

function allHopsFrom(schema: SchemaOverview, collection: string, field: string): Hop[] {
	for (const relation of schema.relations) {
		if (relation.collection === collection && relation.field === field) {
			if (relation.related_collection)
				return [{ type: 'm2o', name: field, from: collection, to: relation.related_collection, field }];
			const collectionField = relation.meta?.one_collection_field;
			if (!collectionField) return [];
			return (relation.meta?.one_allowed_collections ?? []).map((to) => ({
				type: 'a2o',
				name: field,
				from: collection,
				to,
				field,
				collectionField,
			}));
		}
		if (relation.related_collection === collection && relation.meta?.one_field === field) {
			return [{ type: 'o2m', name: field, from: collection, to: relation.collection, field: relation.field }];
		}
	}
	return [];
}

/**
 * The relations that a `via` path crosses. A path that ends in a many-to-many or files field goes on through the
 * junction to the items themselves, so that `tags` covers a renamed tag and not only an added one. Translations do not
 * go on to their language. A segment with a `*`, as in `parent*`, repeats.
 */
export function resolveVia(schema: SchemaOverview, collection: string, written: string): ViaResult {
	const repeating = written.split('.').map((segment) => /[^*]\*$/.test(segment));
	const path = written
		.split('.')
		.map((segment, index) => (repeating[index] ? segment.slice(0, -1) : segment))
		.join('.');
	const result = resolvePlainVia(schema, collection, path);
	if (!result.ok || !repeating.includes(true)) return result;
	const chains: Hop[][] = [];
	for (const chain of result.chains) {
		const wrong = chain.find((hop, index) => repeating[index] && hop.from !== hop.to);
		if (wrong)
			return {
				ok: false,
				problem: {
					code: 'not_recursive',
					message: `"${wrong.name}" leads from ${wrong.from} to ${wrong.to}, and a * needs a relation of a collection with itself`,
				},
			};
		chains.push(chain.map((hop, index): Hop => (repeating[index] ? { ...hop, repeats: true } : hop)));
	}
	return { ok: true, chains };
}

type ViaResult = { ok: true; chains: Hop[][] } | { ok: false; problem: PathProblem };

function resolvePlainVia(schema: SchemaOverview, collection: string, path: string): ViaResult {
	const result = resolvePath(schema, collection, path);
	if (!result.ok) return result;
	const chains: Hop[][] = [];
	for (const { hops, collection: end, leaf } of result.paths) {
		const last = leaf === null ? [] : hopsFrom(schema, end, leaf);
		if (leaf !== null && last.length === 0) {
			return {
				ok: false,
				problem: {
					code: 'unknown_relation',
					message: `"${leaf}" of ${end} is not a relation, so "${path}" leads to no related item`,
				},
			};
		}
		for (const chain of leaf === null ? [hops] : last.map((hop) => [...hops, hop]))
			chains.push(...throughJunction(schema, chain));
	}
	return { ok: true, chains };
}

function throughJunction(schema: SchemaOverview, chain: Hop[]): Hop[][] {
	const last = chain.at(-1);
	if (!last || last.type !== 'o2m') return [chain];
	const special = schema.collections[last.from]?.fields[last.name]?.special ?? [];
	if (special.includes('translations')) return [chain];
	const junctionField = schema.relations.find(
		(relation) => relation.collection === last.to && relation.field === last.field,
	)?.meta?.junction_field;
	const onward = junctionField ? hopsFrom(schema, last.to, junctionField) : [];
	return onward.length > 0 ? onward.map((hop) => [...chain, hop]) : [chain];
}

function unknownField(name: string, collection: string, known: string[], path: string): PathResult {
	const suggestion = nearestName(name, known);
	return {
		ok: false,
		problem: {
			code: 'unknown_field',
			message: `${collection} has no field "${name}"${path === name ? '' : ` (in "${path}")`}${suggestion ? `; did you mean "${suggestion}"?` : ''}`,
			...(suggestion ? { suggestion } : {}),
		},
	};
}

function secretField(name: string, collection: string, reason: string): PathResult {
	const message = `"${name}" of ${collection} ${reason}, so take it out`;
	return { ok: false, problem: { code: 'secret_field', message } };
}

/** The refusal for a collection that never leaves this instance. */
export const refusedCollection = (collection: string, reason: string): PathProblem => ({
	code: 'refused_collection',
	message: `${collection} ${reason}: nothing of it is ever sent`,
});
