import type { Origin } from '../../../identity/tables/origin-table.js';
import { nameId } from './name-id.js';

/** A row that nothing but its number tells from others, and how many rows had that number before it. */
export interface MadeRow {
	collection: string;
	key: string;
	nth: number;
}

/**
 * The sync id of a row that is made here: always the same one. Where this instance goes back to a backup in which the row
 * has none yet, it gets the one again by which others have come to know it; rows that are made after that have numbers
 * that others may know for other rows, and get ids of the new name.
 * @param origins names of this instance before, oldest first
 */
export function madeId({ collection, key, nth }: MadeRow, instance: string, origins: readonly Origin[]): string {
	const former = origins.find(({ upTo }) => Number(key) <= (upTo[collection] ?? Number.NEGATIVE_INFINITY));
	return nameId(JSON.stringify(['made', former?.instance ?? instance, collection, key, nth]));
}
