/** What a column can hold, as far as it decides whether another one can hold the same. */
export interface ColumnShape {
	/** Directus' own type. */
	type: string;
	/** The database's name for it; `double precision` holds more than `real`. */
	dataType?: string | null;
	/** Digits in all and behind the point; null where the database sets no limit or does not say. */
	precision?: number | null;
	scale?: number | null;
	/** Characters; null where there is no limit. */
	length?: number | null;
}

/** What Directus makes of a decimal that says nothing of its digits. */
export const DIRECTUS_DECIMAL = { precision: 10, scale: 5 };

/** An amount of digits: before the point, behind it, and how many of them count where a value is rounded to that many. */
interface Digits {
	before: number;
	behind: number;
	/** null: all of them. */
	significant: number | null;
}

/** Digits that every value of these kinds of float keeps (FLT_DIG, DBL_DIG). */
const SINGLE = 6;
const DOUBLE = 15;
/** Far more than any column of a database has. */
const UNLIMITED = 100_000;

function digitsOf({ type, dataType, precision, scale }: ColumnShape, vendor: string): Digits | null {
	if (type === 'integer') return { before: 10, behind: 0, significant: null };
	if (type === 'bigInteger') return { before: 19, behind: 0, significant: null };
	if (type === 'decimal') {
		// Stored as a float: SQLite knows no decimals.
		if (vendor === 'sqlite') return { before: 308, behind: UNLIMITED, significant: DOUBLE };
		if (precision === null || precision === undefined)
			return { before: UNLIMITED, behind: UNLIMITED, significant: null };
		return { before: precision - (scale ?? 0), behind: scale ?? 0, significant: null };
	}
	if (type !== 'float') return null;
	const isDouble = vendor === 'sqlite' || /double|float8/.test(String(dataType ?? '').toLowerCase());
	return isDouble
		? { before: 308, behind: UNLIMITED, significant: DOUBLE }
		: {
				before: 38,
				// MySQL rounds a float that has a scale.
				behind: vendor === 'mysql' && typeof scale === 'number' ? scale : UNLIMITED,
				significant: SINGLE,
			};
}

/** Characters that every value of a type takes as text at most; null where it may be any number. */
function lengthOf(shape: ColumnShape, vendor: string): number | null {
	const digits = digitsOf(shape, vendor);
	if (digits) {
		// Sign, point and exponent of a float.
		if (digits.significant !== null) return digits.significant + 12;
		return digits.before >= UNLIMITED ? null : digits.before + digits.behind + 3;
	}
	return { boolean: 5, uuid: 36, date: 10, time: 18, dateTime: 32, timestamp: 35, hash: 255 }[shape.type] ?? null;
}

/** Types of which every value is one of the other too, beside numbers and text. */
const ALSO: Record<string, readonly string[]> = {
	date: ['dateTime', 'timestamp'],
	dateTime: ['timestamp'],
	timestamp: ['dateTime'],
	'geometry.Point': ['geometry'],
	'geometry.LineString': ['geometry'],
	'geometry.Polygon': ['geometry'],
	'geometry.MultiPoint': ['geometry'],
	'geometry.MultiLineString': ['geometry'],
	'geometry.MultiPolygon': ['geometry'],
};

const TEXT = new Set(['string', 'text', 'hash']);
/** What is stored as text by all databases, or can be read back from its text. */
const AS_TEXT = new Set([
	'string',
	'text',
	'hash',
	'uuid',
	'json',
	'csv',
	'boolean',
	'date',
	'time',
	'dateTime',
	'timestamp',
]);

/**
 * Whether a column of the one shape still has all that the other held, whatever that was. What a database refuses to
 * convert counts as lost as well.
 */
export function keepsEveryValue(from: ColumnShape, to: ColumnShape, vendor: string): boolean {
	const [was, becomes] = [digitsOf(from, vendor), digitsOf(to, vendor)];
	if (was && becomes) return keepsDigits(was, isWhole(from) ? becomes : safeDigits(to, becomes));
	if (TEXT.has(to.type) && (was !== null || AS_TEXT.has(from.type))) {
		// MySQL writes a float with six digits, whatever it holds.
		if (vendor === 'mysql' && from.type === 'float') return false;
		const room = to.type === 'hash' ? 255 : to.type === 'text' ? null : (to.length ?? null);
		const needed = TEXT.has(from.type)
			? from.type === 'text'
				? null
				: (from.length ?? (from.type === 'hash' ? 255 : null))
			: lengthOf(from, vendor);
		return room === null || (needed !== null && needed <= room);
	}
	if (from.type === to.type) return true;
	// TIMESTAMP of MySQL begins in 1970 and ends in 2038.
	if (vendor === 'mysql' && to.type === 'timestamp') return false;
	return ALSO[from.type]?.includes(to.type) === true;
}

const isWhole = ({ type }: ColumnShape): boolean => type === 'integer' || type === 'bigInteger';

/** Digits that always fit into an integer: one fewer than its largest number has, since ten nines exceed two billion. */
const safeDigits = (shape: ColumnShape, digits: Digits): Digits =>
	isWhole(shape) ? { ...digits, before: digits.before - 1 } : digits;

function keepsDigits(was: Digits, becomes: Digits): boolean {
	const { significant } = becomes;
	if (was.before > becomes.before || was.behind > becomes.behind) return false;
	if (significant === null) return was.significant === null;
	if (was.significant !== null) return was.significant <= significant;
	return was.before + was.behind <= significant;
}
