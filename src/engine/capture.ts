import { inGroupsOf } from '../core/adapters/pack.js';
import type { Row } from '../core/item-change.js';
import { ALL_ITEMS, EVENTS, type EventName } from '../core/vocabulary.js';
import type { CollectionWatch, Watch } from '../core/watch.js';
import { LIMITS } from '../../schema.js';
import { createBeforeValues, type Glimpse } from './before-values.js';
import { findVictims } from './find-victims.js';
import type { NewChange } from './new-change.js';
import { createNoticedWrites } from './noticed-writes.js';
import type { Clock } from './ports.js';

/** The database handle of the hook that is running: inside its transaction where there is one. */
export interface Handle {
	/** The columns of the rows whose `field` is one of `values`; of all rows where it is null. Keys in the answer are as the driver gives them. */
	rows(collection: string, field: string | null, values: unknown[], columns: string[], limit: number): Promise<Row[]>;
	/** Items with relational field paths, as Directus' API returns them. */
	read(collection: string, keys: unknown[], fields: string[]): Promise<Row[]>;
	/** Writes to the outbox in the same transaction; throws where that failed, leaving the transaction usable if it can. */
	record(changes: NewChange[]): Promise<void>;
	/** Whether the database has ended the transaction with this error: nothing that was written in it is there any more. */
	hasEnded(error: unknown): boolean;
	/** Settles when the outermost transaction is over: true = committed. null where there is none. */
	outcome(): Promise<boolean> | null;
	/** Whatever object stands for the outermost transaction, to know it again. */
	transaction: object | null;
}

/** What Directus' activity says of a write. */
export interface Activity {
	action: string;
	collection: string;
	item: string;
	user: string | null;
}

export interface CaptureDoors {
	clock: Clock;
	watch(): Watch;
	/** True while rules that changed are being read again: until then everything is recorded, and planning sorts it out. */
	stale(): boolean;
	/** Reads rules that changed; never inside somebody's transaction. */
	refresh(): Promise<void>;
	/** The collection's primary key field; null where Directus does not know the collection. */
	primary(collection: string): string | null;
	/** All columns of a collection whose values may be kept. */
	columns(collection: string): string[];
	/** The handle for what is recorded after commit. */
	afterCommit(): Handle;
	/** Something was committed that waits to be planned. */
	wake(): void;
	/** The outbox could not be written; said once per spell. */
	broken(error: unknown): void;
}

/**
 * Records every committed change of what is watched, atomically with the change (flush.md §1).
 *
 * The seam is Directus' activity row, whose filter hook runs inside the item's own transaction: what is inserted there
 * lives and dies with the change. Before that, hooks outside the transaction show the old values; they are kept in
 * memory until the activity row comes. Writes without an activity row (collections that are not tracked, services
 * without accountability) are recorded by the action hook once their transaction has committed.
 */
