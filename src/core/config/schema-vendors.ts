import { isRecord } from '../is-record.js';

/** What only describes how one vendor stores a column; Directus' own type says the same for all of them. */
const VENDORS_OWN = new Set(['data_type', 'numeric_precision', 'numeric_scale', 'generation_expression', 'comment']);
/** What vendors disagree about for keys: whether the index that a key brings along counts. */
const IMPLIED_BY_KEYS = new Set(['is_unique', 'is_indexed', 'is_nullable']);
/** Types that one vendor reports for a column which another reports as the first of them. */
const SAME_TYPES = [
	['string', 'uuid', 'hash'],
	['timestamp', 'dateTime'],
	['text', 'json', 'csv'],
	['float', 'decimal'],
];

const family = (vendor: string | undefined): string =>
	vendor === 'maria' || vendor === 'mariadb' ? 'mysql' : (vendor ?? '');

/** Whether two vendors describe their columns in the same words. */
export const sameVendor = (a: string | undefined, b: string | undefined): boolean => family(a) === family(b);

/** Whether a field's type on one vendor is what Directus makes of the other's on another. */
export function sameType(from: unknown, to: unknown): boolean {
	if (from === to) return true;
	return SAME_TYPES.some((types) => types.includes(String(from)) && types.includes(String(to)));
}

/**
 * A property of a column, as both vendors would say it; undefined where they cannot be compared.
 * @param column the whole column on the same side
 */
export function commonProperty(key: string, column: Record<string, unknown>, type: unknown): unknown {
	const value = column[key];
	if (VENDORS_OWN.has(key)) return type === 'decimal' && key.startsWith('numeric_') ? (value ?? undefined) : undefined;
	const isKey = column['is_primary_key'] === true || isName(column['foreign_key_table']);
	if (IMPLIED_BY_KEYS.has(key))
		return isKey && (key !== 'is_nullable' || column['is_primary_key'] === true) ? undefined : value;
	if (key === 'is_indexed' && column['is_unique'] === true) return undefined;
	if (key === 'max_length') return type === 'string' && typeof value === 'number' && value !== 36 ? value : undefined;
	if (key === 'default_value') return column['has_auto_increment'] === true ? undefined : commonDefault(value, type);
	return value;
}

const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';

function commonDefault(value: unknown, type: unknown): unknown {
	if (value === undefined || value === null) return null;
	if (type === 'boolean') return value === true || value === 1 || value === '1' || value === 'true';
	if (typeof value !== 'string') return value;
	if (/^(current_timestamp|now)(\(\d*\))?$/i.test(value.trim())) return 'now()';
	if (
		/^(integer|bigInteger|float|decimal)$/.test(String(type)) &&
		value.trim() !== '' &&
		!Number.isNaN(Number(value))
	) {
		return Number(value);
	}
	return value;
}

/** What happens to a row whose related one goes or changes: vendors have several words for nothing. */
export function commonRule(rule: unknown): unknown {
	const text = typeof rule === 'string' ? rule.toUpperCase() : '';
	return text === '' || text === 'RESTRICT' ? 'NO ACTION' : text;
}

/** An entry of a snapshot as an object. */
export const part = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
