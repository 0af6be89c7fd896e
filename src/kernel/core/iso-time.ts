/** A point in time as the API writes it; null where there is none. */
export function isoTime(at: number): string;
export function isoTime(at: number | null | undefined): string | null;
export function isoTime(at: number | null | undefined): string | null {
	return at === null || at === undefined ? null : new Date(at).toISOString();
}
