/** Deletions within this time are one run, in ms. */
export const DELETES_TOGETHER_MS = 600_000;

/** This many deletions in one run are ordinary. */
const ALWAYS_ALLOWED = 50;
const SHARE = 0.05;

/**
 * Whether a run deletes more of a collection than anybody would without being asked: more than 50 rows and more than 5 %
 * of it.
 *
 * @param rows in the collection before the run
 * @returns the question for a person; null if there is nothing to decide
 */
export function brakeDeletes(run: { collection: string; deletes: number; rows: number }): string | null {
	const allowed = Math.max(ALWAYS_ALLOWED, Math.floor(run.rows * SHARE));
	if (run.deletes <= allowed) return null;
	return `${run.deletes} of ${run.rows} rows of ${run.collection} would be deleted; more than ${allowed} at once are only deleted after somebody confirmed it.`;
}
