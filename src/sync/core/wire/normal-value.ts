import { readJson } from '../../../kernel/core/read-json.js';
import type { WireValue } from '../merge/row-state.js';

/** Turns a value that is there, as a database driver or Directus gives it, into its normal form. */
type Normaliser = (value: unknown) => WireValue;

/** Types that never leave their instance: what cannot be read back, and what is no value. */
const NEVER = new Set(['hash', 'binary', 'alias']);

/**
 * How values of a field of this type (Directus' word) are brought into normal form, null for types that never travel.
 * The same content is the same value from SQLite, PostgreSQL and MariaDB, by their drivers or through Directus; a value
 * in normal form stays as it is.
 */
export function normaliserOf(type: string): Normaliser | null {
	if (NEVER.has(type)) return null;
	const normalise = type.startsWith('geometry') ? geometry : (NORMALISERS[type] ?? asIs);
	return (value) => (value === null || value === undefined || isNoDate(value) ? null : normalise(value));
}

const NORMALISERS: Record<string, Normaliser> = {
	string: text,
	text,
	uuid: (value) => text(value).toLowerCase(),
	integer: number,
	float: (value) => decimal(shortest(number(value))),
	bigInteger: decimal,
	decimal,
	boolean,
	json,
	csv,
	date: (value) => (typeof value === 'string' ? dateOf(value) : local(value, dateOf)),
	dateTime: (value) => (typeof value === 'string' ? dateTimeOf(value) : local(value, dateTimeOf)),
	time: (value) => (typeof value === 'string' ? timeOf(value) : local(value, (it) => timeOf(it.slice(11)))),
	timestamp,
};

/** What MariaDB gives where it was once allowed to keep the day zero; Directus takes it for empty, too. */
const isNoDate = (value: unknown): boolean => value instanceof Date && Number.isNaN(value.getTime());

const asIs: Normaliser = (value) => (typeof value === 'bigint' || value instanceof Date ? text(value) : value);

