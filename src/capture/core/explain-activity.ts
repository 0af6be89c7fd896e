import type { EventName } from '../../contract/vocabulary.js';

/** A write in Directus' activity log. */
export interface ToldWrite {
	collection: string;
	item: string;
	event: EventName;
	/** ms since 1970. */
	at: number;
}

/** A change that is recorded: it stands for every write to its item from when it happened until it was planned. */
export interface KnownChange {
	collection: string;
	item: string;
	event: string;
	from: number;
	/** When it was planned; Infinity where it is not yet. */
	until: number;
}

/** Activity and change get their times in the same process, one shortly after the other. */
const APART_MS = 1_000;

/**
 * The writes in the activity log that no recorded change accounts for. A deletion is stood for by a deletion
 * only, and by nothing else, since what is read of an item afterwards shows edits, but not that it is gone.
 */
export function unexplained<Write extends ToldWrite>(writes: readonly Write[], known: readonly KnownChange[]): Write[] {
	const placeOf = ({ collection, item }: { collection: string; item: string }) => `${collection}\u0000${item}`;
	const byItem = Map.groupBy(known, placeOf);
	return writes.filter(
		(write) =>
			!(byItem.get(placeOf(write)) ?? []).some(
				({ event, from, until }) =>
					(event === 'delete') === (write.event === 'delete') &&
					from - APART_MS <= write.at &&
					write.at <= until + APART_MS,
			),
	);
}
