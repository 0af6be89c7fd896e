import type { Row } from '../kernel/core/row.js';
import type { Before } from './core/item-change.js';
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
	/** Who is about to do it, where that is known. */
	user?: string | null;
	/** The write that it was read for, with all its items. */
	write: Write;
	/** Its place in the order of all readings and writes of this process. */
	turn: number;
}

/** One write of any number of items. Its glimpses are kept while it is under way. */
interface Write {
	/** When it last read an item, or recorded one. */
	alive: number;
	/** In ms: how long it may do neither before it counts as refused. */
	patience: number;
}

/** In ms: after this a write of one item counts as refused, and what was read for it is forgotten. */
const FORGET_AFTER = 60_000;
/** In ms: how much longer a write may take for each further item. */
const MORE_PER_ITEM = 10;
/** How many glimpses are kept. Beyond, those of the longest idle writes are forgotten; never those of the newest. */
const MOST = 250_000;
/** How many recent writes are remembered, at least. */
const WRITES = 50_000;

const nameOf = (collection: string, item: string) => `${collection}\u0000${item}`;

/**
 * Directus calls one hook before a write and another one after it, without connecting the two. This keeps, by item and in
 * the memory of this node, what was read before. Two writers of one item may both read it before either writes: the old
 * values of the second then include what the first one asked for.
 */
export function createBeforeValues(now: () => number, most = MOST) {
	const glimpses = new Map<string, Glimpse[]>();
	let count = 0;
	let room = most;
	const turns = createTurns();

	const isLate = ({ write }: Glimpse) => now() - write.alive >= write.patience;

	/** A write of so many items begins. */
	const write = (items: number): Write => ({ alive: now(), patience: FORGET_AFTER + items * MORE_PER_ITEM });

	function put(collection: string, item: string, glimpse: Glimpse): void {
		if (count >= room) makeRoom(glimpse.write);
		const list = glimpses.get(nameOf(collection, item));
		if (list) list.push(glimpse);
		else glimpses.set(nameOf(collection, item), [glimpse]);
		count += 1;
	}

	/**
	 * Which fields of the item may be about to be set; null where all may. A refused write leaves its glimpse behind, and the
	 * next write may be given that: so these are the fields of all glimpses of the item.
	 */
	function fieldsOf(collection: string, item: string): string[] | null {
		const list = known(collection, item, 'update');
		if (list.length === 0 || list.some(({ fields }) => fields === null)) return null;
		return [...new Set(list.flatMap(({ fields }) => fields ?? []))];
	}

	/** Whether something was read for such a write of the item. */
	const has = (collection: string, item: string, event: Glimpse['event']) => known(collection, item, event).length > 0;

	const known = (collection: string, item: string, event: Glimpse['event']) =>
		(glimpses.get(nameOf(collection, item)) ?? []).filter(
			(candidate) => candidate.event === event && !isLate(candidate),
		);

	/**
	 * Takes out the glimpse of such a write of the item: for an update the oldest, for a deletion the newest, since that of a
	 * refused deletion may name rows that would not be deleted with it any more.
	 */
	function take(collection: string, item: string, event: Glimpse['event']): Glimpse | null {
		const key = nameOf(collection, item);
		const match = known(collection, item, event).at(event === 'delete' ? -1 : 0);
		if (!match) return null;
		const left = (glimpses.get(key) ?? []).filter((glimpse) => glimpse !== match);
		if (left.length > 0) glimpses.set(key, left);
		else glimpses.delete(key);
		count -= 1;
		match.write.alive = now();
		return match;
	}

	/** Keeps what was taken for writes that are made again. */
	function putBack(writes: readonly { read: { collection: string; item: string; glimpse: Glimpse } | null }[]): void {
		for (const { read } of writes) if (read) put(read.collection, read.item, read.glimpse);
	}

	/** Keeps at most half of the entries, so that this work is rare. */
	function makeRoom(newest: Write): void {
		drop(isLate);
		if (count > most / 2) {
			const dropped = longestIdle([...glimpses.values()].flat(), count - most / 2, newest);
			drop((glimpse) => dropped.has(glimpse.write));
		}
		room = Math.max(most, 2 * count);
	}

	function drop(isDropped: (glimpse: Glimpse) => boolean): void {
		for (const [key, list] of glimpses) {
			const kept = list.filter((glimpse) => !isDropped(glimpse));
			if (kept.length === list.length) continue;
			count -= list.length - kept.length;
			if (kept.length > 0) glimpses.set(key, kept);
			else glimpses.delete(key);
		}
	}

	return { write, put, putBack, take, fieldsOf, has, ...turns };
}

/** The writes that have been idle longest, with so many glimpses together; never the newest one. */
function longestIdle(glimpses: readonly Glimpse[], count: number, newest: Write): Set<Write> {
	const sizes = new Map<Write, number>();
	for (const { write } of glimpses) sizes.set(write, (sizes.get(write) ?? 0) + 1);
	const idle = new Set<Write>();
	let left = count;
	for (const [write, size] of [...sizes].toSorted(([a], [b]) => a.alive - b.alive)) {
		if (left <= 0) break;
		if (write === newest) continue;
		idle.add(write);
		left -= size;
	}
	return idle;
}

/** The order of readings and writes, and what recent writes asked for. */
function createTurns() {
	let writes = new Map<string, { turn: number; asked: Row | null }>();
	let olderWrites: typeof writes = new Map();
	let turns = 0;

	/**
	 * Says that an item is being written; gives the payload of a write that began after this before-image was read, or null.
	 */
	function written(collection: string, item: string, glimpse: Glimpse | null): Row | null {
		const key = nameOf(collection, item);
		const other = writes.get(key) ?? olderWrites.get(key);
		if (writes.size >= WRITES) [olderWrites, writes] = [writes, new Map()];
		writes.set(key, { turn: (turns += 1), asked: glimpse?.asked ?? null });
		return glimpse && other && other.turn > glimpse.turn ? other.asked : null;
	}

	return { written, turn: () => (turns += 1) };
}

export type BeforeValues = ReturnType<typeof createBeforeValues>;
