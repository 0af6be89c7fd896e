import type { Row } from './row.js';

/** Whether a JSON value is an object, and neither a list nor null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same for values from a database, where a date is not an item. */
export const isRow = (value: unknown): value is Row => isRecord(value) && !(value instanceof Date);
