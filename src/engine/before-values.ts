import type { Before, Row } from '../core/item-change.js';
import type { NewChange } from './new-change.js';

/** What was read before one item's write, waiting for the write to be recorded. */
export interface Glimpse {
	/** What is about to be done. */
	event: 'update' | 'delete';
	before: Before | null;
	/** What the writer asks the columns to become. */
	asked: Row | null;
	/** The fields that the writer sets; null for all. */
	fields: readonly string[] | null;
	/** Rows that the database will delete or empty along with the item, as changes to record with it. */
	victims: NewChange[];
	/** Settles with the transaction that the write runs in: true = committed. null = the write opens its own. */
	outcome: Promise<boolean> | null;
	at: number;
	/** Where the reading stands in the order of all readings and writes of this process. */
	turn: number;
}

/** A refused write leaves its glimpse behind; nobody waits longer than this for a write to be recorded. */
const FORGET_AFTER = 60_000;
const MOST = 50_000;

/**
 * Directus calls one hook before it writes and another one when it has written, and tells neither of the other. This
 * is what lies in between, on this node, in memory, by item. Of two writers of one item at once, both may have read it
 * before either wrote; what the first one then made of it is told with the second one's old values.
 */
export function createBeforeValues(now: () => number) {
	const glimpses = new Map<string, Glimpse[]>();
	const name = (collection: string, item: string) => `${collection}\u0000${item}`;
	const writes = new Map<string, { turn: number; asked: Row | null }>();
	let count = 0;
	let turns = 0;

	function put(collection: string, item: string, glimpse: Glimpse): void {
		if (count >= MOST) forget();
		const list = glimpses.get(name(collection, item));
		if (list) list.push(glimpse);
		else glimpses.set(name(collection, item), [glimpse]);
		count += 1;
	}

	/**
	 * Which fields of the item may be about to be set; null where all may. Of a write that was refused a glimpse is left,
	 * and is taken for the next one's: so that these are the fields of all glimpses that are there.
	 */
	function fieldsOf(collection: string, item: string): string[] | null {
		const list = known(collection, item, 'update');
		if (list.length === 0 || list.some(({ fields }) => fields === null)) return null;
		return [...new Set(list.flatMap(({ fields }) => fields ?? []))];
	}

	const known = (collection: string, item: string, event: Glimpse['event']) =>
		(glimpses.get(name(collection, item)) ?? []).filter((one) => one.event === event && now() - one.at < FORGET_AFTER);

	/**
	 * The glimpse of such a write of the item, which is then gone. Of updates the oldest; of deletions the newest: one that
	 * was refused has left its own behind, which may name rows that do not go along any more.
	 */
	function take(collection: string, item: string, event: Glimpse['event']): Glimpse | null {
		const key = name(collection, item);
		const found = known(collection, item, event).at(event === 'delete' ? -1 : 0);
		if (!found) return null;
		const left = (glimpses.get(key) ?? []).filter((one) => one !== found);
		if (left.length > 0) glimpses.set(key, left);
		else glimpses.delete(key);
		count -= 1;
		return found;
	}

	/**
	 * Says that an item is being written; gives what another writer asked for after this one's glimpse, if one did.
	 */
	function written(collection: string, item: string, glimpse: Glimpse | null): Row | null {
		const key = name(collection, item);
		const other = writes.get(key);
		if (writes.size > MOST) writes.clear();
		writes.set(key, { turn: (turns += 1), asked: glimpse?.asked ?? null });
		return glimpse && other && other.turn > glimpse.turn ? other.asked : null;
	}

	function forget(): void {
		for (const [key, list] of glimpses) {
			const kept = list.filter((glimpse) => now() - glimpse.at < FORGET_AFTER);
			count -= list.length - kept.length;
			if (kept.length > 0) glimpses.set(key, kept);
			else glimpses.delete(key);
		}
		if (count >= MOST) {
			glimpses.clear();
			count = 0;
		}
	}

	return { put, take, fieldsOf, written, turn: () => (turns += 1) };
}
