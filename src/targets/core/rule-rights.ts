import type { Issue } from '../../contract/issue.js';
import type { SchemaOverview } from '@directus/types';
import type { FlushRule } from '../../../schema.js';
import { hopsFrom, resolvePath, resolveVia, type Hop } from '../../kernel/filter/field-path.js';
import { isRecord } from '../../kernel/core/is-record.js';
import { sameValue } from '../../kernel/core/same-value.js';
import type { CompiledSyncRule } from '../../sync/core/rules/compile-sync-rules.js';
import { parseTemplate } from '../../kernel/core/template.js';
import type { CompiledRule } from '../../capture/core/watch.js';
import { expandAll } from '../../capture/core/rule-paths.js';

/** A permission to read fields (`*` for all) of those items of a collection that pass a filter. */
export interface ReadPermission {
	collection: string;
	fields: readonly string[];
	/** null: all items. */
	filter: Record<string, unknown> | null;
}

/** A field that a rule reveals: in what it sends, or by whether it sends. */
interface RevealedField {
	collection: string;
	field: string;
}

/**
 * Issues for the fields that these flush rules reveal and a user may not read. A permission that holds for some items only
 * is enough if the rule's `when` asks for the same.
 * @param whose begins a sentence about the user: `you`, `the user who published it (Jane)`
 */
export function flushRightsIssues(
	rules: CompiledRule[],
	permissions: readonly ReadPermission[],
	schema: SchemaOverview,
	whose: string,
): Issue[] {
	// A change of rights or of the schema reveals nothing about any item.
	const telling = rules.filter(({ automatic }) => automatic?.sends !== null);
	return telling.flatMap(({ rule, index, primary }) =>
		issuesOf({ rule, index }, [{ collection: rule.collection, field: primary }, ...revealedBy(rule, schema)], {
			permissions,
			whose,
		}),
	);
}

/** The same for the rules of a remote, implied rules included. Rules that only receive need no right to read. */
export function syncRightsIssues(
	rules: CompiledSyncRule[],
	permissions: readonly ReadPermission[],
	schema: SchemaOverview,
	whose: string,
): Issue[] {
	return rules
		.filter(({ rule }) => rule.direction !== 'pull')
		.flatMap(({ rule, index, model }) => {
			const columns = schema.collections[rule.collection]?.fields ?? {};
			const fields = [...model.fields.keys(), model.primary].filter((field) => Object.hasOwn(columns, field));
			const values = fields.map((field) => ({ collection: rule.collection, field }));
			const all = [...values, ...revealedByFilter(rule.when ?? {}, rule.collection, schema)];
			return issuesOf({ rule, index }, all, { permissions, whose });
		});
}

function issuesOf(
	{ rule, index }: { rule: Pick<FlushRule, 'collection' | 'when'>; index: number },
	values: RevealedField[],
	{ permissions, whose }: { permissions: readonly ReadPermission[]; whose: string },
): Issue[] {
	const seen = new Set<string>();
	return values.flatMap(({ collection, field }): Issue[] => {
		const name = `${collection}.${field}`;
		if (seen.has(name)) return [];
		seen.add(name);
		const fitting = permissions.filter(
			(permission) =>
				permission.collection === collection && (permission.fields.includes('*') || permission.fields.includes(field)),
		);
		const isImplied = (filter: Record<string, unknown>) => collection === rule.collection && implies(rule.when, filter);
		if (fitting.some(({ filter }) => filter === null || isImplied(filter))) return [];
		const what = fitting.length > 0 ? `"${field}" of only some items of ${collection}` : `"${field}" of ${collection}`;
		const may = fitting.length > 0 ? 'may read' : 'may not read';
		const message = `${whose} ${may} ${what}, and a rule sends only what its publisher may read; an administrator can publish it`;
		return [{ path: `/${index}`, code: 'not_permitted', message }];
	});
}

/** Whether every item that passes `when` passes the filter, too: `when` has all of its conditions. False if unsure. */
function implies(when: Record<string, unknown> | undefined, filter: Record<string, unknown>): boolean {
	// A rule has no user that `$CURRENT_USER` and the like could stand for.
	if (!when || JSON.stringify(filter).includes('$CURRENT')) return false;
	const asked = conditionsOf(when);
	return conditionsOf(filter).every((condition) => asked.some((other) => sameValue(other, condition)));
}

/** The conditions that must all hold: `{ a, b }` and `{ _and: [a, b] }` are two. */
const conditionsOf = (filter: Record<string, unknown>): Record<string, unknown>[] =>
	Object.entries(filter).flatMap(([key, value]) =>
		key === '_and' && Array.isArray(value) ? value.filter(isRecord).flatMap(conditionsOf) : [{ [key]: value }],
	);

function revealedBy(rule: FlushRule, schema: SchemaOverview): RevealedField[] {
	const templates = [...(rule.tags ?? []), ...(rule.paths ?? [])].flatMap((source) => {
		const parsed = parseTemplate(source);
		return parsed.ok ? parsed.template.paths : [];
	});
	const ofPaths = [...rule.payload, ...(rule.changed ?? []), ...(rule.at ?? []), ...templates].flatMap((path) => {
		const result = resolvePath(schema, rule.collection, path);
		const paths = result.ok ? result.paths.flatMap((resolved) => expandAll(schema, resolved)) : [];
		return paths.flatMap(({ hops, collection, leaf }) => [
			...hops.flatMap((hop) => revealedByHop(hop)),
			...(leaf === null ? [] : revealedByField(collection, leaf, schema)),
		]);
	});
	const ofVia = (rule.via ?? []).flatMap((path) => {
		const result = resolveVia(schema, rule.collection, path);
		return result.ok ? result.chains.flatMap((hops) => hops.flatMap((hop) => revealedByHop(hop))) : [];
	});
	return [...ofPaths, ...ofVia, ...revealedByFilter(rule.when ?? {}, rule.collection, schema)];
}

/** A hop reveals the column that holds the key. */
const revealedByHop = (hop: Hop): RevealedField[] => [
	{ collection: hop.type === 'o2m' ? hop.to : hop.from, field: hop.field },
];

function revealedByField(collection: string, field: string, schema: SchemaOverview): RevealedField[] {
	const column = schema.collections[collection]?.fields[field];
	return column?.alias
		? hopsFrom(schema, collection, field).flatMap((hop) => revealedByHop(hop))
		: [{ collection, field }];
}

/** A filter reveals every field that it asks about, by whether something is sent. */
function revealedByFilter(filter: unknown, collection: string, schema: SchemaOverview, depth = 0): RevealedField[] {
	if (depth > 40) return [];
	if (Array.isArray(filter)) return filter.flatMap((entry) => revealedByFilter(entry, collection, schema, depth + 1));
	if (!isRecord(filter)) return [];
	return Object.entries(filter).flatMap(([key, value]) => {
		if (key === '_and' || key === '_or') return revealedByFilter(value, collection, schema, depth + 1);
		if (key === '_some' || key === '_none') return revealedByFilter(value, collection, schema, depth + 1);
		if (key.startsWith('_')) return [];
		const [name = '', scope] = (/^\w+\(([\w.]+)\)$/.exec(key)?.[1] ?? key).split(':');
		const hops = hopsFrom(schema, collection, name).filter((hop) => scope === undefined || hop.to === scope);
		return [
			...revealedByField(collection, name, schema),
			...hops.flatMap((hop) => [...revealedByHop(hop), ...revealedByFilter(value, hop.to, schema, depth + 1)]),
		];
	});
}
