import type { SchemaOverview } from '@directus/types';
import { createHash } from 'node:crypto';
import type { FlushRule } from '../../../schema.js';
import { collectionsOfFilter, momentsOfRule, pathsOfFilter, typesOf } from '../../kernel/filter/filter-fields.js';
import type { Moment } from '../../kernel/filter/filter.js';
import { resolveVia, type Hop, type ResolvedPath } from '../../kernel/filter/field-path.js';
import { askable, names, readable, readableColumns, resolved } from './rule-paths.js';
import { canonical } from '../../kernel/core/same-value.js';
import type { AutomaticRule } from './automatic-rule.js';
import { parseTemplate } from '../../kernel/core/template.js';
import { BUMPED } from '../../contract/vocabulary.js';

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
	/** The fields that are sent: the rule's `payload` with every `*` replaced by the columns it stands for. */
	payload: string[];
	/** Directus' type of each own column of the collection. */
	types: ReadonlyMap<string, string>;
	/** The own columns that `payload`, the templates, `changed`, `when` and `at` need. */
	ownColumns: string[];
	/** The same of the collections that many-to-one relations in `when` and `via` lead to, by collection. */
	relatedTypes: ReadonlyMap<string, ReadonlyMap<string, string>>;
	/** Collections whose items `when` asks about, over relations. */
	askedAbout: ReadonlySet<string>;
	/** When the clock alone makes a change of an item: own date fields, and the offset from now that counts. */
	moments: Moment[];
	/** Field paths read for a request: payload, templates, primary key, and the keys of related items on the way. */
	reads: string[];
	/** What tags and paths are rendered from. */
	templatePaths: string[];
	/** What is read for them. */
	templateReads: string[];
	/** Whether values of related items are sent. */
	readsRelations: boolean;
	/** The collection that each many-to-one step in `reads` leads to, by its path (`author`, `tags.tags_id`). */
	related: Map<string, string>;
	/** Where no rule was written, but the target asks for automatic tags. */
	automatic?: AutomaticRule;
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

/** A relation through which the database itself deletes rows or empties references. */
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
	const payload = [...new Set(rule.payload.flatMap((path) => readable(schema, rule.collection, path)))];
	const asked = [...payload, ...templatePaths].flatMap((path) => askable(schema, rule.collection, path));
	const keysOnTheWay = vias.flatMap(({ hops }) =>
		hops.map((hop, depth) =>
			[...names(hops.slice(0, depth + 1)), schema.collections[hop.to]?.primary ?? 'id'].join('.'),
		),
	);
	const crossed = new Set(asked.flatMap((path) => prefixes(path)));
	return {
		hash: ruleHash(rule),
		target,
		index,
		rule,
		primary,
		numericKey: hasNumberedKey(schema, rule.collection),
		vias,
		payload,
		types: typesOf(rule.collection, schema),
		relatedTypes: new Map(vias.flatMap(({ hops }) => hops.map(({ to }) => [to, typesOf(to, schema)]))),
		ownColumns: [...new Set(usedPaths(rule, templatePaths, schema).flatMap((path) => columnsAt(schema, path, 0)))],
		askedAbout: new Set(collectionsOfFilter(rule.when, rule.collection, schema)),
		moments: momentsOfRule(rule, schema),
		templatePaths,
		templateReads: templatePaths.flatMap((path) => askable(schema, rule.collection, path)),
		readsRelations: asked.some((path) => path.includes('.')),
		related: new Map(
			[...payload, ...templatePaths]
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
				...asked,
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
		const used = usedPaths(rule, compiled.templatePaths, schema);
		for (const path of used) for (const column of columnsAt(schema, path, 0)) columns.get(rule.collection)?.add(column);
		// Which values an update altered is told by all of them.
		if (compiled.automatic?.sends)
			for (const column of readableColumns(schema, rule.collection)) columns.get(rule.collection)?.add(column);
		for (const path of [...compiled.payload, ...compiled.templatePaths].flatMap((one) =>
			askable(schema, rule.collection, one),
		))
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

/** Whether a collection's keys are numbers. */
export function hasNumberedKey(schema: SchemaOverview | null, collection: string): boolean {
	const known = schema?.collections[collection];
	return ['integer', 'bigInteger'].includes(known?.fields[known.primary]?.type ?? '');
}

/** Every path that the rule says something about. */
function usedPaths(rule: FlushRule, templatePaths: string[], schema: SchemaOverview): ResolvedPath[] {
	return [
		...rule.payload,
		...templatePaths,
		...(rule.changed ?? []),
		...pathsOfFilter(rule.when),
		...(rule.at ?? []),
		...(rule.collection in BUMPED ? ['*'] : []),
	].flatMap((path) => resolved(schema, rule.collection, path));
}

const prefixes = (path: string) => path.split('.').map((_, index, segments) => segments.slice(0, index).join('.'));
const sameHop = (a: Hop, b: Hop | undefined) =>
	b !== undefined && a.name === b.name && a.type === b.type && a.to === b.to;

/** Deletes that the database passes on, without telling anybody, to rows that are watched, over any number of tables. */
function findCascades(watched: Map<string, CollectionWatch>, schema: SchemaOverview): Map<string, Cascade[]> {
	const direct = allCascades(schema);
	// Collections whose deletions reach a watched one; in a circle one may do so by way of itself.
	const reaching = new Set<string>();
	const matters = ({ collection, effect }: Cascade) =>
		watched.has(collection) || (effect === 'delete' && reaching.has(collection));
	let known = -1;
	while (known < reaching.size) {
		known = reaching.size;
		for (const [from, cascades] of direct) if (cascades.some(matters)) reaching.add(from);
	}
	const cascadesFrom = [...direct].map(([from, cascades]) => [from, cascades.filter(matters)] as const);
	return new Map(cascadesFrom.filter(([, cascades]) => cascades.length > 0));
}

/** What the database does when a row is deleted, by the collection of that row. */
export function allCascades(schema: SchemaOverview): Map<string, Cascade[]> {
	const byTable = new Map<string, Cascade[]>();
	for (const { collection, field, related_collection, schema: foreignKey } of schema.relations) {
		const effect = EFFECTS[foreignKey?.on_delete?.toUpperCase() ?? ''];
		if (!related_collection || !effect) continue;
		byTable.set(related_collection, [...(byTable.get(related_collection) ?? []), { collection, field, effect }]);
	}
	return byTable;
}

const EFFECTS: Record<string, Cascade['effect']> = { CASCADE: 'delete', 'SET NULL': 'null', 'SET DEFAULT': 'null' };
