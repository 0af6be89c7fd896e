import { isRecord } from './is-record.js';

/** Whether an item matches: `unknown` where the filter asks for something that the values at hand do not tell. */
export type Match = 'yes' | 'no' | 'unknown';

/**
 * Evaluates a Directus filter on the values an item *had*, which no query can ask for any more
 * (https://directus.io/docs/guides/connect/filter-rules). The values an item *has* are asked of the database instead,
 * so that both agree with what Directus' own API would return. Whatever cannot be told from the values (relations,
 * functions, current-user variables, an operator of a later Directus) is `unknown`, and the caller treats unknown as
 * "may have matched": a page too many is refreshed rather than one too few.
 * @param item the item's own columns, cast as Directus casts them
 * @param now ms since 1970, for `$NOW`
 */
export function matchFilter(filter: Record<string, unknown>, item: Record<string, unknown>, now: number): Match {
	return all(
		Object.entries(filter).map(([key, condition]) => {
			if (key === '_and')
				return Array.isArray(condition)
					? all(condition.map((entry) => (isRecord(entry) ? matchFilter(entry, item, now) : 'unknown')))
					: 'unknown';
			if (key === '_or')
				return Array.isArray(condition)
					? any(condition.map((entry) => (isRecord(entry) ? matchFilter(entry, item, now) : 'unknown')))
					: 'unknown';
			if (!Object.hasOwn(item, key) || !isRecord(condition)) return 'unknown';
			return all(
				Object.entries(condition).map(([operator, operand]) => matchOperator(operator, operand, item[key], now)),
			);
		}),
	);
}

function matchOperator(operator: string, operand: unknown, value: unknown, now: number): Match {
	const test = operators[operator];
	if (!test) return 'unknown';
	const resolved = Array.isArray(operand)
		? operand.map((entry) => resolveVariable(entry, now))
		: resolveVariable(operand, now);
	if (resolved === UNRESOLVED || (Array.isArray(resolved) && resolved.includes(UNRESOLVED))) return 'unknown';
	return test(value, resolved);
}

const UNRESOLVED = Symbol('a variable that only a request could resolve');

const UNITS: Record<string, number> = {
	second: 1_000,
	minute: 60_000,
	hour: 3_600_000,
	day: 86_400_000,
	week: 604_800_000,
};

function resolveVariable(operand: unknown, now: number): unknown {
	if (typeof operand !== 'string' || !operand.startsWith('$')) return operand;
	if (operand === '$NOW') return new Date(now).toISOString();
	const offset = /^\$NOW\(\s*([+-]?\d+)\s*(second|minute|hour|day|week)s?\s*\)$/.exec(operand);
	if (offset) return new Date(now + Number(offset[1]) * (UNITS[offset[2] as string] ?? 0)).toISOString();
	return operand.startsWith('$NOW') || operand.startsWith('$CURRENT_') ? UNRESOLVED : operand;
}

type Test = (value: unknown, operand: unknown) => Match;

const told = (answer: boolean): Match => (answer ? 'yes' : 'no');
const negated =
	(test: Test): Test =>
	(value, operand) =>
		not(test(value, operand));
const textual =
	(test: (text: string, part: string) => boolean): Test =>
	(value, operand) =>
		value === null || value === undefined ? 'no' : told(test(String(value), String(operand)));
const caseless =
	(test: (text: string, part: string) => boolean): Test =>
	(value, operand) =>
		value === null || value === undefined
			? 'no'
			: told(test(String(value).toLowerCase(), String(operand).toLowerCase()));
const ordered =
	(test: (order: number) => boolean): Test =>
	(value, operand) => {
		if (value === null || value === undefined) return 'no';
		const order = compare(value, operand);
		return order === null ? 'unknown' : told(test(order));
	};

const equals: Test = (value, operand) => {
	if (value === null || value === undefined) return told(operand === null);
	const order = compare(value, operand);
	return order === null ? 'unknown' : told(order === 0);
};
const oneOf: Test = (value, operand) =>
	Array.isArray(operand) ? any(operand.map((entry) => equals(value, entry))) : 'unknown';
const between: Test = (value, operand) =>
	Array.isArray(operand) && operand.length === 2
		? all([ordered((o) => o >= 0)(value, operand[0]), ordered((o) => o <= 0)(value, operand[1])])
		: 'unknown';
const isNull: Test = (value, operand) => told((value === null || value === undefined) === (operand !== false));
const isEmpty: Test = (value, operand) =>
	told(
		(value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) ===
			(operand !== false),
	);

const operators: Record<string, Test> = {
	_eq: equals,
	_neq: negated(equals),
	_lt: ordered((order) => order < 0),
	_lte: ordered((order) => order <= 0),
	_gt: ordered((order) => order > 0),
	_gte: ordered((order) => order >= 0),
	_in: oneOf,
	_nin: negated(oneOf),
	_null: isNull,
	_nnull: negated(isNull),
	_empty: isEmpty,
	_nempty: negated(isEmpty),
	_between: between,
	_nbetween: negated(between),
	_contains: textual((text, part) => text.includes(part)),
	_ncontains: negated(textual((text, part) => text.includes(part))),
	_icontains: caseless((text, part) => text.includes(part)),
	_nicontains: negated(caseless((text, part) => text.includes(part))),
	_starts_with: textual((text, part) => text.startsWith(part)),
	_nstarts_with: negated(textual((text, part) => text.startsWith(part))),
	_istarts_with: caseless((text, part) => text.startsWith(part)),
	_nistarts_with: negated(caseless((text, part) => text.startsWith(part))),
	_ends_with: textual((text, part) => text.endsWith(part)),
	_nends_with: negated(textual((text, part) => text.endsWith(part))),
	_iends_with: caseless((text, part) => text.endsWith(part)),
	_niends_with: negated(caseless((text, part) => text.endsWith(part))),
};

/** -1, 0 or 1; null where the two cannot be compared (an object, say). Numbers in text compare as numbers. */
function compare(value: unknown, operand: unknown): number | null {
	if (typeof value === 'boolean' || typeof operand === 'boolean')
		return toBoolean(value) === toBoolean(operand) ? 0 : 1;
	if (typeof value === 'number' || typeof operand === 'number') {
		const [a, b] = [Number(value), Number(operand)];
		if (!Number.isNaN(a) && !Number.isNaN(b)) return Math.sign(a - b);
	}
	if (
		value instanceof Date ||
		(typeof value === 'string' && typeof operand === 'string' && looksLikeDate(value) && looksLikeDate(operand))
	) {
		return Math.sign(new Date(value).getTime() - new Date(String(operand)).getTime());
	}
	if (typeof value === 'object' || typeof operand === 'object') return null;
	const [a, b] = [String(value), String(operand)];
	return a < b ? -1 : a > b ? 1 : 0;
}

const looksLikeDate = (text: string) => /^\d{4}-\d{2}-\d{2}(T|$| )/.test(text) && !Number.isNaN(Date.parse(text));
const toBoolean = (value: unknown) => value === true || value === 1 || value === '1' || value === 'true';

const not = (match: Match): Match => (match === 'unknown' ? match : match === 'yes' ? 'no' : 'yes');
const all = (matches: Match[]): Match =>
	matches.includes('no') ? 'no' : matches.includes('unknown') ? 'unknown' : 'yes';
const any = (matches: Match[]): Match =>
	matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no';
