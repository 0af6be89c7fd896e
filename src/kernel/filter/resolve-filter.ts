import { isRecord } from '../core/is-record.js';
import { LIST_OPERATORS, SHAPE_OPERATORS } from './filter-operators.js';

/** A Directus filter, as it is written or as `resolveFilter` gives it. */
export type Filter = Record<string, unknown>;

/** Variables of a filter that stand for the user who makes the request. */
const OF_A_USER = ['$CURRENT_USER', '$CURRENT_ROLES', '$CURRENT_ROLE', '$CURRENT_POLICIES'];

/** Whether this is a variable that only a user's request could resolve. There is no request when a rule is judged. */
export const isOfUser = (value: unknown): value is string =>
	typeof value === 'string' && OF_A_USER.some((variable) => value.startsWith(variable));

/** Whether this is `$NOW`, with or without an offset. */
export const isNow = (value: unknown): value is string => typeof value === 'string' && value.startsWith('$NOW');

/**
 * What Directus makes of a filter before it becomes a query (`parseFilter` of `@directus/utils`, which callers of its
 * services have to do): variables are resolved, `"true"`, `"false"` and `"null"` read, lists made lists, and
 * several conditions in one object joined by `_and`, which stands outside relations. Without it `$NOW` is compared as
 * text, and of `{ "_gt": 4, "_lte": 5 }` only the first half counts.
 *
 * Every object of the result has one key, but for what `_json` holds.
 * @param now ms since 1970, for `$NOW`
 */
export function resolveFilter(filter: Filter, now: number): Filter {
	return raiseLogic(coerce(recurse(filter, now)) as Filter);
}

function recurse(filter: unknown, now: number): unknown {
	if (filter === null || filter === undefined) return null;
	if (typeof filter !== 'object') return { _eq: resolveVariable(filter, now) };
	const parts = Object.entries(filter).map((entry) => resolveEntry(entry, now));
	const [first] = parts;
	return first === undefined ? {} : parts.length === 1 ? first : { _and: parts };
}

const LISTS: readonly string[] = LIST_OPERATORS;
const SHAPES: readonly string[] = SHAPE_OPERATORS;

function resolveEntry([key, value]: [string, unknown], now: number): Filter {
	if (key === '_and' || key === '_or')
		return { [key]: Array.isArray(value) ? value.map((entry: unknown) => recurse(entry, now)) : value };
	if (LISTS.includes(key)) return { [key]: listOf(value).flatMap((entry) => resolveVariable(entry, now)) };
	if (SHAPES.includes(key)) return { [key]: typeof value === 'string' ? readShape(value) : value };
	if (key === '_json') return { [key]: isRecord(value) ? resolveJson(value, now) : value };
	if (key.startsWith('_') && key !== '_some' && key !== '_none') return { [key]: resolveVariable(value, now) };
	return { [key]: recurse(value, now) };
}

const listOf = (value: unknown): unknown[] =>
	isRecord(value)
		? Object.values(value)
		: typeof value === 'string'
			? value.split(',')
			: Array.isArray(value)
				? value
				: [value];

function readShape(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function resolveJson(filter: Filter, now: number): Filter {
	return Object.fromEntries(
		Object.entries(filter).map(([key, value]): [string, unknown] => {
			if (key === '_and' || key === '_or')
				return [key, Array.isArray(value) ? value.map((entry) => resolveJson(entry as Filter, now)) : value];
			if (LISTS.includes(key) && (Array.isArray(value) || isRecord(value)))
				return [key, listOf(value).flatMap((entry) => resolveVariable(entry, now))];
			if (key.startsWith('_')) return [key, resolveVariable(value, now)];
			return [key, isRecord(value) ? resolveJson(value, now) : value];
		}),
	);
}

function resolveVariable(value: unknown, now: number): unknown {
	if (isNow(value)) return resolveNow(value, now);
	// As for a request without a user.
	return isOfUser(value) ? null : value;
}

const OFFSET =
	/^(-?(?:\d+(?:\.\d+)?|\.\d+)) *(milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|months?|mth|mo|years?|yrs?|y)?$/i;

/** The offset of `$NOW(…)`; null if there is none or Directus cannot read it, and then it means now. */
function offsetOf(variable: string): { amount: number; unit: string } | null {
	const inside = /^[^(]*\((.*)\)/.exec(variable)?.[1];
	if (!inside) return null;
	const sign = inside.startsWith('-') ? -1 : 1;
	const match = OFFSET.exec(/^[+-]/.test(inside) ? inside.slice(1) : inside);
	if (!match?.[1]) return null;
	return { amount: sign * Number.parseFloat(match[1]), unit: (match[2] ?? 'days').toLowerCase() };
}

/** Whether Directus reads the offset of a `$NOW(…)`; it silently takes any other for now. */
export const isReadableNow = (variable: string) => variable === '$NOW' || offsetOf(variable) !== null;

/**
 * The moment that `$NOW`, `$NOW(-1 day)` and the like stand for. Days, weeks, months and years are counted on the
 * calendar of the process, as Directus does it; shorter ones by the clock.
 * @param now ms since 1970
 */
export function resolveNow(variable: string, now: number): Date {
	const date = new Date(now);
	const offset = offsetOf(variable);
	if (!offset) return date;
	const { amount, unit } = offset;
	const months = (count: number) => {
		if (!count) return date;
		// The 31st plus a month is the last day of a shorter one.
		const last = new Date(date);
		last.setMonth(date.getMonth() + count + 1, 0);
		if (date.getDate() >= last.getDate()) return last;
		date.setFullYear(last.getFullYear(), last.getMonth(), date.getDate());
		return date;
	};
	const days = (count: number) => {
		if (count) date.setDate(date.getDate() + count);
		return date;
	};
	const clock = (ms: number) => new Date(now + ms);
	if (unit.startsWith('y')) return months(amount * 12);
	if (unit.startsWith('mo') || unit === 'mth') return months(amount);
	if (unit.startsWith('w')) return days(amount * 7);
	if (unit.startsWith('d')) return days(amount);
	if (unit.startsWith('h')) return clock(amount * 3_600_000);
	if (unit.startsWith('s')) return clock(amount * 1_000);
	if (unit.startsWith('ms') || unit.startsWith('milli')) return clock(amount);
	return clock(amount * 60_000);
}

function coerce(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(coerce);
	if (isPlain(value)) return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, coerce(entry)]));
	if (value === 'true') return true;
	if (value === 'false') return false;
	return value === 'null' || value === 'NULL' ? null : value;
}

const isPlain = (value: unknown): value is Filter => isRecord(value) && !(value instanceof Date);

/** `{ "author": { "_and": […] } }` ⇒ `{ "_and": [{ "author": … }, …] }`: Directus' queries know no other form. */
function raiseLogic(filter: unknown): Filter {
	if (!isPlain(filter)) return filter as Filter;
	const [key] = Object.keys(filter);
	if (key === undefined) return filter;
	const value = filter[key];
	if (key === '_and' || key === '_or') return { [key]: Array.isArray(value) ? value.map(raiseLogic) : value };
	if (key.startsWith('_')) return filter;
	const child = raiseLogic(value);
	const [childKey] = isPlain(child) ? Object.keys(child) : [];
	const inner = childKey === undefined ? undefined : child[childKey];
	if ((childKey === '_and' || childKey === '_or') && Array.isArray(inner))
		return raiseLogic({ [childKey]: inner.map((entry: unknown) => ({ [key]: entry })) });
	return { [key]: child };
}