export function createCapture(doors: CaptureDoors) {
	const { clock, watch } = doors;
	const glimpses = createBeforeValues(() => clock.now());
	const noticed = createNoticedWrites(() => clock.now());
	const awaited = new WeakSet<object>();
	const open = new Map<string, Set<Promise<boolean>>>();
	let unwritten: NewChange[] = [];

	const isWatched = (collection: string) => watch().collections.has(collection) || doors.stale();

	/** Before an update is written: what the items are now, for the rules that will want to know. */
	async function beforeUpdate(
		collection: string,
		keys: readonly unknown[],
		payload: Row,
		handle: Handle,
	): Promise<void> {
		const wanted = toRead(collection);
		if (!wanted) return;
		const turn = glimpses.turn();
		const fields = Object.keys(payload);
		const found = wanted.columns.length > 0 ? await rowsByKey(wanted, keys, handle) : null;
		const asked = Object.fromEntries(
			wanted.columns.filter((column) => isPlain(payload[column])).map((column) => [column, payload[column]]),
		);
		for (const key of keys) {
			const before = found && { columns: found.get(String(key)) ?? null, between: null, related: null };
			put(collection, String(key), { event: 'update', before, asked, fields, victims: [], turn }, handle);
		}
	}

	/** Before a delete: what the items are, and what the database will delete or empty with them. */
	async function beforeDelete(collection: string, keys: readonly unknown[], handle: Handle): Promise<void> {
		// What the database deletes along with it is known by the rules only, and cannot be found out afterwards.
		if (doors.stale() && !handle.transaction) await doors.refresh();
		const watched = watch().collections.get(collection);
		const turn = glimpses.turn();
		const victims = await findVictims(collection, keys, handle, doors);
		const wanted = toRead(collection);
		if (!wanted && victims.size === 0) return;
		const found = wanted ? await rowsByKey(wanted, keys, handle) : null;
		const related = new Map<string, Row>();
		if (watched && watched.relationalPaths.length > 0) {
			const items = await handle.read(collection, [...keys], [watched.primary, ...watched.relationalPaths]);
			for (const item of items) related.set(String(item[watched.primary]), item);
		}
		for (const key of keys) {
			const before = found
				? { columns: found.get(String(key)) ?? null, between: null, related: related.get(String(key)) ?? null }
				: null;
			put(
				collection,
				String(key),
				{ event: 'delete', before, asked: null, fields: null, victims: victims.get(String(key)) ?? [], turn },
				handle,
			);
		}
	}

	/**
	 * The seam: activity is being written in the transaction of the items that it tells of.
	 * @throws what has ended that transaction: Directus writes it all again then, or tells the editor
	 */
	async function onActivity(activities: readonly Activity[], handle: Handle): Promise<void> {
		const taken: [string, string, Glimpse][] = [];
		const changes = activities.flatMap((activity) => {
			const { collection, item, user } = activity;
			const event = EVENTS.find((known) => known === activity.action);
			if (!event) return [];
			if (!isWatched(collection) && !(event === 'delete' && watch().cascades.has(collection))) return [];
			noticed.add(collection, item);
			const fields = event === 'update' ? glimpses.fieldsOf(collection, item) : null;
			const glimpse = event === 'create' ? null : glimpses.take(collection, item, event);
			if (glimpse) taken.push([collection, item, glimpse]);
			return changesOf({ collection, item, event, user, fields, source: 'activity' }, glimpse);
		});
		if (changes.length === 0) return;
		try {
			for (const group of inGroupsOf(100, changes)) await handle.record(group);
			wakeAfter(handle);
		} catch (error) {
			if (handle.hasEnded(error)) {
				for (const [collection, item, glimpse] of taken) glimpses.put(collection, item, glimpse);
				throw error;
			}
			doors.broken(error);
			const committed = handle.outcome() ?? Promise.resolve(true);
			void committed.then((yes) => (yes ? recordLater(changes) : undefined));
		}
	}

	/** Remembers that a write is under way that will leave no activity row, so that its action hook can wait for it. */
	function beforeUntracked(collection: string, handle: Handle): void {
		const outcome = isWatched(collection) ? handle.outcome() : null;
		if (!outcome) return;
		const set = open.get(collection) ?? new Set();
		open.set(collection, set.add(outcome));
		void outcome.finally(() => set.delete(outcome));
	}

	/**
	 * The action hook: records what left no activity row. The hook may run before the write is committed, and also if
	 * it is rolled back, so the open transactions on that collection are waited for, and what was created is looked up.
	 */
	async function onAction(
		collection: string,
		keys: readonly unknown[],
		event: EventName,
		user: string | null,
		tracked: boolean,
	): Promise<void> {
		if (!isWatched(collection) && !(event === 'delete' && watch().cascades.has(collection))) return;
		const missing = tracked ? keys.filter((key) => !noticed.take(collection, String(key))) : keys;
		if (missing.length === 0) return;
		const taken = missing.map((key) => ({
			key,
			glimpse: event === 'create' ? null : glimpses.take(collection, String(key), event),
		}));
		await Promise.allSettled(open.get(collection) ?? []);
		const handle = doors.afterCommit();
		const primary = doors.primary(collection);
		const there =
			event === 'create' && primary
				? new Set(
						(await handle.rows(collection, primary, [...missing], [primary], missing.length)).map((row) =>
							String(row[primary]),
						),
					)
				: null;
		const changes: NewChange[] = [];
		for (const { key, glimpse } of taken) {
			if (there && !there.has(String(key))) continue;
			if (glimpse?.outcome && !(await glimpse.outcome)) continue;
			changes.push(...changesOf({ collection, item: String(key), event, user, source: 'action' }, glimpse));
		}
		await recordLater(changes);
	}

	/**
	 * Manual sorting moves the siblings too, and names only one of them (directus-events.md): every row that may have
	 * moved is recorded. That is all on one side of the moved item, since where it came from is not told.
	 */
	async function onSort(
		collection: string,
		sortField: string,
		item: unknown,
		to: unknown,
		user: string | null,
	): Promise<void> {
		const primary = doors.primary(collection);
		if (!isWatched(collection) || !primary) return;
		const handle = doors.afterCommit();
		const moved = await handle.rows(collection, primary, [item, to], [primary, sortField], 2);
		const at = (key: unknown) => Number(moved.find((row) => String(row[primary]) === String(key))?.[sortField]);
		const all = await handle.rows(collection, null, [], [primary, sortField], LIMITS.fanOut + 1);
		const [position, neighbour] = [at(item), at(to)];
		const side = all.filter((row) =>
			neighbour > position ? Number(row[sortField]) >= position : Number(row[sortField]) <= position,
		);
		const keys = all.length > LIMITS.fanOut ? [ALL_ITEMS] : side.map((row) => String(row[primary]));
		const change = { collection, event: 'update', at: clock.now(), user, before: null, source: 'sort' } as const;
		return recordLater(keys.map((key) => ({ ...change, item: key })));
	}

	/** Writes changes outside any transaction; keeps them, and tries again, while the outbox cannot be written. */
	async function recordLater(changes: NewChange[]): Promise<void> {
		unwritten.push(...changes);
		if (unwritten.length === 0) return;
		const writing = unwritten;
		unwritten = [];
		try {
			for (const group of inGroupsOf(100, writing)) await doors.afterCommit().record(group);
			doors.wake();
		} catch (error) {
			unwritten = [...writing, ...unwritten];
			doors.broken(error);
		}
	}

	function put(collection: string, item: string, seen: Omit<Glimpse, 'at' | 'outcome'>, handle: Handle): void {
		glimpses.put(collection, item, { ...seen, outcome: handle.outcome(), at: clock.now() });
	}

	function changesOf(write: Omit<NewChange, 'at' | 'before'>, glimpse: Glimpse | null): NewChange[] {
		const at = clock.now();
		const { event, user } = write;
		const between = glimpses.written(write.collection, write.item, glimpse);
		const seen = event === 'create' ? null : (glimpse?.before ?? null);
		const before = seen?.columns && between ? { ...seen, between } : seen;
		const own: NewChange[] = isWatched(write.collection) ? [{ ...write, at, before }] : [];
		return [...own, ...(event === 'delete' ? (glimpse?.victims ?? []).map((victim) => ({ ...victim, at, user })) : [])];
	}

	function wakeAfter(handle: Handle): void {
		const { transaction } = handle;
		if (!transaction) return doors.wake();
		if (awaited.has(transaction)) return;
		awaited.add(transaction);
		void handle.outcome()?.then((committed) => committed && doors.wake());
	}

	/** What to read of items about to be written: what some rule needs, or everything while the rules are not known. */
	function toRead(collection: string): Pick<CollectionWatch, 'collection' | 'primary' | 'columns'> | null {
		if (!doors.stale()) return watch().collections.get(collection) ?? null;
		const primary = doors.primary(collection);
		return primary ? { collection, primary, columns: doors.columns(collection) } : null;
	}

	async function rowsByKey(
		{ collection, primary, columns }: Pick<CollectionWatch, 'collection' | 'primary' | 'columns'>,
		keys: readonly unknown[],
		handle: Handle,
	): Promise<Map<string, Row>> {
		const rows = await handle.rows(collection, primary, [...keys], [...new Set([primary, ...columns])], keys.length);
		return new Map(rows.map((row) => [String(row[primary]), row]));
	}

	return {
		beforeUpdate,
		beforeDelete,
		beforeUntracked,
		onActivity,
		onAction,
		onSort,
		recordLater,
		unwritten: () => unwritten.length,
	};
}

const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
