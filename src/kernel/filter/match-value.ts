import type { Dialect } from '../core/dialect.js';
import type { LIST_OPERATORS, VALUE_OPERATORS } from './filter-operators.js';
import { DATE_TYPES } from '../../contract/vocabulary.js';
import { compareTexts, isWritten, matchesLike, matchesLower } from './match-text.js';
import type { Match } from './match.js';

/** One column's value, cast as Directus casts it, and how the database compares such values. */
export interface Valued {
	value: unknown;
	/** Directus' name for the column's type; `function` for what a function such as `year()` gives. */
	type: string;
	dialect: Dialect;
}

const matchIf = (answer: boolean): Match => (answer ? 'yes' : 'no');
const not = (match: Match): Match => (match === 'unknown' ? match : match === 'yes' ? 'no' : 'yes');
export const all = (matches: Match[]): Match =>
	matches.includes('no') ? 'no' : matches.includes('unknown') ? 'unknown' : 'yes';
export const any = (matches: Match[]): Match =>
	matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no';

const NUMBERS = ['integer', 'bigInteger', 'float', 'decimal', 'function'];
const TEXTS = ['string', 'text', 'csv'];

/**
 * Evaluates one operator of a resolved filter as the database would: a value that is null passes no comparison, and no
 * negated one either. What depends on what is not known here (a collation, a time zone) is `unknown`, and so is what
 * the database would refuse.
 */
export function matchValue(operator: string, operand: unknown, valued: Valued): Match {
	const { value, type } = valued;
	const isNull = value === null || value === undefined;
	if (asksForNull(operator, operand)) return matchIf(isNull);
	if (asksForValue(operator, operand)) return matchIf(!isNull);
	if (operator === '_empty' || operator === '_nempty') {
		const wantsEmpty = (operator === '_empty') === (operand !== false);
		if (!TEXTS.includes(type)) return isNull ? matchIf(wantsEmpty) : 'unknown';
		return matchIf((isNull || textOf(value) === '') === wantsEmpty);
	}
	if (operand === undefined) return 'unknown';
	if (!Object.hasOwn(TESTS, operator)) return 'unknown';
	return TESTS[operator as keyof typeof TESTS](valued, operand, isNull);
}

const asksForNull = (operator: string, operand: unknown) =>
	(operator === '_null' && operand !== false) ||
	(operator === '_nnull' && operand === false) ||
	(operator === '_eq' && operand === null);
const asksForValue = (operator: string, operand: unknown) =>
	(operator === '_nnull' && operand !== false) ||
	(operator === '_null' && operand === false) ||
	(operator === '_neq' && operand === null);

type Test = (valued: Valued, operand: unknown, isNull: boolean) => Match;
/** How two values compare: their order, or null where that cannot be told. */
type Order = number | null;

const compared =
	(test: (order: number) => boolean, onlyEquality = false): Test =>
	(valued, operand, isNull) => {
		if (isNull) return 'no';
		if (operand === null && !NUMBERS.includes(valued.type)) return 'no';
		const order = compare(valued, operand, onlyEquality);
		return order === null ? 'unknown' : matchIf(test(order));
	};
const equal = compared((order) => order === 0, true);
const different = compared((order) => order !== 0, true);

const listed =
	(negated: boolean): Test =>
	(valued, operand, isNull) => {
		if (!Array.isArray(operand)) return 'unknown';
		if (operand.length === 0) return matchIf(negated);
		if (isNull) return 'no';
		const present = operand.filter((entry) => entry !== null || NUMBERS.includes(valued.type));
		const result = any(present.map((entry) => equal(valued, entry, false)));
		// Nothing is known to differ from null.
		return negated ? (present.length < operand.length ? 'no' : not(result)) : result;
	};

const within =
	(negated: boolean): Test =>
	(valued, operand, isNull) => {
		if (!Array.isArray(operand)) return 'unknown';
		if (operand.length !== 2) return 'unknown';
		if (isNull) return 'no';
		const inside = all([
			compared((order) => order >= 0)(valued, operand[0], false),
			compared((order) => order <= 0)(valued, operand[1], false),
		]);
		if (operand.includes(null) && !NUMBERS.includes(valued.type)) return 'unknown';
		return negated ? not(inside) : inside;
	};

