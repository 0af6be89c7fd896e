import type { Row } from '../../kernel/core/row.js';
import { isRow } from '../../kernel/core/is-record.js';
import type { Hop } from '../../kernel/filter/field-path.js';
import { pickPaths } from '../../kernel/core/pick-payload.js';
import { sameValue } from '../../kernel/core/same-value.js';
import { renderPaths, renderTemplates } from '../../kernel/core/template.js';
import type { CompiledRule } from '../../capture/core/watch.js';

/** What a target has to be told of earlier versions of an item. Kept with the delivery until it is sent. */
export interface OldValues {
	/** The whole payload as it was, for an item that is gone or stopped matching. */
	fields: Row | null;
	/** Payload, tag and path fields whose value was different, with the oldest such value. */
	previous: Row;
	/** What the templates gave for each earlier version. */
	tags: string[];
	paths: string[];
	/** What is purged by hand beyond tags and paths. */
	wide?: { prefixes: string[]; everything: boolean };
	/** It passes the rule's `when`, which it did not before. */
	began?: boolean;
	/** Whether it is unknown if the item is gone for the target: its rule could not be evaluated. */
	unsure?: boolean;
}

/** An earlier version of an item, with its relations, and whether its values are for the target to see. */
export interface OldVersion {
	item: Row;
	matched: boolean;
}

export const NO_OLD_VALUES: OldValues = { fields: null, previous: {}, tags: [], paths: [] };

/**
 * The item as it was: its own columns replaced. A relation whose key is the same keeps its related item; where it is
 * another one, the bare key stands in its place, for `bareKeys` to find.
 * @param primaries the primary key of the collection that a many-to-one field leads to, or null where it is none
 */
export function withOldColumns(tree: Row, before: Row, primaries: (field: string) => string | null): Row {
	const old: Row = { ...tree };
	for (const [column, value] of Object.entries(before)) {
		if (!(column in tree)) continue;
		const present = tree[column];
		const primary = primaries(column);
		const same = primary !== null && isRow(present) && isKey(value) && String(present[primary]) === String(value);
		if (!same) old[column] = value;
	}
	return old;
}

/** Where a version holds a bare key at a relational path such as `tags.tags_id`: those keys. */
export function bareKeys(node: unknown, path: string[]): (string | number)[] {
	if (Array.isArray(node)) return node.flatMap((entry) => bareKeys(entry, path));
	const [head, ...rest] = path;
	if (head === undefined) return isKey(node) ? [node] : [];
	return isRow(node) ? bareKeys(node[head], rest) : [];
}

/** The version with related items in the place of their bare keys; keys of items that are gone stay. */
export function withRelated(node: unknown, path: string[], related: ReadonlyMap<string, Row>): unknown {
	if (Array.isArray(node)) return node.map((entry) => withRelated(entry, path, related));
	const [head, ...rest] = path;
	if (head === undefined) return isKey(node) ? (related.get(String(node)) ?? node) : node;
	return isRow(node) && head in node ? { ...node, [head]: withRelated(node[head], rest, related) } : node;
}

/** One related item as it was before its change; `before` null = it did not exist. */
export interface RelatedBefore {
	key: string;
	before: Row | null;
}

/**
 * The item that shows a related item, as it was before the related item changed: the hops lead from the item to the
 * related one. In lists a related item that was created is left out, and one that was deleted or moved away is put
 * back under the item that its old foreign key names.
 */
export function withOldRelated(
	node: Row,
	hops: Hop[],
	primaries: (collection: string) => string,
	changed: RelatedBefore,
): Row {
	const [hop, ...rest] = hops;
	if (!hop) return node;
	const value = node[hop.name];
	const primary = primaries(hop.to);
	if (rest.length > 0) {
		const deeper = (entry: unknown) => (isRow(entry) ? withOldRelated(entry, rest, primaries, changed) : entry);
		return { ...node, [hop.name]: Array.isArray(value) ? value.map(deeper) : deeper(value) };
	}
	const { key, before } = changed;
	if (hop.type !== 'o2m') {
		if (!before) return node;
		// A related item that is gone by now has left its bare key in the old version that points to it.
		if (isKey(value) && String(value) === key) return { ...node, [hop.name]: { [primary]: value, ...before } };
		return isRow(value) && String(value[primary]) === key
			? { ...node, [hop.name]: { ...value, ...flat(before, value) } }
			: node;
	}
	if (!Array.isArray(value)) return node;
	const parent = node[primaries(hop.from)];
	const belonged = before !== null && (!(hop.field in before) || String(before[hop.field]) === String(parent));
	const others = value.filter((entry: unknown) => !isRow(entry) || String(entry[primary]) !== key);
	if (!belonged) return { ...node, [hop.name]: others };
	const present: unknown = value.find((entry: unknown) => isRow(entry) && String(entry[primary]) === key);
	const was = isRow(present) ? { ...present, ...before } : { [primary]: key, ...before };
	return { ...node, [hop.name]: [...others, was] };
}

/** Values of an old version that may replace those of a present one: not where a relation has been read instead. */
const flat = (before: Row, present: Row): Row =>
	Object.fromEntries(
		Object.entries(before).filter(([column]) => !isRow(present[column]) && !Array.isArray(present[column])),
	);

/**
 * What changed between the versions that a target may have shown and the item as it is (null: gone, or not to be shown).
 * @param versions oldest first
 */
export function oldValues(compiled: CompiledRule, versions: OldVersion[], present: Row | null): OldValues {
	const { rule } = compiled;
	const last = versions.at(-1);
	const used = [...compiled.payload, ...compiled.templatePaths];
	const now = present ? pickPaths(present, used) : {};
	const previous: Row = {};
	for (const { item, matched } of versions) {
		if (!matched) continue;
		for (const [field, value] of Object.entries(pickPaths(item, used))) {
			if (!(field in previous) && field in now && !sameValue(value, now[field])) previous[field] = value;
		}
	}
	return {
		fields: present || !last?.matched ? null : last.item,
		previous,
		tags: [...new Set(versions.flatMap(({ item }) => renderTemplates(rule.tags ?? [], item)))],
		paths: [...new Set(versions.flatMap(({ item }) => renderPaths(rule.paths ?? [], item)))],
	};
}

/** Old values of two plans of the same delivery in one: the older `previous` wins, since the target saw that one. */
export function mergeOldValues(older: OldValues, newer: OldValues): OldValues {
	return {
		fields: newer.fields,
		previous: { ...newer.previous, ...older.previous },
		tags: [...new Set([...older.tags, ...newer.tags])],
		paths: [...new Set([...older.paths, ...newer.paths])],
		...(older.began || newer.began ? { began: true } : {}),
		...(newer.unsure ? { unsure: true } : {}),
	};
}
const isKey = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
