import type { RowState, WireValue } from './row-state.js';
import { knownTo, sameWire, valuesOf } from './stamp-edits.js';

/**
 * In which fields two states of what may be one row contradict each other although neither side, nor anybody in between,
 * has ever had both: rows of the same key that were made apart. What is empty on one side contradicts nothing.
 */
export function contradictions(local: RowState, remote: RowState): string[] {
	if (local.deleted || remote.deleted) return [];
	const [ours, theirs] = [knownTo(local), knownTo(remote)];
	if (Object.keys(ours).some((instance) => instance in theirs)) return [];
	const mine = valuesOf(local);
	return Object.entries(valuesOf(remote)).flatMap(([field, value]) => {
		const known = mine[field] ?? null;
		return known === null || (value ?? null) === null || sameWire(known, value) ? [] : [field];
	});
}

/** Whether a row has the values that another instance sends. */
export const agrees = (read: Record<string, WireValue>, { groups, deleted }: RowState): boolean =>
	deleted === null &&
	Object.entries(valuesOf({ groups, deleted })).every(
		([field, value]) => !(field in read) || sameWire(read[field], value),
	);