function text(value: unknown): string {
	if (typeof value === 'string') return value;
	if (value instanceof Date) return value.toISOString();
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Anything that is not a number stays as it is, so that the mistake is visible. */
function number(value: unknown): WireValue {
	if (typeof value === 'number') return value === 0 ? 0 : value;
	if (typeof value === 'boolean') return value ? 1 : 0;
	// An object may have a toString that is none.
	const read = typeof value !== 'object' || value instanceof Date ? Number(value) : NaN;
	return text(value).trim() === '' || !Number.isFinite(read) || isTooLong(value, read) ? text(value) : read + 0;
}

const isTooLong = (value: unknown, read: number): boolean =>
	/^-?\d{16,}$/.test(text(value)) && !Number.isSafeInteger(read);

/** What 32 bits can tell apart, in decimal digits. */
const DIGITS_OF_32_BITS = 9;

/**
 * Databases keep a float with 32 bits, or with 64: of a number of 32 that was widened to 64, the shortest that means the
 * same. Others stay, since a decimal is a float of 64 bits to SQLite, and is the same field of the same collection.
 */
function shortest(value: WireValue): WireValue {
	if (typeof value !== 'number' || Math.fround(value) !== value) return value;
	if (value === Number(value.toPrecision(DIGITS_OF_32_BITS))) return value;
	for (let digits = 6; digits < DIGITS_OF_32_BITS; digits++) {
		const short = Number(value.toPrecision(digits));
		if (Math.fround(short) === value) return short;
	}
	return Number(value.toPrecision(DIGITS_OF_32_BITS));
}

const PLAIN = /^(?:0|-?[1-9]\d*)$/;
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?$/i;

/** Without zeros that say nothing and without an exponent; as text, since a number would round it. */
function decimal(value: unknown): string {
	const given = text(value).trim();
	if (PLAIN.test(given)) return given;
	const match = DECIMAL.exec(given);
	if (!match || given.search(/\d/) < 0) return given;
	const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
	const digits = whole + fraction;
	const point = whole.length + Number(exponent);
	const padded = point < 0 ? '0'.repeat(-point) + digits : digits.padEnd(point, '0');
	const at = Math.max(point, 0);
	const before = padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
	const after = padded.slice(at).replace(/(?<!0)0+$/, '');
	const plain = after === '' ? before : `${before}.${after}`;
	return sign === '-' && plain !== '0' ? `-${plain}` : plain;
}

function boolean(value: unknown): boolean {
	if (value instanceof Uint8Array) return value[0] === 1;
	return value === true || value === 1 || value === 1n || value === '1' || value === 'true' || value === 't';
}

/** JSON as text is read until it is none: what one driver gives as text, another gives as value. */
function json(value: unknown): WireValue {
	let read = asIs(value);
	for (let before: unknown; typeof read === 'string' && read !== before;) {
		before = read;
		read = readJson(read);
	}
	return read;
}

function csv(value: unknown): WireValue {
	const list = Array.isArray(value) ? value.map(text) : text(value).split(',');
	return list.length === 1 && list[0] === '' ? [] : list;
}

/** Without what only one database adds to it, like the name of the coordinate system. */
function geometry(value: unknown): WireValue {
	const shape = json(value);
	if (typeof shape !== 'object' || shape === null || !('type' in shape)) return shape;
	if ('geometries' in shape && Array.isArray(shape.geometries)) {
		return { type: shape.type, geometries: shape.geometries.map(geometry) };
	}
	return 'coordinates' in shape ? { type: shape.type, coordinates: shape.coordinates } : shape;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Date and time as the clock on the wall shows them: drivers read a column without a zone in that of the process. */
function local(value: unknown, part: (text: string) => string): WireValue {
	// No driver gives an object for a date; what another instance sends may be anything.
	if (typeof value === 'object' && !(value instanceof Date)) return json(value);
	const date = value instanceof Date ? value : new Date(Number(value));
	if (!(date.getFullYear() >= 0 && date.getFullYear() <= 9999)) return text(value);
	const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
	return part(`${day}T${time}${partsOf(String(date.getMilliseconds()).padStart(3, '0'))}`);
}

const dateOf = (value: string): string =>
	/^\d{4}-\d{2}-\d{2}/.test(value) ? value.slice(0, 10) : fromDigits(value, dateOf);

function dateTimeOf(value: string): string {
	const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?:(:\d{2})(?:\.(\d+))?)?)?/.exec(value);
	if (!match) return fromDigits(value, dateTimeOf);
	return `${match[1]}T${match[2] ?? '00:00'}${match[3] ?? ':00'}${partsOf(match[4])}`;
}

function timeOf(value: string): string {
	const match = /^(\d{2}:\d{2})(?:(:\d{2})(?:\.(\d+))?)?/.exec(value);
	return match ? `${match[1]}${match[2] ?? ':00'}${partsOf(match[3])}` : value;
}

/** Parts of a second, as far as Directus and the drivers know of them: milliseconds, and nothing where there are none. */
function partsOf(digits = ''): string {
	const ms = digits.slice(0, 3).padEnd(3, '0');
	return ms === '000' ? '' : `.${ms}`;
}

/** SQLite keeps dates as the text of a number, too. */
const fromDigits = (value: string, part: (text: string) => string): string =>
	/^-?\d{5,15}$/.test(value) ? String(local(Number(value), part)) : value;

const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Milliseconds in UTC. Some databases keep less of it (`kept-times.ts`). */
function timestamp(value: unknown): string {
	if (typeof value === 'string' && STAMP.test(value)) return value;
	const isNumber = typeof value === 'number' || typeof value === 'bigint' || /^-?\d{5,15}$/.test(text(value));
	const date = value instanceof Date ? value : new Date(isNumber ? Number(value) : text(value));
	const ms = date.getTime();
	return Number.isNaN(ms) ? text(value) : date.toISOString();
}
