import { DIRECTUS_DECIMAL, type ColumnShape } from './column-values.js';
import { sameJson } from '../plan/diff-values.js';
import { canHaveDefault, portableDefault, toWrite } from './portable-default.js';
import { part } from './schema-vendors.js';

/** The type of a field, as all databases say it. */
export function portableType(field: Record<string, unknown>): string | undefined {
	const { type, schema } = field;
	if (typeof type !== 'string') return undefined;
	const column = part(schema);
	const dataType = String(column['data_type'] ?? '').toLowerCase();
	// A key that is stored as text of 36 characters is a UUID; a foreign key could not refer to it otherwise.
	if (type === 'string' && column['max_length'] === 36 && isKey(column) && /^(char|varchar|character)/.test(dataType))
		return 'uuid';
	if (type === 'unknown' && dataType === 'bytea') return 'binary';
	// Directus reads MySQL's unsigned ones as integers, whatever their size.
	if (type === 'integer' && /^bigint\b.*\bunsigned/.test(dataType)) return 'bigInteger';
	// PostgreSQL's NUMERIC without digits, which Directus reads as an integer.
	if (type === 'integer' && dataType === 'numeric') return 'decimal';
	return type;
}

export const isKey = (column: Record<string, unknown>): boolean =>
	column['is_primary_key'] === true || isName(column['foreign_key_table']);
export const countsItself = (column: Record<string, unknown>): boolean => column['has_auto_increment'] === true;
export const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Properties of a column that Directus can set, and that mean the same on all databases. */
export const PORTABLE_PROPERTIES = [
	'default_value',
	'max_length',
	'numeric_precision',
	'numeric_scale',
	'is_nullable',
	'is_unique',
	'is_indexed',
] as const;
type PortableProperty = (typeof PORTABLE_PROPERTIES)[number];

/**
 * A property of a column as all databases say it; undefined where there is nothing to compare.
 * @param side the whole field on the same side
 */
export function portableProperty(key: PortableProperty, side: Record<string, unknown>, vendor: string): unknown {
	const column = part(side['schema']);
	const type = portableType(side);
	const value = column[key];
	if (key === 'max_length') return type === 'string' ? (isLength(value) ? value : null) : undefined;
	if (value === undefined) return undefined;
	const primary = column['is_primary_key'] === true;
	if (key === 'is_nullable') return primary ? undefined : value;
	// A key brings an index along, on some databases.
	if (key === 'is_unique') return primary ? undefined : value;
	if (key === 'is_indexed')
		return primary || column['is_unique'] === true || (isName(column['foreign_key_table']) && vendor === 'mysql')
			? undefined
			: value;
	if (key === 'default_value')
		return countsItself(column) || column['is_generated'] === true ? undefined : portableDefault(value, type, vendor);
	return type === 'decimal' ? (value ?? undefined) : undefined;
}

/** Whether a column would have to change for a property; what cannot be compared, or not be made so, is left alone. */
export function differs(key: PortableProperty, current: unknown, wanted: unknown): boolean {
	// Directus gives every string a length.
	if (wanted === undefined || current === undefined || (key === 'max_length' && wanted === null)) return false;
	return !sameJson(current, wanted);
}

export const isLength = (value: unknown): value is number => typeof value === 'number' && value > 0;

/** What a column can hold. */
export function shapeOf(side: Record<string, unknown>): ColumnShape {
	const column = part(side['schema']);
	const number = (key: string) => (typeof column[key] === 'number' ? column[key] : null);
	return {
		type: portableType(side) ?? 'unknown',
		dataType: typeof column['data_type'] === 'string' ? column['data_type'] : null,
		precision: number('numeric_precision'),
		scale: number('numeric_scale'),
		length: isLength(column['max_length']) ? column['max_length'] : null,
	};
}

/** The one function that Directus makes a default of. */
const OWN_FUNCTION = 'gen_random_uuid()';

/**
 * The column of a field as Directus is to be told to make it: literals as they are, and nothing that Directus cannot do.
 * @param vendor the database that the field's words are of, and that it is made on
 */
export function columnToWrite(field: Record<string, unknown>, vendor: string): Record<string, unknown> {
	const column = { ...part(field['schema']) };
	const type = portableType(field);
	const value = column['default_value'];
	if (value !== undefined && value !== null && !countsItself(column)) {
		const portable = portableDefault(value, type, vendor);
		// `CURRENT_TIMESTAMP(3)` says how exact; this database said so itself.
		const isPrecise = portable === 'CURRENT_TIMESTAMP' && /^CURRENT_TIMESTAMP\(\d+\)$/.test(String(value));
		if (!canHaveDefault(type, vendor)) column['default_value'] = null;
		else if (portable !== undefined && !isPrecise) column['default_value'] = toWrite(portable, vendor);
		else if (portable === undefined && value !== OWN_FUNCTION) column['default_value'] = null;
	}
	if ('max_length' in column && !(type === 'string' && isLength(column['max_length']))) delete column['max_length'];
	const { precision, scale } = DIRECTUS_DECIMAL;
	if (type === 'decimal' && !isLength(column['numeric_precision']))
		Object.assign(column, { numeric_precision: precision, numeric_scale: scale });
	return column;
}