type Place = 'anywhere' | 'start' | 'end';
const like =
	(place: Place, { negated = false, caseless = false } = {}): Test =>
	({ value, type, dialect }, operand, isNull) => {
		if (isNull) return 'no';
		if (!TEXTS.includes(type) || (caseless ? typeof operand !== 'string' : !isWritten(operand))) return 'unknown';
		const part = caseless ? String(operand).toLowerCase() : String(operand);
		const pattern = `${place === 'start' ? '' : '%'}${part}${place === 'end' ? '' : '%'}`;
		const text = textOf(value);
		if (text === null) return 'unknown';
		const result = caseless ? matchesLower(text, pattern, dialect) : matchesLike(text, pattern, dialect);
		return negated ? not(result) : result;
	};

/** Shapes and JSON only the database can compare; whether there is a value at all is told before. */
const TESTS: Record<(typeof VALUE_OPERATORS | typeof LIST_OPERATORS)[number], Test> = {
	_eq: equal,
	_neq: different,
	_lt: compared((order) => order < 0),
	_lte: compared((order) => order <= 0),
	_gt: compared((order) => order > 0),
	_gte: compared((order) => order >= 0),
	_in: listed(false),
	_nin: listed(true),
	_between: within(false),
	_nbetween: within(true),
	_contains: like('anywhere'),
	_ncontains: like('anywhere', { negated: true }),
	_icontains: like('anywhere', { caseless: true }),
	_nicontains: like('anywhere', { caseless: true, negated: true }),
	_starts_with: like('start'),
	_nstarts_with: like('start', { negated: true }),
	_istarts_with: like('start', { caseless: true }),
	_nistarts_with: like('start', { caseless: true, negated: true }),
	_ends_with: like('end'),
	_nends_with: like('end', { negated: true }),
	_iends_with: like('end', { caseless: true }),
	_niends_with: like('end', { caseless: true, negated: true }),
};

function compare(valued: Valued, operand: unknown, onlyEquality: boolean): Order {
	const { type, value, dialect } = valued;
	if (NUMBERS.includes(type)) return compareNumbers(valued, operand);
	if (type === 'boolean') return compareBooleans(value, operand);
	if (DATE_TYPES.includes(type)) return compareDates(valued, operand);
	if (type === 'time') return compareTimes(valued, operand);
	// Which of two texts comes first is the collation's to say.
	if (!onlyEquality) return null;
	if (type === 'uuid' && dialect === 'postgres')
		return typeof operand === 'string' && typeof value === 'string'
			? asOrder(value.toLowerCase() === operand.toLowerCase())
			: null;
	const text = TEXTS.includes(type) || type === 'uuid' ? textOf(value) : null;
	return text === null ? null : compareTexts(text, operand, dialect);
}

const asOrder = (same: boolean) => (same ? 0 : 1);

/** Directus casts what an integer, a float or a decimal is compared with; a word that is no number it refuses. */
function compareNumbers({ value, type, dialect }: Valued, operand: unknown): Order {
	if (type === 'bigInteger') {
		const [a, b] = [asBigInt(value), asBigInt(operand)];
		return a === null || b === null ? null : a < b ? -1 : a > b ? 1 : 0;
	}
	const [a, b] = [Number(value), Number(operand)];
	if (Number.isNaN(a) || Number.isNaN(b) || (typeof operand === 'object' && operand !== null)) return null;
	if (
		type === 'float' &&
		dialect !== 'sqlite' &&
		Math.fround(a) === Math.fround(b) &&
		(a !== b || Math.fround(a) !== a)
	)
		return dialect === 'postgres' ? 0 : null;
	// Beyond what a double holds exactly.
	if (type === 'decimal' && a === b && String(value).replace(/\D/g, '').length > 15) return null;
	return Math.sign(a - b);
}

