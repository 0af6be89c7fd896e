import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { NewChange } from './new-change.js';

/** How many changes are kept in memory while they cannot be written. */
const MOST = 50_000;

/** The same changes; if there are too many, one change of all items for each of their collections. */
export function limitChanges(changes: NewChange[], at: number): NewChange[] {
	if (changes.length <= MOST) return changes;
	return [...new Set(changes.map(({ collection }) => collection))].map((collection) => ({
		collection,
		item: ALL_ITEMS,
		event: 'update',
		at,
		user: null,
		before: null,
		source: 'action',
	}));
}
