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
	const { when, collection } = rule.rule;
	const { dialect } = items;
	const { types } = rule;
	const unsettled = new Set(changes.map((change) => change.collection));
	const leadsElsewhere = (condition: Filter) => fieldsOfFilter(condition).some((field) => !types.has(field));
	/** Whether what a condition leads to over relations may have been different, too. */
	const isSettled = [...rule.askedAbout].every((asked) => !unsettled.has(asked));
	const now = new Map<string, Set<string>>();
	const resolved = when ? resolveFilter(when, 0) : {};
	/** Several conditions about one row of a list: that each holds for some row does not say that one row passes all. */
	const isSpread = (field: string) => !types.has(field) && conditionsAbout(resolved, field) > 1;
	const nameOf = (condition: Filter) => JSON.stringify(condition);

	const otherwise =
		(item: string, row: Row) =>
		(condition: Filter): Match => {
			const is = present.get(item);
			const matching = now.get(nameOf(condition));
			const columns = fieldsOfFilter(condition);
			if (columns.some((column) => isSpread(column))) return 'unknown';
			const same =
				is && columns.every((column) => !types.has(column) || (column in row && sameValue(row[column], is[column])));
			const settled = isSettled || !isAboutRelation(condition, rule);
			return matching && same && settled ? (matching.has(item) ? 'yes' : 'no') : 'unknown';
		};
	const judging = (item: string, row: Row, at: number): Judging => ({
		now: at,
		dialect,
		types,
		otherwise: otherwise(item, row),
	});

	if (when) await ask();

	/** Asks the database once for each condition that some old version leaves open. */
	async function ask(): Promise<void> {
		const open = new Map<string, { condition: Filter; keys: Set<string> }>();
		for (const [item, causes] of byItem) {
			if (!present.has(item)) continue;
			const own = ownChange(causes);
			const versions = own ? own.before.map((row, index) => ({ row, at: own.replacedAt[index] ?? own.at })) : [];
			const is = present.get(item);
			if (is && causes.some(({ via }) => via !== null)) versions.push({ row: is, at: causes[0]?.change.at ?? 0 });
			for (const { row, at } of versions)
				matchFilter(when ?? {}, row, {
					now: at,
					dialect,
					types,
					otherwise(condition) {
						// What depends on the time of a version is not asked of another one.
						const known = open.get(nameOf(condition)) ?? { condition, keys: new Set() };
						open.set(nameOf(condition), known);
						known.keys.add(item);
						return 'unknown';
					},
				});
		}
		for (const [name, { condition, keys }] of open) {
			if (open.size > MOST_CONDITIONS) return;
			if (leadsElsewhere(condition) && !isSettled) continue;
			now.set(name, await items.matching(collection, [...keys], condition));
		}
	}

	return {
		own: (item, row, at) => (when ? matchedEver(when, row, judging(item, row, at)) : 'yes'),
		shown(item, { change, via }) {
			const row = present.get(item);
			if (!when || !row) return when ? 'unknown' : 'yes';
			const [hop, ...further] = via.hops;
			const versions = change.before;
			return matchFilter(when, row, {
				now: change.at,
				dialect,
				types,
				otherwise(condition) {
					const known = otherwise(item, row)(condition);
					const inner = hop && condition[hop.name];
					if (known !== 'unknown' || further.length > 0 || hop?.type !== 'm2o' || change.incomplete) return known;
					if (typeof inner !== 'object' || inner === null || versions.length === 0) return known;
					const related = rule.relatedTypes.get(hop.to);
					if (!related) return known;
					const before = new Set(
						versions.map((version, index) =>
							matchFilter(inner as Filter, version, {
								now: change.replacedAt[index] ?? change.at,
								dialect,
								types: related,
							}),
						),
					);
					return before.size === 1 ? ([...before][0] ?? 'unknown') : 'unknown';
				},
			});
		},
	};
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
