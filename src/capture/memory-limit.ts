import { ALL_ITEMS } from '../contract/vocabulary.js';
import type { NewChange } from './new-change.js';

/** So many changes are kept in memory while they cannot be written. */
const MOST = 50_000;

/** The changes as they are; of too many of them, that their collections have changed as a whole. */
export function notTooMany(changes: NewChange[], at: number): NewChange[] {
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
