/** How long deletions are remembered. */
export const TOMBSTONES_KEPT_MS = 90 * 86_400_000;

/**
 * Whether an instance was away for so long that the two have to be compared before anything is sent again: what was
 * deleted meanwhile may be forgotten by now, and would be made anew. An instance that was only not owed anything was
 * not away. All times in ms since 1970.
 */
export function wasLongAway(link: {
	/** When the oldest change was made of those that are to be sent now. */
	oldestChange: number;
	/** When something last arrived there; null where nothing ever did. */
	lastSuccessAt: number | null;
	/** When the two were last compared; null where they never were. */
	comparedAt: number | null;
	now: number;
}): boolean {
	const { oldestChange, lastSuccessAt, comparedAt, now } = link;
	const remembered = now - TOMBSTONES_KEPT_MS;
	return lastSuccessAt !== null && oldestChange < remembered && Math.max(lastSuccessAt, comparedAt ?? 0) < remembered;
}