function asBigInt(value: unknown): bigint | null {
	if (typeof value === 'bigint') return value;
	if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : null;
	return typeof value === 'string' && /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : null;
}

function compareBooleans(value: unknown, operand: unknown): Order {
	const [a, b] = [value, operand].map((side) =>
		side === true || side === 1 || side === '1' ? 1 : side === false || side === 0 || side === '0' ? 0 : null,
	);
	return a === null || b === null || a === undefined || b === undefined ? null : Math.sign(a - b);
}

/**
 * SQLite has dates as ms since 1970; the others compare what a clock on the wall shows, and of `timestamp` in UTC.
 */
function compareDates(valued: Valued, operand: unknown): Order {
	const { type, dialect } = valued;
	const value = instantOf(valued);
	if (value === null || (typeof operand !== 'string' && !(operand instanceof Date))) return null;
	const others = operandInstants(operand, type, dialect);
	if (others.length === 0) return null;
	const orders = new Set(
		others.map((other) => {
			// Directus reads a dateTime to the second; which part of it is stored is not told.
			if (type === 'dateTime' && Math.floor(value / 1_000) === Math.floor(other / 1_000) && other % 1_000 !== 0)
				return null;
			return Math.sign(value - other);
		}),
	);
	return orders.size === 1 ? ([...orders][0] ?? null) : null;
}

/** The value in ms: by the clock where the database stores that, else as if its wall clock were in UTC. */
function instantOf({ value, type, dialect }: Valued): number | null {
	if (typeof value !== 'string') return value instanceof Date ? value.getTime() : null;
	const text = type === 'date' ? `${value}T00:00:00` : value;
	const ms = new Date(type === 'timestamp' || dialect === 'sqlite' ? text : `${text}Z`).getTime();
	return Number.isNaN(ms) ? null : ms;
}

const ISO = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** What the operand may be taken for, in the same ms; several where the time zone of a connection decides. */
function operandInstants(operand: string | Date, type: string, dialect: Dialect): number[] {
	if (operand instanceof Date) {
		if (dialect === 'postgres' && type === 'date') return [Date.parse(operand.toISOString().slice(0, 10))];
		return [operand.getTime()];
	}
	const parsed = ISO.exec(operand);
	if (!parsed) return [];
	const [, day = '', time, zone] = parsed;
	if (dialect === 'sqlite') return [new Date(operand).getTime()].filter((ms) => !Number.isNaN(ms));
	// How a day compares with a day and a time depends on the version, and on whether they stand in a list.
	if (dialect === 'mysql' && ((zone !== undefined && zone !== 'Z') || (type === 'date' && time !== undefined)))
		return [];
	const wall = Date.parse(`${day}T${type === 'date' && dialect === 'postgres' ? '00:00' : (time ?? '00:00')}Z`);
	if (Number.isNaN(wall)) return [];
	if (type !== 'timestamp' || dialect === 'mysql') return [wall];
	if (zone !== undefined) return [new Date(operand).getTime()].filter((ms) => !Number.isNaN(ms));
	return [wall, new Date(`${day}T${time ?? '00:00'}`).getTime()];
}

function compareTimes({ value, dialect }: Valued, operand: unknown): Order {
	if (typeof value !== 'string' || typeof operand !== 'string') return null;
	const [a, b] = dialect === 'sqlite' ? [value, operand] : [clockOf(value), clockOf(operand)];
	if (a === null || b === null || (dialect === 'sqlite' && (operand.length > 8 || !operand.includes(':')))) return null;
	return a < b ? -1 : a > b ? 1 : 0;
}

const clockOf = (text: string) => {
	const parts = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text);
	return parts ? `${parts[1]}:${parts[2]}:${parts[3] ?? '00'}` : null;
};

/** What is stored of a text; a list of words (csv) is stored as one. null for what no text field holds. */
function textOf(value: unknown): string | null {
	if (Array.isArray(value)) return value.every((part) => part === null || isWritten(part)) ? value.join(',') : null;
	return isWritten(value) ? String(value) : null;
}
