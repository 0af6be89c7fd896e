import type { Before, Row } from '../core/item-change.js';

/**
 * Old values as text. Dates keep being dates, so that Directus' own casting, which looks at the type, can be run on
 * them later: casting on the mutation's path would cost more than the insert.
 */
export function encodeBefore({ columns, between, related }: Before): string {
	if (!columns) return '{"absent":true}';
	return JSON.stringify({ columns: mark(columns), ...(between ? { between } : {}), ...(related ? { related } : {}) });
}

export function decodeBefore(text: string): Before & { absent: boolean } {
	const { columns, between, related, absent } = JSON.parse(text) as Partial<Before> & { absent?: boolean };
	return {
		columns: columns ? unmark(columns) : null,
		between: between ?? null,
		related: related ?? null,
		absent: absent ?? false,
	};
}

const mark = (row: Row): Row =>
	Object.fromEntries(
		Object.entries(row).map(([column, value]) => {
			if (value instanceof Date) return [column, { $date: value.getTime() }];
			if (typeof value === 'bigint') return [column, String(value)];
			if (value instanceof Uint8Array) return [column, { $binary: Buffer.from(value).toString('base64') }];
			return [column, value];
		}),
	);

const unmark = (row: Row): Row =>
	Object.fromEntries(
		Object.entries(row).map(([column, value]) => {
			if (typeof value === 'object' && value !== null && '$date' in value)
				return [column, new Date(Number(value.$date))];
			if (typeof value === 'object' && value !== null && '$binary' in value)
				return [column, Buffer.from(String(value.$binary), 'base64')];
			return [column, value];
		}),
	);
