import { needsParked, REFERENCE_PARKED, WAITING, type SyncChange, type SyncResult } from '../../core/sync/messages.js';
import type { ApplyDoors } from './apply-ports.js';
import { joinWrites } from './joined-writes.js';
import { parkUnique } from './park-unique.js';
import { VersionMoved } from '../../core/sync/row-version.js';
import type { Sender } from './batch.js';
import { takeIn } from './take-in.js';

/** How often rows are taken in anew that somebody else was writing at the same time. */
const TRIES = 5;

/**
 * Takes in a request's rows in one transaction; where one of them cannot be written, in halves, until the bad one is
 * found and parked by itself. Idempotent: what is here already changes nothing.
 * @throws what may pass (a lock, a lost connection): the sender is to try again
 */
export async function applyChanges(changes: SyncChange[], from: Sender, doors: ApplyDoors): Promise<SyncResult[]> {
	const results = new Map<SyncChange, SyncResult>();
	const take = async (some: SyncChange[]): Promise<void> => {
		const [first, ...others] = some;
		if (!first) return;
		try {
			const taken = await tryAgain(others.length === 0, () =>
				doors.transaction(first.collection, async (transaction) => {
					const { tx, done } = joinWrites(transaction);
					const taken = await takeIn(some, from, tx, doors);
					await done();
					return taken;
				}),
			);
			some.forEach((change, index) => {
				const result = taken[index];
				if (result) results.set(change, result);
			});
		} catch (error) {
			if (mayPass(error)) throw error;
			if (others.length === 0) results.set(first, await park(first, error, from, doors));
			else {
				const half = Math.ceil(some.length / 2);
				await take(some.slice(0, half));
				await take(some.slice(half));
			}
		}
	};
	const place = ({ collection, sync_id }: SyncChange) => `${collection}/${sync_id}`;
	// One row that is named twice was read twice by the sender: the later reading has all of the earlier.
	const latest = new Map(changes.map((change) => [place(change), change]));
	await take([...latest.values()]);
	parkDependents(results);
	return changes.flatMap((change) => results.get(latest.get(place(change)) ?? change) ?? []);
}

/** What cannot be here without a row that was parked is parked with it, and so is what needs that. */
function parkDependents(results: Map<SyncChange, SyncResult>): void {
	const place = ({ collection, sync_id }: { collection: string; sync_id: string }) => `${collection}/${sync_id}`;
	const parked = new Map<string, string>();
	let before = -1;
	while (parked.size > before) {
		before = parked.size;
		for (const [change, result] of results) {
			const { outcome, waits_for: needed } = result;
			const why = outcome === 'waiting' && needed ? parked.get(place(needed)) : undefined;
			if (needed && why !== undefined) {
				const { collection, sync_id } = result;
				const message = needsParked(needed, why);
				results.set(change, { collection, sync_id, outcome: 'parked', code: REFERENCE_PARKED, message });
				parked.set(place(change), why);
			} else if (outcome === 'parked' && !parked.has(place(change))) parked.set(place(change), result.message ?? '');
		}
	}
}

/** @param isAlone a row by itself: what stands in its way may be the same row, which another request has just made */
async function tryAgain<T>(isAlone: boolean, work: () => Promise<T>): Promise<T> {
	let mayBeItself = isAlone;
	for (let left = TRIES; ; left -= 1) {
		try {
			return await work();
		} catch (error) {
			const isRace = error instanceof VersionMoved || isSameIdTwice(error) || isDeadlock(error);
			const isTaken = mayBeItself && (error as { code?: unknown }).code === 'RECORD_NOT_UNIQUE';
			if (left <= 1 || !(isRace || isTaken)) throw error;
			if (isTaken) mayBeItself = false;
		}
	}
}

/** Two requests met the same row at the same time. */
const isSameIdTwice = (error: unknown) =>
	/downstream_sync_(ids|versions)/.test(error instanceof Error ? error.message : '');

/** The database has ended one of several transactions that waited for each other. */
const isDeadlock = (error: unknown) =>
	['40P01', '40001', 'ER_LOCK_DEADLOCK', 'SQLITE_BUSY'].includes(String((error as { code?: unknown }).code));

/** Directus refuses with a status below 500, and so will it the next time; anything else may pass. */
function mayPass(error: unknown): boolean {
	const status = (error as { status?: unknown }).status;
	return typeof status !== 'number' || status >= 500 || status === 408 || status === 429;
}

async function park(change: SyncChange, error: unknown, from: Sender, doors: ApplyDoors): Promise<SyncResult> {
	const { collection, sync_id: syncId } = change;
	const { code = 'REFUSED', message } = error as { code?: string; message: string };
	// What it refers to was deleted here after it had been looked for.
	if (code === 'INVALID_FOREIGN_KEY')
		return { collection, sync_id: syncId, outcome: 'waiting', code: WAITING, message };
	if (code === 'RECORD_NOT_UNIQUE') await parkUnique(change, error, from, doors);
	return { collection, sync_id: syncId, outcome: 'parked', code, message };
}
