import type { Dialect } from '../../../kernel/core/dialect.js';
import type { SchemaOverview } from '@directus/types';
import type { Watch } from '../watch.js';
import type { TriggerCascade, ColumnForm, TriggeredTable } from './trigger.js';

/** The columns of each table as the database has them now, with the database's own names of their types. */
export type LiveColumns = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** A collection without triggers, and the reason. */
export interface TriggerProblem {
	collection: string;
	problem: string;
}

/** How deep cascading deletions are followed; a circle would have no end. */
const DEPTH = 3;

/** The tables that need triggers for the rules. Tables that differ from the schema get none. */
export function triggeredTables(
	watch: Watch,
	schema: SchemaOverview,
	live: LiveColumns,
	dialect: Dialect,
): { tables: TriggeredTable[]; problems: TriggerProblem[] } {
	const problems: TriggerProblem[] = [];
	const primaryOf = (collection: string) => schema.collections[collection]?.primary ?? 'id';

	function formsIn(collection: string): Record<string, ColumnForm> {
		const wanted = watch.collections.get(collection)?.columns ?? [];
		return formsOf([primaryOf(collection), ...wanted], live.get(collection), FORMS[dialect]);
	}

	function alongOf(from: string, depth = 1): TriggerCascade[] {
		return (watch.cascades.get(from) ?? []).map(({ collection, field, effect }) => {
			const leadsOn = effect === 'delete';
			return {
				collection,
				primary: primaryOf(collection),
				field,
				effect,
				isWatched: watch.collections.has(collection),
				columns: formsIn(collection),
				next: leadsOn && depth < DEPTH ? alongOf(collection, depth + 1) : [],
				beyond: leadsOn && depth === DEPTH ? watchedFrom(collection) : [],
			};
		});
	}

	function watchedFrom(start: string): string[] {
		const reached = new Set<string>();
		const open = [start];
		for (let from = open.pop(); from !== undefined; from = open.pop())
			for (const { collection, effect } of watch.cascades.get(from) ?? []) {
				if (reached.has(collection)) continue;
				reached.add(collection);
				if (effect === 'delete') open.push(collection);
			}
		return [...reached].filter((collection) => watch.collections.has(collection));
	}

	const parents = dialect === 'mysql' ? [...watch.cascades.keys()] : [];
	const names = [...new Set([...watch.collections.keys(), ...parents])].toSorted();
	const tables = names.flatMap((collection): TriggeredTable[] => {
		const primary = primaryOf(collection);
		const columns = live.get(collection);
		const missing = columns ? (columns.has(primary) ? null : `it has no column ${primary}`) : 'there is no such table';
		if (missing !== null) {
			problems.push({ collection, problem: missing });
			return [];
		}
		return [
			{
				collection,
				primary,
				isWatched: watch.collections.has(collection),
				columns: formsIn(collection),
				along: dialect === 'mysql' ? alongOf(collection) : [],
			},
		];
	});
	return { tables, problems };
}

/** Old values are kept only if they can be read back exactly as the driver would return them. */
function formsOf(
	columns: string[],
	live: ReadonlyMap<string, string> | undefined,
	known: Record<string, ColumnForm>,
): Record<string, ColumnForm> {
	const forms: Record<string, ColumnForm> = {};
	for (const column of columns.toSorted()) {
		const type = live?.get(column);
		const form = type === undefined ? undefined : known[type];
		if (form) forms[column] = form;
		// A column that no longer exists must not lose the others.
		else if (type !== undefined) return {};
	}
	return forms;
}

/**
 * By the databases' own names of types, as their drivers give them: big numbers as text, times as dates of their zone or of
 * the process'. Other types have no form that is sure to be read back as the driver returns it.
 */
const FORMS: Record<Dialect, Record<string, ColumnForm>> = {
	postgres: {
		...form('plain', 'bool int2 int4 float4 float8 text varchar bpchar uuid time'),
		...form('json', 'json jsonb'),
		...form('text', 'int8 numeric'),
		...form('instant', 'timestamptz'),
		...form('local', 'timestamp date'),
	},
	mysql: {
		...form('plain', 'tinyint smallint mediumint int bigint double char varchar tinytext text mediumtext'),
		// MariaDB's JSON is a long text.
		...form('json', 'json longtext'),
		...form('text', 'decimal time'),
		...form('instant', 'timestamp'),
		...form('local', 'datetime date'),
	},
	sqlite: {},
};

function form(name: ColumnForm, types: string): Record<string, ColumnForm> {
	return Object.fromEntries(types.split(' ').map((type) => [type, name]));
}
