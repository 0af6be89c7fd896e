const WINDOW_MS = 60_000;
const MOST_CHANGES = 20;

/** As many changes of a row are remembered as it takes to tell. */
export const CHANGES_KEPT = 2 * MOST_CHANGES;

export interface RecentChange {
	/** ms since 1970. */
	at: number;
	/** The instance it was made on. */
	origin: string;
}

/**
 * Whether two instances keep changing the same row back: more than 20 changes within a minute, more of them by another
 * instance than the one before than by the same. A user who types on one instance may change it as often as they like.
 */
export function isPingPong(recent: readonly RecentChange[]): boolean {
	const changes = recent.toSorted((a, b) => a.at - b.at);
	return changes.some((first, start) => {
		const last = changes[start + MOST_CHANGES];
		if (!last || last.at - first.at >= WINDOW_MS) return false;
		const window = changes.slice(start, start + MOST_CHANGES + 1);
		const turns = window.filter(({ origin }, index) => index > 0 && origin !== window[index - 1]?.origin);
		return turns.length > MOST_CHANGES / 2;
	});
}
