import type { SchemaOverview } from '@directus/types';
import { createHash } from 'node:crypto';
import type { FlushRule } from '../../schema.js';
import { isSecret, resolvePath, resolveVia, type Hop, type ResolvedPath } from './field-path.js';
import { canonical } from './same-value.js';
import { parseTemplate } from './template.js';

/** One valid rule of one target, with everything that capture, plan and delivery need to know of it worked out. */
export interface CompiledRule {
	/** The same for two rules that say the same: what a delivery remembers of its rule. */
	hash: string;
	target: string;
	/** Its place in the target's list. */
	index: number;
	rule: FlushRule;
	primary: string;
	/** Whether the primary key is a number. */
	numericKey: boolean;
	/** Relations over which a change of something else reaches the rule's items. */
	vias: { path: string; hops: Hop[] }[];
	/** Field paths read for a request: payload, templates, primary key, and the keys of related items on the way. */
	reads: string[];
	/** The part of `reads` that tags and paths are rendered from. */
	templatePaths: string[];
	/** The collection that each many-to-one step in `reads` leads to, by its path (`author`, `tags.tags_id`). */
	related: Map<string, string>;
}

/** What has to be noticed of one collection. */
export interface CollectionWatch {
	collection: string;
	primary: string;
	/** Rules whose own items these are. */
	rules: CompiledRule[];
	/** Rules whose items show these: the hops lead from the rule's collection to this one. */
	shownBy: { rule: CompiledRule; path: string; hops: Hop[] }[];
	/** Columns whose old values some rule needs. Empty: nothing is read before a write. */
	columns: string[];
	/** Relational paths that a delete has to read before the item is gone. */
	relationalPaths: string[];
}

/** A relation over which the database itself deletes or empties rows that somebody watches. */
export interface Cascade {
	collection: string;
	field: string;
	effect: 'delete' | 'null';
}

/** Everything that is watched: made anew when a target or the schema changes, only read in between. */
export interface Watch {
	collections: Map<string, CollectionWatch>;
	/** By the collection that rows are deleted from. */
	cascades: Map<string, Cascade[]>;
	rules: CompiledRule[];
}

export const EMPTY_WATCH: Watch = { collections: new Map(), cascades: new Map(), rules: [] };

/** What a rule's hash is made of: the rule alone, so that moving it in the list changes nothing. */
function ruleHash(rule: FlushRule): string {
	return createHash('sha256').update(canonical(rule)).digest('base64url').slice(0, 22);
}

/** Works out one rule that passed `checkFlushRules` against the same schema. */
export function compileRule(rule: FlushRule, target: string, index: number, schema: SchemaOverview): CompiledRule {
	const primary = schema.collections[rule.collection]?.primary ?? 'id';
	const vias = (rule.via ?? []).flatMap((path) => {
		const result = resolveVia(schema, rule.collection, path);
		return result.ok ? result.chains.map((hops) => ({ path, hops })) : [];
	});
	const templates = [...(rule.tags ?? []), ...(rule.paths ?? [])].flatMap((source) => {
		const parsed = parseTemplate(source);
		return parsed.ok ? parsed.template.paths : [];
	});
	const templatePaths = [...new Set(templates)].flatMap((path) => readable(schema, rule.collection, path));
	const payload = rule.payload.flatMap((path) => readable(schema, rule.collection, path));
	const keysOnTheWay = vias.flatMap(({ hops }) =>
		hops.map((hop, depth) =>
			[...names(hops.slice(0, depth + 1)), schema.collections[hop.to]?.primary ?? 'id'].join('.'),
		),
	);
	const crossed = new Set([...payload, ...templatePaths].flatMap((path) => prefixes(path)));
	return {
		hash: ruleHash(rule),
		target,
		index,
		rule,
		primary,
		numericKey: ['integer', 'bigInteger'].includes(schema.collections[rule.collection]?.fields[primary]?.type ?? ''),
		vias,
		templatePaths,
		related: new Map(
			[...rule.payload, ...templatePaths]
				.flatMap((path) => resolved(schema, rule.collection, path))
				.flatMap(({ hops }) =>
					hops.flatMap((hop, depth) =>
						hop.type === 'm2o' ? [[names(hops.slice(0, depth + 1)).join('.'), hop.to] as const] : [],
					),
				),
		),
		// Keys of related items are only needed where values are read through the same relation.
		reads: [
			...new Set([
				primary,
				...payload,
				...templatePaths,
				...keysOnTheWay.filter((path) => crossed.has(path.slice(0, path.lastIndexOf('.')))),
			]),
		],
	};
}

/**
 * What has to be noticed for these rules to hold.
 * @param synced further collections whose every change is to be noticed
 */
