/**
 * A value in one canonical form, so that two readings of the same database value compare equal: keys sorted, dates as
 * their UTC milliseconds, binary as base64.
 */
export function canonical(value: unknown): string {
	return JSON.stringify(normalise(value)) ?? 'null';
}

/** Whether two values, as the database or Directus gives them, are the same. null and "not there" are. */
export function sameValue(a: unknown, b: unknown): boolean {
	return a === b || canonical(a ?? null) === canonical(b ?? null);
}

function normalise(value: unknown): unknown {
	if (value instanceof Date) return value.getTime();
	if (value instanceof Uint8Array) return Array.from(value);
	if (typeof value === 'bigint') return String(value);
	if (Array.isArray(value)) return value.map(normalise);
	if (typeof value === 'object' && value !== null) {
		return Object.fromEntries(
			Object.entries(value)
				.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
				.map(([key, entry]) => [key, normalise(entry)]),
		);
	}
	return value;
}
