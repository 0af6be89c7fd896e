import type { Row } from './row.js';

/** Whether a JSON value is an object, and neither a list nor null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same for what a database gives, whose dates are no items. */
export const isRow = (value: unknown): value is Row => isRecord(value) && !(value instanceof Date);
