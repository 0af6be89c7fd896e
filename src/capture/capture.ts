import { inGroupsOf } from '../kernel/core/in-groups-of.js';
import { EVENTS, TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import { createActionWrites } from './action-writes.js';
import { createBeforeReader } from './before-reader.js';
import { createBeforeValues, type Glimpse } from './before-values.js';
import { changesOfNotes } from './changes-of-notes.js';
import type { NewChange } from './new-change.js';
import type { Kept } from './noted-writes.js';
import { limitChanges } from './memory-limit.js';
import { createNoticedWrites } from './noticed-writes.js';
import { createSeenStatements } from './seen-statements.js';
import type { CapturePorts, Handle } from './capture-ports.js';

/** What Directus' activity says of a write. */
export interface Activity {
	action: string;
	collection: string;
	item: string;
	user: string | null;
	/** Another instance has sent it. */
	received?: boolean;
}

/**
 * Records every committed change of what is watched, atomically with the change.
 *
 * The seam is Directus' activity row, whose filter hook runs inside the item's own transaction: what is inserted there
 * lives and dies with the change. Before that, hooks outside the transaction show the old values; they are kept in
 * memory until the activity row comes. Writes without an activity row (collections that are not tracked, services
 * without accountability or events, raw SQL) are found in the statements themselves, and recorded right before they are
 * committed; where statements cannot be seen, by the action hook once their transaction has committed.
 */
export function createCapture(ports: CapturePorts) {
	const { clock, watch } = ports;
	const glimpses = createBeforeValues(() => clock.now());
	const noticed = createNoticedWrites(() => clock.now());
	const { outcomeOf, wakeAfter } = createOutcomes(ports);
	const { recordLater, unwritten, forget } = createUnwritten(ports);
	const { beforeUpdate, beforeDelete, toRead } = createBeforeReader(ports, { glimpses, outcomeOf });

	const isWatched = (collection: string) => watch().collections.has(collection) || ports.stale();
	const isRecorded = (collection: string, event: string) =>
		isWatched(collection) || (event === 'delete' && watch().cascades.has(collection));

	/**
	 * The seam: activity is written in the transaction of the items that it is about.
	 * @throws what has ended that transaction: Directus writes it all again then, or tells the editor
	 */
	async function onActivity(activities: readonly Activity[], handle: Handle): Promise<void> {
		const told = activities.flatMap((activity): Kept[] => {
			const { collection, item, user, received } = activity;
			const event = EVENTS.find((known) => known === activity.action);
			if (!event || !isRecorded(collection, event)) return [];
			noticed.add(collection, item);
			const seen = handle.notes?.account(collection, item, event) ?? null;
			const earlier = changesOfNotes(seen?.earlier ?? [], glimpses, changesOf);
			const fields = event === 'update' ? glimpses.fieldsOf(collection, item) : null;
			const hooked = event === 'create' ? null : glimpses.take(collection, item, event);
			// A service that emits no events has no hook read anything; the statement has had it read then.
			const glimpse = hooked ?? seen?.glimpse ?? null;
			const source = received ? 'received' : 'activity';
			const own = changesOf({ collection, item, event, user, fields, source }, glimpse);
			const read = hooked && { collection, item, glimpse: hooked };
			return [...earlier, ...own].map((change, index) => ({ change, read: index === 0 ? read : null }));
		});
		if (told.length === 0 || handle.keep(told)) return;
		const changes = told.map(({ change }) => change);
		try {
			for (const group of inGroupsOf(100, changes)) await handle.record(group);
			wakeAfter(handle);
		} catch (error) {
			if (handle.hasEnded(error)) {
				glimpses.putBack(told);
				throw error;
			}
			ports.broken(error);
			const committed = outcomeOf(handle) ?? Promise.resolve(true);
			void committed.then((yes) => (yes ? recordLater(changes) : undefined));
		}
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

	return {
		beforeUpdate,
		beforeDelete,
		onActivity,
		/** Whether activity of such a collection may lead to anything: to a record, or to other rules. */
		notices: (collection: string, event: string) =>
			isRecorded(collection, event) || TARGET_COLLECTIONS.includes(collection),
		/** Runs the statements of this process, and records what they write where nothing else does. */
		statements: createSeenStatements(ports, { glimpses, isWatched, toRead, changesOf, recordLater }),
		...createActionWrites(ports, { isWatched, outcomeOf, noticed, glimpses, changesOf, recordLater }),
		recordLater,
		unwritten,
		forget,
	};
}

/** Whether transactions were committed, once they are over. */
function createOutcomes(ports: Pick<CapturePorts, 'wake'>) {
	const awaited = new WeakSet<object>();
	const outcomes = new WeakMap<object, Promise<boolean>>();

	/** One promise per transaction, whatever number of items is written in it. */
	function outcomeOf(handle: Handle): Promise<boolean> | null {
		const { transaction } = handle;
		if (!transaction) return null;
		const known = outcomes.get(transaction) ?? handle.outcome();
		if (known) outcomes.set(transaction, known);
		return known;
	}

	function wakeAfter(handle: Handle): void {
		const { transaction } = handle;
		if (!transaction) return ports.wake();
		if (awaited.has(transaction)) return;
		awaited.add(transaction);
		void outcomeOf(handle)?.then((committed) => committed && ports.wake());
	}

	return { outcomeOf, wakeAfter };
}

/** Changes that are written outside any transaction, and those that could not be written yet. */
function createUnwritten(ports: Pick<CapturePorts, 'clock' | 'afterCommit' | 'wake' | 'broken'>) {
	let unwritten: NewChange[] = [];

	/** Writes changes outside any transaction; keeps them, and tries again, while the outbox cannot be written. */
	async function recordLater(changes: NewChange[]): Promise<void> {
		unwritten = limitChanges([...unwritten, ...changes], ports.clock.now());
		if (unwritten.length === 0) return;
		const writing = unwritten;
		unwritten = [];
		try {
			for (const group of inGroupsOf(100, writing)) await ports.afterCommit().record(group);
			ports.wake();
		} catch (error) {
			unwritten = [...writing, ...unwritten];
			ports.broken(error);
		}
	}

	return {
		recordLater,
		unwritten: () => unwritten.length,
		/** Drops what could not be written: there is nothing to write it into. */
		forget: (): void => void (unwritten = []),
	};
}
