import { isTime } from '../../../kernel/core/time-types.js';
import type { WireValue } from './row-state.js';
import { sameWire } from './stamp-edits.js';
import type { SyncModel } from '../rules/sync-model.js';

/** The header that asks for digests with milliseconds, if the database keeps them. */
export const MS_HEADER = 'x-downstream-ms';

type Fields = Pick<SyncModel, 'fields'>;

/** A time in normal form, without milliseconds. */
const wholeSeconds = (value: WireValue): WireValue =>
	typeof value === 'string' ? value.replace(/\.\d{3}Z$/, '.000Z').replace(/(:\d{2})\.\d{3}$/, '$1') : value;

/**
 * Fields with a date, or a date and time without a zone, that the clocks of this process skip when they are put forward:
 * neither Directus nor a driver can write or read it.
 */
export const neverHere = (values: Record<string, WireValue>, { fields }: Fields): string[] =>
	Object.keys(values).filter((field) => {
		const value = values[field];
		const type = fields.get(field)?.type;
		if ((type !== 'dateTime' && type !== 'date') || typeof value !== 'string') return false;
		const [, day, hour, minute] = /^\d+-\d+-(\d+)(?:T(\d+):(\d+))?/.exec(value)?.map(Number) ?? [];
		const date = new Date(type === 'date' ? `${value}T00:00` : value);
		if (Number.isNaN(date.getTime())) return false;
		return (
			day !== date.getDate() || (type === 'dateTime' && (hour !== date.getHours() || minute !== date.getMinutes()))
		);
	});

/** The values among these without milliseconds. */
export const withoutParts = (values: Record<string, WireValue>): Record<string, WireValue> =>
	Object.fromEntries(Object.entries(values).filter(([, value]) => wholeSeconds(value) === value));

/** Values as a database with whole seconds stores them. */
export function inWholeSeconds(values: Record<string, WireValue>, { fields }: Fields): Record<string, WireValue> {
	const isCut = (field: string, value: WireValue) => value !== null && isTime(fields.get(field)?.type);
	return Object.fromEntries(
		Object.entries(values).map(([field, value]) => [field, isCut(field, value) ? wholeSeconds(value) : value]),
	);
}

/**
 * A row read from a database with whole seconds, with the agreed times instead of the cut ones: a cut time is not an
 * edit.
 */
export function asAgreed(
	read: Record<string, WireValue>,
	agreed: Record<string, WireValue>,
	{ fields }: Fields,
): Record<string, WireValue> {
	const isSame = (field: string, value: WireValue) =>
		isTime(fields.get(field)?.type) &&
		Object.hasOwn(agreed, field) &&
		sameWire(wholeSeconds(value), wholeSeconds(agreed[field]));
	return Object.fromEntries(
		Object.entries(read).map(([field, value]) => [field, isSame(field, value) ? agreed[field] : value]),
	);
}
