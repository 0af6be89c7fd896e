import { LIMITS } from '../../schema.js';
import { ALL_ITEMS, type EventName } from '../contract/vocabulary.js';
import type { BeforeValues, Glimpse } from './before-values.js';
import type { NewChange } from './new-change.js';
import type { NoticedWrites } from './noticed-writes.js';
import type { CapturePorts, Handle } from './capture-ports.js';

/** A change that an action hook reported and that is not recorded yet. */
interface Missed {
	collection: string;
	event: EventName;
	user: string | null;
	items: { key: unknown; glimpse: Glimpse | null }[];
}

/** What capture lends to what records writes that leave no activity row. */
export interface CaptureParts {
	isWatched(collection: string): boolean;
	outcomeOf(handle: Handle): Promise<boolean> | null;
	noticed: NoticedWrites;
	glimpses: BeforeValues;
	changesOf(write: Omit<NewChange, 'at' | 'before'>, glimpse: Glimpse | null): NewChange[];
	recordLater(changes: NewChange[]): Promise<void>;
}

/** Records by Directus' action hooks, after commit, what left no activity row: only where statements cannot be seen. */
export function createActionWrites(ports: CapturePorts, parts: CaptureParts) {
	const { watch } = ports;
	const { isWatched, outcomeOf, noticed, glimpses, changesOf, recordLater } = parts;
	const open = new Map<string, Set<Promise<boolean>>>();
	let missed: Missed[] = [];
	let isRecordingMissed = false;

	/** Remembers that a write is under way that will leave no activity row, so that its action hook can wait for it. */
	function beforeUntracked(collection: string, handle: Handle): void {
		const outcome = isWatched(collection) && !ports.seesStatements() ? outcomeOf(handle) : null;
		if (!outcome) return;
		const set = open.get(collection) ?? new Set();
		if (set.has(outcome)) return;
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
		if (ports.seesStatements()) return;
		if (!isWatched(collection) && !(event === 'delete' && watch().cascades.has(collection))) return;
		const missing = tracked ? keys.filter((key) => !noticed.take(collection, String(key))) : keys;
		if (missing.length === 0) return;
		const taken = missing.map((key) => ({
			key,
			glimpse: event === 'create' ? null : glimpses.take(collection, String(key), event),
		}));
		await Promise.allSettled(open.get(collection) ?? []);
		missed.push({ collection, event, user, items: taken });
		if (!isRecordingMissed) await recordMissed();
	}

	/** Records what action hooks reported. An import reports each item by itself, so all that have come are looked up at once. */
	async function recordMissed(): Promise<void> {
		isRecordingMissed = true;
		try {
			while (missed.length > 0) {
				const batch = missed;
				missed = [];
				// Where that cannot be looked up, all are recorded: planning sends nothing of an item that is not there.
				const created = await createdThere(batch, ports).catch(
					(error: unknown) => (ports.broken(error), new Map<string, Set<string>>()),
				);
				const changes: NewChange[] = [];
				for (const { collection, event, user, items } of batch) {
					for (const { key, glimpse } of items) {
						if (event === 'create' && created.get(collection)?.has(String(key)) === false) continue;
						if (glimpse?.outcome && !(await glimpse.outcome)) continue;
						changes.push(...changesOf({ collection, item: String(key), event, user, source: 'action' }, glimpse));
					}
				}
				await recordLater(changes);
			}
		} finally {
			isRecordingMissed = false;
		}
	}

	return { beforeUntracked, onAction, onSort: createSortWrites(ports, parts) };
}

/** Which of the items that are said to be created are there, by collection. */
async function createdThere(batch: readonly Missed[], ports: CapturePorts): Promise<Map<string, Set<string>>> {
	const createdKeys = new Map<string, Set<string>>();
	const created = batch.filter(({ event }) => event === 'create');
	for (const [collection, some] of Map.groupBy(created, (change) => change.collection)) {
		const primary = ports.primary(collection);
		if (!primary) continue;
		const keys = some.flatMap(({ items }) => items.map(({ key }) => key));
		const rows = await ports.afterCommit().rows(collection, primary, keys, [primary], keys.length);
		createdKeys.set(collection, new Set(rows.map((row) => String(row[primary]))));
	}
	return createdKeys;
}

/** Records what manual sorting has moved. */
function createSortWrites(ports: CapturePorts, { isWatched, recordLater }: CaptureParts) {
	/**
	 * Manual sorting moves the siblings too, and names only one of them: every row that may have
	 * moved is recorded. That is every row on one side of the moved item, since Directus does not tell where it came from.
	 */
	async function onSort(
		collection: string,
		sortField: string,
		item: unknown,
		to: unknown,
		user: string | null,
	): Promise<void> {
		const primary = ports.primary(collection);
		if (ports.seesStatements() || !isWatched(collection) || !primary) return;
		const keys = await keysMoved({ collection, primary, sortField }, item, to, ports.afterCommit());
		const change = { collection, event: 'update', at: ports.clock.now(), user, before: null, source: 'sort' } as const;
		return recordLater(keys.map((key) => ({ ...change, item: key })));
	}

	return onSort;
}

/** The rows on one side of a moved item; all, where they are too many. */
async function keysMoved(
	{ collection, primary, sortField }: Record<'collection' | 'primary' | 'sortField', string>,
	item: unknown,
	to: unknown,
	handle: Handle,
): Promise<string[]> {
	const moved = await handle.rows(collection, primary, [item, to], [primary, sortField], 2);
	const at = (key: unknown) => Number(moved.find((row) => String(row[primary]) === String(key))?.[sortField]);
	const all = await handle.rows(collection, null, [], [primary, sortField], LIMITS.fanOut + 1);
	const [position, neighbour] = [at(item), at(to)];
	const side = all.filter((row) =>
		neighbour > position ? Number(row[sortField]) >= position : Number(row[sortField]) <= position,
	);
	return all.length > LIMITS.fanOut ? [ALL_ITEMS] : side.map((row) => String(row[primary]));
}