export function buildWatch(rules: CompiledRule[], schema: SchemaOverview, synced: Iterable<string> = []): Watch {
	const collections = new Map<string, CollectionWatch>();
	const columns = new Map<string, Set<string>>();
	const relational = new Map<string, Set<string>>();
	const of = (collection: string): CollectionWatch => {
		const known = collections.get(collection);
		if (known) return known;
		const made = {
			collection,
			primary: schema.collections[collection]?.primary ?? 'id',
			rules: [],
			shownBy: [],
			columns: [],
			relationalPaths: [],
		};
		collections.set(collection, made);
		columns.set(collection, new Set());
		relational.set(collection, new Set());
		return made;
	};
	for (const compiled of rules) {
		const { rule } = compiled;
		of(rule.collection).rules.push(compiled);
		const used = [
			...rule.payload,
			...compiled.templatePaths,
			...(rule.changed ?? []),
			...fieldsOfFilter(rule.when),
		].flatMap((path) => resolved(schema, rule.collection, path));
		for (const path of used) for (const column of columnsAt(schema, path, 0)) columns.get(rule.collection)?.add(column);
		for (const path of [...rule.payload, ...compiled.templatePaths])
			if (path.includes('.')) relational.get(rule.collection)?.add(path);
		for (const { path, hops } of compiled.vias) {
			hops.forEach((hop, depth) => {
				const shown = of(hop.to);
				shown.shownBy.push({ rule: compiled, path, hops: hops.slice(0, depth + 1) });
				if (hop.type === 'o2m') columns.get(hop.to)?.add(hop.field);
				for (const candidate of used) {
					if (
						candidate.hops.length > depth &&
						hops.slice(0, depth + 1).every((step, at) => sameHop(step, candidate.hops[at]))
					) {
						for (const column of columnsAt(schema, candidate, depth + 1)) columns.get(hop.to)?.add(column);
					}
				}
			});
		}
	}
	for (const collection of synced) of(collection);
	for (const watched of collections.values()) {
		watched.columns = [...(columns.get(watched.collection) ?? [])].filter((column) => column !== watched.primary);
		watched.relationalPaths = [...(relational.get(watched.collection) ?? [])];
	}
	return { collections, cascades: findCascades(collections, schema), rules };
}

/** The columns of the collection reached after `depth` hops that decide the path's value there. */
function columnsAt(schema: SchemaOverview, path: ResolvedPath, depth: number): string[] {
	const hop = path.hops[depth];
	if (hop) return hop.type === 'o2m' ? [] : hop.type === 'm2o' ? [hop.field] : [hop.field, hop.collectionField];
	const fields = schema.collections[path.collection]?.fields ?? {};
	if (path.leaf === '*') return readableColumns(schema, path.collection);
	return path.leaf !== null && fields[path.leaf]?.alias === false ? [path.leaf] : [];
}

/** A collection's columns whose values may leave the database: all but hashed, concealed and encrypted ones. */
export function readableColumns(schema: SchemaOverview | null, collection: string): string[] {
	return Object.values(schema?.collections[collection]?.fields ?? {})
		.filter((field) => !field.alias && !isSecret(field.special))
		.map((field) => field.field);
}

/** Template paths may cross many-to-any relations without naming the collection; Directus' queries have to name it. */
function readable(schema: SchemaOverview, collection: string, path: string): string[] {
	return resolved(schema, collection, path).map(({ hops, leaf }) =>
		[...names(hops), ...(leaf === null ? [] : [leaf])].join('.'),
	);
}

const resolved = (schema: SchemaOverview, collection: string, path: string): ResolvedPath[] => {
	const result = resolvePath(schema, collection, path);
	return result.ok ? result.paths : [];
};
const names = (hops: Hop[]) => hops.map((hop) => (hop.type === 'a2o' ? `${hop.name}:${hop.to}` : hop.name));
const prefixes = (path: string) => path.split('.').map((_, index, segments) => segments.slice(0, index).join('.'));
const sameHop = (a: Hop, b: Hop | undefined) =>
	b !== undefined && a.name === b.name && a.type === b.type && a.to === b.to;

/** Top-level fields that a filter asks about, relations included. */
export function fieldsOfFilter(filter: Record<string, unknown> | undefined): string[] {
	return Object.entries(filter ?? {}).flatMap(([key, condition]) => {
		if (key === '_and' || key === '_or')
			return Array.isArray(condition)
				? condition.flatMap((entry) => fieldsOfFilter(entry as Record<string, unknown>))
				: [];
		return [(/^\w+\(([\w.]+)\)$/.exec(key)?.[1] ?? key).split(':')[0] ?? key];
	});
}

/** Deletes that the database passes on, without telling anybody, to rows that are watched, over any number of tables. */
function findCascades(watched: Map<string, CollectionWatch>, schema: SchemaOverview): Map<string, Cascade[]> {
	const direct = new Map<string, Cascade[]>();
	for (const { collection, field, related_collection, schema: foreignKey } of schema.relations) {
		const onDelete = foreignKey?.on_delete?.toUpperCase();
		if (!related_collection || (onDelete !== 'CASCADE' && onDelete !== 'SET NULL')) continue;
		const effect = onDelete === 'CASCADE' ? 'delete' : 'null';
		direct.set(related_collection, [...(direct.get(related_collection) ?? []), { collection, field, effect }]);
	}
	const matters = (cascade: Cascade, seen: Set<string>): boolean => {
		if (watched.has(cascade.collection)) return true;
		if (cascade.effect === 'null' || seen.has(cascade.collection)) return false;
		return (direct.get(cascade.collection) ?? []).some((next) => matters(next, new Set([...seen, cascade.collection])));
	};
	const found = [...direct].map(
		([from, cascades]) => [from, cascades.filter((cascade) => matters(cascade, new Set([from])))] as const,
	);
	return new Map(found.filter(([, cascades]) => cascades.length > 0));
}
