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

const NO_TRANSACTION = { isOpen: false, isMarked: false, wasMarked: false, keeps: false };

/** What is known of the transaction of a connection. */
function createTransactionState() {
	let state = NO_TRANSACTION;

	return {
		begin: (): void => void (state = { ...NO_TRANSACTION, isOpen: true, keeps: true }),
		end: (): void => void (state = NO_TRANSACTION),
		unmark: (): void => void (state = { ...state, isMarked: false }),
		told: {
			isInTransaction: () => state.isOpen,
			/** Whether reported writes may wait for the end of the transaction: its beginning was seen, so its end will be. */
			keeps: () => state.keeps,
			/** From now on its end, or that of a savepoint, may not be seen. */
			keepNoMore: (): void => void (state = { ...state, keeps: false }),
			/** Whether the transaction says of itself that this process records what it writes. */
			isMarked: () => state.isMarked,
			/** Whether it has ever done so: a savepoint that is gone back to may have left that or taken it along. */
			wasMarked: () => state.wasMarked,
			mark: (): void => void (state = { ...state, isMarked: true, wasMarked: true }),
		},
	};
}

/** The writes that nothing has reported yet, by item, each item's in the order of the statements. */
function createUnreported() {
	const byItem = new Map<string, Note[]>();
	/** Where each write stands among all. */
	const orders = new WeakMap<Note, number>();
	let order = 0;
	let count = 0;

	const placeOf = (collection: string, item: string) => `${collection}\u0000${item}`;

	function putBack(note: Note): void {
		const place = placeOf(note.collection, note.item);
		const list = byItem.get(place) ?? [];
		const position = orders.get(note) ?? 0;
		list.splice(list.findLastIndex((other) => (orders.get(other) ?? 0) < position) + 1, 0, note);
		byItem.set(place, list);
		count += 1;
	}

	return {
		putBack,
		add(note: Note): void {
			orders.set(note, (order += 1));
			putBack(note);
		},
		remove(note: Note): void {
			const place = placeOf(note.collection, note.item);
			const list = byItem.get(place) ?? [];
			const at = list.lastIndexOf(note);
			if (at === -1) return;
			list.splice(at, 1);
			if (list.length === 0) byItem.delete(place);
			count -= 1;
		},
		of: (collection: string, item: string): readonly Note[] => byItem.get(placeOf(collection, item)) ?? [],
		all: () => new Set([...byItem.values()].flat()),
		count: () => count,
		clear(): void {
			byItem.clear();
			count = 0;
		},
	};
}

/** The steps of a transaction since it began, and its savepoints among them. */
function createSteps() {
	let steps: Step[] = [];
	let savepoints: { name: string; at: number }[] = [];
	const latest = (name: string) => savepoints.findLastIndex((savepoint) => savepoint.name === name);

	return {
		push: (step: Step): void => void steps.push(step),
		noted: () => steps.flatMap((step) => ('noted' in step ? [step.noted] : [])),
		hasSavepoint: () => savepoints.length > 0,
		savepoint: (name: string): void => void savepoints.push({ name, at: steps.length }),
		release(name: string): void {
			const index = latest(name);
			if (index !== -1) savepoints.length = index;
		},
		/** Goes back to a savepoint; gives what is undone by that, the last step first. */
		backTo(name: string): Step[] {
			const index = latest(name);
			const savepoint = savepoints[index];
			if (!savepoint) return [];
			savepoints.length = index + 1;
			return steps.splice(savepoint.at).reverse();
		},
		clear(): void {
			steps = [];
			savepoints = [];
		},
	};
}

/**
 * The writes of one database connection, from the statements that made them: in a transaction they are kept until it is
 * about to be committed, and whatever somebody has told of by then is taken off. What is left is what nobody has told of;
 * what is told of waits beside it. A rolled back savepoint takes its writes with it, and puts back what was taken off since.
 */
export function createNotedWrites() {
	const unreported = createUnreported();
	const kept = createKeptChanges<Kept>();
	const steps = createSteps();
	const transaction = createTransactionState();

	function clear(): void {
		unreported.clear();
		steps.clear();
	}

	function add(note: Note): void {
		unreported.add(note);
		steps.push({ noted: note });
	}

	/**
	 * Takes off the latest such write of an item, since it is being recorded; gives those of the item that came before it,
	 * to be recorded first: they are taken off as well.
	 */
	function account(collection: string, item: string, event: EventName): Accounted {
		const list = unreported.of(collection, item);
		const taken = list.slice(0, latestOf(event, list) + 1);
		if (taken.length === 0) return UNSEEN;
		for (const note of taken.toReversed()) {
			unreported.remove(note);
			steps.push({ accounted: note });
		}
		if (unreported.count() === 0 && !steps.hasSavepoint()) clear();
		return { earlier: taken.slice(0, -1), glimpse: taken.at(-1)?.glimpse ?? null };
	}

	function rollbackTo(name: string): void {
		kept.rollbackTo(name);
		// The mark may have been made since, and be gone with it.
		transaction.unmark();
		for (const step of steps.backTo(name)) {
			if ('noted' in step) unreported.remove(step.noted);
			else unreported.putBack(step.accounted);
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
			transaction.begin();
		},
		/** The transaction is over, whichever way. */
		end(): void {
			clear();
			kept.clear();
			transaction.end();
		},
		savepoint(name: string): void {
			steps.savepoint(name);
			kept.savepoint(name);
		},
		release(name: string): void {
			kept.release(name);
			steps.release(name);
		},
		...transaction.told,
		/** How many writes no activity row has reported. */
		count: unreported.count,
		/** Takes out the writes that no activity row reported, in the order of the statements. */
		take(): Note[] {
			const left = unreported.all();
			const taken = steps.noted().filter((note) => left.has(note));
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

/** Where the latest write stands that is recorded as such an event; -1 where there is none. */
function latestOf(event: EventName, notes: readonly Note[]): number {
	const places = ACCOUNTED_BY[event].map((written) => notes.findLastIndex((note) => note.event === written));
	return places.find((place) => place !== -1) ?? -1;
}
