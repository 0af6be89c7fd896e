import type { Conflict } from '../../contract/answers/conflicts.js';

/** Conflicts by collection, those with the most first. */
export function groupConflicts(conflicts: Conflict[]): { collection: string; conflicts: Conflict[] }[] {
	return [...Map.groupBy(conflicts, ({ collection }) => collection)]
		.map(([collection, grouped]) => ({ collection, conflicts: grouped }))
		.toSorted((a, b) => b.conflicts.length - a.conflicts.length || a.collection.localeCompare(b.collection));
}

/** Others about which the same choice can be made: of the same kind, with the same remote, about the same fields. */
export function similarTo(conflict: Conflict, all: Conflict[]): Conflict[] {
	const likeness = ({ kind, status, target, collection, fields, deleted }: Conflict) =>
		JSON.stringify([kind, status, target, collection, deleted, fields.map(({ field }) => field).sort()]);
	const own = likeness(conflict);
	return all.filter((other) => other.id !== conflict.id && likeness(other) === own);
}

/** For a decision of a rule that is turned around: of each field, the side that lost. */
export function reversedChoice({ fields }: Conflict): Record<string, 'local' | 'remote'> {
	return Object.fromEntries(fields.map(({ field, took }) => [field, took === 'here' ? 'remote' : 'local']));
}
