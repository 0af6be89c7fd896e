import type { Dialect } from '../core/dialect.js';
import type { Row } from '../core/row.js';
import { isRecord } from '../core/is-record.js';
import { all, any, matchValue, type Valued } from './match-value.js';
import { isNow, resolveFilter, resolveNow, type Filter } from './resolve-filter.js';
import type { Match } from './match.js';

/** What else has to be known to evaluate a filter on the values that an item had. */
export interface Judging {
	/** ms since 1970, for `$NOW`. */
	now: number;
	dialect: Dialect;
	/** Directus' type of the item's own columns, by name. */
	types: ReadonlyMap<string, string>;
	/** What is known otherwise of one condition of the resolved filter that the values do not tell. */
	otherwise?: ((condition: Filter) => Match) | undefined;
}

/**
 * Evaluates a Directus filter on the values an item *had*, which no query can ask for any more
 * (https://directus.io/docs/guides/connect/filter-rules). The values an item *has* are asked of the database instead,
 * and what is said here is what that database would say. Whatever cannot be told from the values (relations, a
 * collation that is not known, an operator of a later Directus) is `unknown`: such a change is sent, so that a page too
 * many is refreshed rather than one too few, and without values.
 * @param item the item's own columns, cast as Directus casts them
 */
export function matchFilter(filter: Filter, item: Row, judging: Judging): Match {
	return match(resolveFilter(filter, judging.now), item, judging) ?? 'yes';
}

/** null where nothing is asked: Directus leaves out a group without conditions, and an `_or` one of which is empty. */
function match(filter: unknown, item: Row, judging: Judging): Match | null {
	if (!isRecord(filter)) return 'unknown';
	return combine(
		Object.entries(filter).map((entry) => matchEntry(entry, item, judging)),
		all,
	);
}

function combine(matches: (Match | null)[], by: (matches: Match[]) => Match): Match | null {
	const asked = matches.filter((result) => result !== null);
	return asked.length === 0 ? null : by(asked);
}

function matchEntry([key, condition]: [string, unknown], item: Row, judging: Judging): Match | null {
	if (key === '_and' || key === '_or') {
		if (!Array.isArray(condition)) return 'unknown';
		const isEmpty = (entry: unknown) => isRecord(entry) && Object.keys(entry).length === 0;
		if (key === '_or' && condition.some(isEmpty)) return null;
		const matches = condition.map((entry: unknown) => match(entry, item, judging));
		return combine(matches, key === '_and' ? all : any);
	}
	if (isRecord(condition) && Object.keys(condition).length === 0) return null;
	const matched = matchColumn(key, condition, item, judging);
	return matched === 'unknown' ? (judging.otherwise?.({ [key]: condition }) ?? 'unknown') : matched;
}

function matchColumn(key: string, condition: unknown, item: Row, { dialect, types }: Judging): Match {
	const valued = valueOf(key, item, types, dialect);
	if (!valued || !isRecord(condition)) return 'unknown';
	return all(Object.entries(condition).map(([operator, operand]) => matchValue(operator, operand, valued)));
}

const FUNCTION = /^(\w+)\((\w+)\)$/;

/** The value that a condition is about, if it is one of the item's own columns, or a function of one. */
function valueOf(key: string, item: Row, types: ReadonlyMap<string, string>, dialect: Dialect): Valued | null {
	const [, name, inside] = FUNCTION.exec(key) ?? [];
	const column = inside ?? key;
	const type = types.get(column);
	if (type === undefined || !Object.hasOwn(item, column)) return null;
	const value = item[column];
	if (name === undefined) return { value, type, dialect };
	const part = value === null ? null : partOf(name, value, type, dialect);
	return part === undefined ? null : { value: part, type: 'function', dialect };
}

