import { isRecord } from '../../../kernel/core/is-record.js';

/** Which kind of database a snapshot is of: MariaDB speaks as MySQL does. */
export const vendorFamily = (vendor: string | undefined): string =>
	vendor === 'maria' || vendor === 'mariadb' ? 'mysql' : (vendor ?? '');

/** What happens to a row whose related one goes or changes: vendors have several words for nothing. */
export function commonRule(rule: unknown): unknown {
	const text = typeof rule === 'string' ? rule.toUpperCase() : '';
	return text === '' || text === 'RESTRICT' ? 'NO ACTION' : text;
}

/** An entry of a snapshot as an object. */
export const part = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
