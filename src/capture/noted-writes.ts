import type { EventName } from '../contract/vocabulary.js';
import type { Glimpse } from './before-values.js';
import { createKeptChanges } from './kept-changes.js';
import type { NewChange } from './new-change.js';

/** One write of one item, seen in the statements of a transaction. */
export interface Note {
	collection: string;
	/** The item's key, or `*` where a statement does not tell which items it writes. */
	item: string;
	event: EventName;
	/** The columns that were set; null where that is not known. */
	fields: readonly string[] | null;
	/** What was read for it before the statement ran, where no hook has done so. */
	glimpse: Glimpse | null;
}

/** A reported change that is not written yet, with the before-image of its item in case the transaction is repeated. */
export interface Kept {
	change: NewChange;
	read: { collection: string; item: string; glimpse: Glimpse } | null;
}

/** What a recorded write was found among. */
interface Accounted {
	/** Earlier writes of the same item that no activity row reported. */
	earlier: Note[];
	/** What was read for it, where no hook has done so. */
	glimpse: Glimpse | null;
}

const UNSEEN: Accounted = { earlier: [], glimpse: null };

/** What happened in a transaction, in order, so that a savepoint can be gone back to. */
type Step = { noted: Note } | { accounted: Note };

/**
 * The writes of one database connection, from the statements that made them: in a transaction they are kept until it is
 * about to be committed, and whatever somebody has told of by then is taken off. What is left is what nobody has told of;
 * what is told of waits beside it. A rolled back savepoint takes its writes with it, and puts back what was taken off since.
 */
export function createNotedWrites() {
	const open = new Map<string, Note[]>();
	const kept = createKeptChanges<Kept>();
	let steps: Step[] = [];
	let savepoints: { name: string; at: number }[] = [];
	/** Where each write stands among all. */
	const orders = new WeakMap<Note, number>();
	let order = 0;
	let count = 0;
	let inTransaction = false;
	let marked = false;
	let wasMarked = false;
	let keeps = false;

	const placeOf = ({ collection, item }: Pick<Note, 'collection' | 'item'>) => `${collection}\u0000${item}`;

	function clear(): void {
		open.clear();
		steps = [];
		savepoints = [];
		count = 0;
	}

	function push(note: Note): void {
		const list = open.get(placeOf(note)) ?? [];
		const place = orders.get(note) ?? 0;
		list.splice(list.findLastIndex((other) => (orders.get(other) ?? 0) < place) + 1, 0, note);
		open.set(placeOf(note), list);
		count += 1;
	}

	function remove(note: Note): void {
		const list = open.get(placeOf(note)) ?? [];
		const at = list.lastIndexOf(note);
		if (at === -1) return;
		list.splice(at, 1);
		if (list.length === 0) open.delete(placeOf(note));
		count -= 1;
	}

	function add(note: Note): void {
		orders.set(note, (order += 1));
		push(note);
		steps.push({ noted: note });
	}

	/**
	 * Takes off the latest such write of an item, since it is being recorded; gives those of the item that came before it,
	 * to be recorded first: they are taken off as well.
	 */
	function account(collection: string, item: string, event: EventName): Accounted {
		const list = open.get(placeOf({ collection, item }));
		if (!list) return UNSEEN;
		const at = ACCOUNTED_BY[event]
			.map((one) => list.findLastIndex((note) => note.event === one))
			.find((index) => index !== -1);
		if (at === undefined) return UNSEEN;
		const taken = list.slice(0, at + 1);
		for (const note of taken.toReversed()) {
			remove(note);
			steps.push({ accounted: note });
		}
		if (count === 0 && savepoints.length === 0) clear();
		return { earlier: taken.slice(0, -1), glimpse: taken.at(-1)?.glimpse ?? null };
	}

	function rollbackTo(name: string): void {
		kept.rollbackTo(name);
		const index = savepoints.findLastIndex((one) => one.name === name);
		const savepoint = savepoints[index];
		// The mark may have been made since, and be gone with it.
		marked = false;
		if (!savepoint) return;
		savepoints.length = index + 1;
		while (steps.length > savepoint.at) {
			const step = steps.pop();
			if (!step) return;
			if ('noted' in step) remove(step.noted);
			else push(step.accounted);
		}
	}

	return {
		add,
		account,
		rollbackTo,
		kept,
		begin(): void {
			clear();
			kept.clear();
			[inTransaction, marked, wasMarked, keeps] = [true, false, false, true];
		},
		/** The transaction is over, whichever way. */
		end(): void {
			clear();
			kept.clear();
			[inTransaction, marked, wasMarked, keeps] = [false, false, false, false];
		},
		savepoint(name: string): void {
			savepoints.push({ name, at: steps.length });
			kept.savepoint(name);
		},
		release(name: string): void {
			kept.release(name);
			const index = savepoints.findLastIndex((savepoint) => savepoint.name === name);
			if (index !== -1) savepoints.length = index;
		},
		isInTransaction: () => inTransaction,
		/** Whether reported writes may wait for the end of the transaction: its beginning was seen, so its end will be. */
		keeps: () => keeps,
		/** From now on its end, or that of a savepoint, may not be seen. */
		keepNoMore: (): void => void (keeps = false),
		/** Whether the transaction says of itself that this process records what it writes. */
		isMarked: () => marked,
		/** Whether it has ever done so: a savepoint that is gone back to may have left that or taken it along. */
		wasMarked: () => wasMarked,
		mark: (): void => void ([marked, wasMarked] = [true, true]),
		/** How many writes no activity row has reported. */
		count: () => count,
		/** Takes out the writes that no activity row reported, in the order of the statements. */
		take(): Note[] {
			const left = new Set([...open.values()].flat());
			const taken = steps.flatMap((step) => ('noted' in step && left.has(step.noted) ? [step.noted] : []));
			clear();
			return taken;
		},
	};
}

export type NotedWrites = ReturnType<typeof createNotedWrites>;

/** What was written where a change is recorded as such, the likeliest first: an upsert may be told of as either. */
const ACCOUNTED_BY: Record<EventName, readonly EventName[]> = {
	create: ['create', 'update'],
	update: ['update', 'create'],
	delete: ['delete'],
};
