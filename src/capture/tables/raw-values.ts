import type { Row } from '../../kernel/core/row.js';
import { isRecord } from '../../kernel/core/is-record.js';
import type { Before } from '../core/item-change.js';

/**
 * Old values as text. Dates keep being dates, so that Directus' own casting, which looks at the type, can be run on
 * them later: casting on the mutation's path would cost more than the insert.
 */
export function encodeBefore({ columns, between, related }: Before): string {
	if (!columns) return '{"absent":true}';
	return JSON.stringify({ columns: mark(columns), ...(between ? { between } : {}), ...(related ? { related } : {}) });
}

/** Stands in the place of old values where there was no write, and the moment of a date has passed since then. */
export const encodePassed = (since: number): string => JSON.stringify({ passed: since });

export function decodeBefore(text: string): Before & { absent: boolean; passedSince?: number | undefined } {
	const { columns, between, related, absent, passed } = JSON.parse(text) as Partial<Before> & {
		absent?: boolean;
		passed?: number;
	};
	return {
		columns: columns ? unmark(columns) : null,
		between: between ?? null,
		related: related ?? null,
		absent: absent ?? false,
		passedSince: passed,
	};
}

const isMarked = (value: unknown): value is Row =>
	isRecord(value) && Object.keys(value).length === 1 && MARKS.some((mark) => Object.hasOwn(value, mark));
const MARKS = ['$date', '$local', '$binary', '$value'];

const mark = (row: Row): Row =>
	Object.fromEntries(
		Object.entries(row).map(([column, value]) => {
			if (value instanceof Date) return [column, { $date: value.getTime() }];
			if (typeof value === 'bigint') return [column, String(value)];
			if (value instanceof Uint8Array) return [column, { $binary: Buffer.from(value).toString('base64') }];
			// A user's own JSON that looks like one of these.
			if (isMarked(value)) return [column, { $value: value }];
			return [column, value];
		}),
	);

const unmark = (row: Row): Row =>
	Object.fromEntries(
		Object.entries(row).map(([column, value]) => {
			if (!isMarked(value)) return [column, value];
			if (Object.values(value)[0] === null) return [column, null];
			if ('$date' in value) return [column, new Date(Number(value['$date']))];
			if ('$local' in value) return [column, localDate(String(value['$local']))];
			if ('$binary' in value) return [column, Buffer.from(String(value['$binary']), 'base64')];
			return [column, value['$value']];
		}),
	);

/** A time without a zone is one of this process', as for the drivers; what is no time stays what it is. */
function localDate(text: string): Date | string {
	const date = new Date(text.includes('T') ? text : `${text}T00:00:00`);
	return Number.isNaN(date.getTime()) ? text : date;
}