/** What `year(…)` and the like give; undefined where that cannot be told. */
function partOf(name: string, value: unknown, type: string, dialect: Dialect): number | undefined {
	if (name === 'count') return Array.isArray(value) ? value.length : undefined;
	if (typeof value !== 'string') return undefined;
	const text = type === 'date' ? `${value}T00:00:00Z` : type === 'time' ? `1970-01-01T${value}Z` : value;
	const date = new Date(type === 'dateTime' ? `${text}Z` : text);
	if (Number.isNaN(date.getTime())) return undefined;
	const yearDay = Math.floor(
		(Date.UTC(2000, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(2000, 0, 1)) / 86_400_000,
	);
	const leap = new Date(Date.UTC(date.getUTCFullYear(), 1, 29)).getUTCMonth() === 1;
	const dayOfYear = yearDay - (!leap && date.getUTCMonth() > 1 ? 1 : 0);
	const weekday = date.getUTCDay();
	switch (name) {
		case 'year':
			return date.getUTCFullYear();
		case 'month':
			return date.getUTCMonth() + 1;
		case 'day':
			return date.getUTCDate();
		case 'weekday':
			return dialect === 'mysql' ? weekday + 1 : weekday;
		case 'week':
			if (dialect === 'sqlite') return Math.floor((dayOfYear + 7 - ((weekday + 6) % 7)) / 7);
			return dialect === 'mysql' ? Math.floor((dayOfYear + 7 - weekday) / 7) : isoWeek(date);
		case 'hour':
			return type === 'time' && dialect === 'sqlite' ? undefined : date.getUTCHours();
		case 'minute':
			return type === 'time' && dialect === 'sqlite' ? undefined : date.getUTCMinutes();
		case 'second': {
			// PostgreSQL gives fractions of seconds, which Directus reads of timestamps only.
			if (dialect !== 'postgres') return type === 'time' && dialect === 'sqlite' ? undefined : date.getUTCSeconds();
			return type === 'timestamp' ? date.getUTCSeconds() + date.getUTCMilliseconds() / 1_000 : undefined;
		}
		default:
			return undefined;
	}
}

function isoWeek(date: Date): number {
	const thursday = new Date(date.getTime());
	thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
	return Math.floor((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0, 1)) / 86_400_000 / 7) + 1;
}

/** One comparison of an own date field with `$NOW`: the field, and the variable with its offset. */
export interface Moment {
	field: string;
	variable: string;
	/** How much later, in ms, the comparison changes: that of a day does so at its end. */
	later?: number;
}

/** The comparisons of own fields with `$NOW` in a filter, each once: where the clock alone changes what matches. */
export function momentsOf(filter: Filter | undefined): Moment[] {
	const moments = new Map<string, Moment>();
	const walk = (node: unknown, field: string | null): void => {
		if (Array.isArray(node)) for (const entry of node) walk(entry, field);
		else if (isRecord(node))
			for (const [key, value] of Object.entries(node)) {
				if (key.startsWith('_')) walk(value, field);
				else if (field === null) walk(value, key);
			}
		else if (field !== null && isNow(node)) moments.set(`${field} ${node}`, { field, variable: node });
	};
	walk(filter ?? {}, null);
	return [...moments.values()].filter(({ field }) => /^\w+$/.test(field));
}

/**
 * Whether an item with these values may have matched at any time up to `judging.now`: what once was shown may be on a
 * page still, though it has stopped matching by the clock alone.
 */
export function matchedEver(filter: Filter, item: Row, judging: Judging): Match {
	const at = matchFilter(filter, item, judging);
	if (at === 'yes') return at;
	const times = momentsOf(filter).flatMap(({ field, variable }) => {
		const value = item[field];
		const ms = typeof value === 'string' || value instanceof Date ? new Date(value).getTime() : Number.NaN;
		// The offset moves now; what moves the other way is when the field is reached.
		const reached = ms - (resolveNow(variable, judging.now).getTime() - judging.now);
		return Number.isNaN(reached) ? [] : [reached - A_DAY, reached - 1_000, reached, reached + 1_000];
	});
	const earlier = times.filter((time) => time < judging.now);
	const once = any(earlier.map((now) => matchFilter(filter, item, { ...judging, now })));
	// By now it does not match: what it was is not for the target to see, but its page may be there.
	return at === 'unknown' || once !== 'no' ? 'unknown' : 'no';
}

/** Days of offsets are counted on the calendar, and dates may be of another time zone: a day before is well before. */
const A_DAY = 86_400_000 + 7_200_000;
