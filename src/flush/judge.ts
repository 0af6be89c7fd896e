import type { Items } from '../kernel/ports.js';
import type { Row } from '../kernel/core/row.js';
import { fieldsOfFilter } from '../kernel/filter/filter-fields.js';
import { matchedEver, matchFilter, type Judging } from '../kernel/filter/filter.js';
import type { ItemChange } from '../capture/core/item-change.js';
import { resolveFilter, type Filter } from '../kernel/filter/resolve-filter.js';
import { sameValue } from '../kernel/core/same-value.js';
import type { CompiledRule } from '../capture/core/watch.js';
import { ownChange, type Cause } from './cause.js';
import type { Match } from '../kernel/filter/match.js';

/** Whether items passed one rule's `when` before something happened to them. */
export interface JudgeOfRule {
	/** Whether the target may have shown these values of an item, which were replaced `at` then (`decide.ts`). */
	own(item: string, row: Row, at: number): Match;
	/** Whether an item, which itself is what it was, matched before something that it shows changed. */
	shown(item: string, cause: { change: ItemChange; via: NonNullable<Cause['via']> }): Match;
}

/**
 * What the values of an old version do not tell (relations, functions, collations) is asked of the database, which
 * knows it of the item as it is: the answer holds for the old version too where the columns that the condition is about
 * are the same, and nothing that it leads to was changed with it.
 */
export async function createJudge(
	rule: CompiledRule,
	byItem: Map<string, Cause[]>,
	{ present, changes, items }: { present: Map<string, Row>; changes: ItemChange[]; items: Items },
): Promise<JudgeOfRule> {
	const { when } = rule.rule;
	if (!when) return { own: () => 'yes', shown: () => 'yes' };
	const { dialect } = items;
	const { types } = rule;
	const unsettled = new Set(changes.map((change) => change.collection));
	/** Whether what a condition leads to over relations is what it was. */
	const isSettled = [...rule.askedAbout].every((asked) => !unsettled.has(asked));
	const open = openConditions(when, byItem, present, { dialect, types });
	const passing = await passingNow(open, rule, isSettled, items);
	const resolved = resolveFilter(when, 0);
	/** Several conditions about one row of a list: that each holds for some row does not say that one row passes all. */
	const isSpread = (field: string) => !types.has(field) && conditionsAbout(resolved, field) > 1;

	const otherwise =
		(item: string, row: Row) =>
		(condition: Filter): Match => {
			const is = present.get(item);
			const matching = passing.get(nameOf(condition));
			const columns = fieldsOfFilter(condition);
			if (columns.some((column) => isSpread(column))) return 'unknown';
			const same =
				is && columns.every((column) => !types.has(column) || (column in row && sameValue(row[column], is[column])));
			const settled = isSettled || !isAboutRelation(condition, rule);
			return matching && same && settled ? (matching.has(item) ? 'yes' : 'no') : 'unknown';
		};

	return {
		own: (item, row, at) => matchedEver(when, row, { now: at, dialect, types, otherwise: otherwise(item, row) }),
		shown(item, cause) {
			const row = present.get(item);
			if (!row) return 'unknown';
			return matchFilter(when, row, {
				now: cause.change.at,
				dialect,
				types,
				otherwise(condition) {
					const known = otherwise(item, row)(condition);
					return known === 'unknown' ? judgeReferenced(condition, cause, rule, dialect) : known;
				},
			});
		},
	};
}

interface OpenCondition {
	condition: Filter;
	keys: Set<string>;
}

const nameOf = (condition: Filter) => JSON.stringify(condition);

/** The conditions that some old version leaves open, each with the items that it is to be asked about. */
function openConditions(
	when: Filter,
	byItem: Map<string, Cause[]>,
	present: Map<string, Row>,
	judging: Pick<Judging, 'dialect' | 'types'>,
): Map<string, OpenCondition> {
	const open = new Map<string, OpenCondition>();
	for (const [item, causes] of byItem) {
		const is = present.get(item);
		if (!is) continue;
		const own = ownChange(causes);
		const versions = own ? own.before.map((row, index) => ({ row, at: own.replacedAt[index] ?? own.at })) : [];
		if (causes.some(({ via }) => via !== null)) versions.push({ row: is, at: causes[0]?.change.at ?? 0 });
		for (const { row, at } of versions)
			matchFilter(when, row, {
				...judging,
				now: at,
				otherwise(condition) {
					// What depends on the time of a version is not asked of another one.
					const known = open.get(nameOf(condition)) ?? { condition, keys: new Set() };
					open.set(nameOf(condition), known);
					known.keys.add(item);
					return 'unknown';
				},
			});
	}
	return open;
}

/** Asks the database once for each open condition which items pass it now. */
async function passingNow(
	open: Map<string, OpenCondition>,
	{ rule: { collection }, types }: CompiledRule,
	isSettled: boolean,
	items: Items,
): Promise<Map<string, Set<string>>> {
	const passing = new Map<string, Set<string>>();
	if (open.size > MOST_CONDITIONS) return passing;
	for (const [name, { condition, keys }] of open) {
		const leadsElsewhere = fieldsOfFilter(condition).some((field) => !types.has(field));
		if (leadsElsewhere && !isSettled) continue;
		passing.set(name, await items.matching(collection, [...keys], condition));
	}
	return passing;
}

/** Whether a condition about an item that changed, and that an unchanged item refers to, was met before. */
function judgeReferenced(
	condition: Filter,
	{ change, via }: { change: ItemChange; via: NonNullable<Cause['via']> },
	rule: CompiledRule,
	dialect: Judging['dialect'],
): Match {
	const [hop, ...further] = via.hops;
	const inner = hop && condition[hop.name];
	if (further.length > 0 || hop?.type !== 'm2o' || change.incomplete) return 'unknown';
	if (typeof inner !== 'object' || inner === null || change.before.length === 0) return 'unknown';
	const types = rule.relatedTypes.get(hop.to);
	if (!types) return 'unknown';
	const before = new Set(
		change.before.map((version, index) =>
			matchFilter(inner as Filter, version, { now: change.replacedAt[index] ?? change.at, dialect, types }),
		),
	);
	return before.size === 1 ? ([...before][0] ?? 'unknown') : 'unknown';
}

/** How many conditions of a resolved filter are about any row of this list, outside `_some` and `_none`. */
function conditionsAbout(filter: unknown, field: string): number {
	if (Array.isArray(filter)) return filter.reduce((sum: number, entry) => sum + conditionsAbout(entry, field), 0);
	if (typeof filter !== 'object' || filter === null) return 0;
	return Object.entries(filter).reduce((sum, [key, value]: [string, unknown]) => {
		if (key === '_and' || key === '_or') return sum + conditionsAbout(value, field);
		const quantified = typeof value === 'object' && value !== null && ('_some' in value || '_none' in value);
		return sum + (key.split(':')[0] === field && !quantified ? 1 : 0);
	}, 0);
}

/** A batch whose old versions leave more than this open is not worth asking about: it is sent without values. */
const MOST_CONDITIONS = 50;

const isAboutRelation = (condition: Filter, { types, askedAbout }: CompiledRule) =>
	askedAbout.size > 0 &&
	Object.entries(condition).some(
		([key, value]) => !types.has(key) || !Object.keys(value as object).every((operator) => operator.startsWith('_')),
	);
