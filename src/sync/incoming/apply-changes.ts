import { hasLostRace } from '../../kernel/core/database-errors.js';
import { mayPass } from '../../kernel/core/passing-errors.js';
import { isSchemaMoved, refusalOf } from '../core/wire/refusal.js';
import type { RowState } from '../core/merge/row-state.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import {
	needsParked,
	REFERENCE_PARKED,
	WAITING,
	type SyncChange,
	type SyncResult,
} from '../../contract/sync-messages.js';
import type { ApplyPorts } from './apply-ports.js';
import { heldInCircles } from './circles.js';
import type { Exchanged } from './exchange-values.js';
import { joinWrites } from './joined-writes.js';
import { parkUnique } from './park-unique.js';
import { VersionMoved } from '../core/merge/row-version.js';
import type { Sender } from './batch.js';
import { takeIn } from './take-in.js';

/** How often rows are taken in anew that another process was writing at the same time. */
const TRIES = 5;

/**
 * Takes in a request's rows in one transaction; where one of them cannot be written, in halves, until the bad one is
 * found and parked by itself. Idempotent: what is here already changes nothing.
 * @throws what may pass (a lock, a lost connection): the sender is to try again
 */
export async function applyChanges(changes: SyncChange[], from: Sender, ports: ApplyPorts): Promise<SyncResult[]> {
	const results = new Map<SyncChange, SyncResult>();
	/** Rows with a unique value that another row here has, and what was thrown. */
	const rivals = new Map<SyncChange, unknown>();
	const take = async (some: SyncChange[]): Promise<void> => {
		const [first, ...others] = some;
		if (!first) return;
		try {
			const taken = await tryAgain(others.length === 0, () => takeJoined([first, ...others], from, ports));
			some.forEach((change, index) => {
				const result = taken[index];
				if (result) results.set(change, result);
			});
		} catch (error) {
			if (mayPass(error)) throw error;
			if (others.length === 0 && codeOf(error) === 'RECORD_NOT_UNIQUE') rivals.set(first, error);
			else if (others.length === 0) results.set(first, await park(first, error, from, ports));
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
	for (const [change, result] of await takeRivals(rivals, from, ports)) results.set(change, result);
	await moveOutOfCircles(results, from, ports);
	parkDependents(results);
	return changes.flatMap((change) => results.get(latest.get(place(change)) ?? change) ?? []);
}

/** Takes in rows in one transaction of their own; writes of one kind in a row are joined. */
const takeJoined = (
	changes: [SyncChange, ...SyncChange[]],
	from: Sender,
	ports: ApplyPorts,
	exchanged?: Exchanged,
): Promise<SyncResult[]> =>
	ports.transaction(changes[0].collection, async (transaction) => {
		const { tx, done } = joinWrites(transaction);
		const taken = await takeIn(changes, from, tx, ports, exchanged);
		await done();
		return taken;
	});

/**
 * Rows that could not be written because of a value that another row here has. That row may be one of them, or have got
 * another value since: they are tried once more, together, and then each by itself.
 */
async function takeRivals(
	rivals: Map<SyncChange, unknown>,
	from: Sender,
	ports: ApplyPorts,
): Promise<Map<SyncChange, SyncResult>> {
	const results = new Map<SyncChange, SyncResult>();
	const all = [...rivals.keys()];
	const exchanged = new Map<string, Set<string>>();
	for (const [{ collection }, error] of rivals) {
		const { field } = (error as { extensions?: { field?: string | null } }).extensions ?? {};
		if (field) exchanged.set(collection, (exchanged.get(collection) ?? new Set()).add(field));
	}
	const together = async (some: SyncChange[]): Promise<unknown> => {
		const [first, ...others] = some;
		if (!first) return null;
		try {
			const outcomes = await tryAgain(false, () => takeJoined([first, ...others], from, ports, exchanged));
			some.forEach((change, index) => {
				const result = outcomes[index];
				if (result) results.set(change, result);
			});
			return null;
		} catch (error) {
			if (mayPass(error)) throw error;
			return error ?? new Error('refused without a reason');
		}
	};
	if (all.length > 1 && (await together(all)) === null) return results;
	for (const change of all) {
		const error = await together([change]);
		if (error !== null) results.set(change, await park(change, error, from, ports));
	}
	return results;
}

/** A move that waited for an answer, and closes no circle any more, is made or dropped, as the rule says. */
async function moveOutOfCircles(
	results: ReadonlyMap<SyncChange, SyncResult>,
	from: Sender,
	ports: ApplyPorts,
): Promise<void> {
	for (const { id, change } of await heldInCircles(results, from.instance, ports))
		try {
			await tryAgain(false, () => takeJoined([change], { ...from, frees: id }, ports));
		} catch {
			// The row already has these values; the conflict stays open, and is checked again with the next change.
		}
}

/** Parks rows that depend on a parked row, directly or through others. */
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
			const isRace = error instanceof VersionMoved || isSameIdTwice(error) || hasLostRace(error);
			const isTaken = mayBeItself && codeOf(error) === 'RECORD_NOT_UNIQUE';
			if (left <= 1 || !(isRace || isTaken)) throw error;
			if (isTaken) mayBeItself = false;
		}
	}
}

/** A flow may throw anything. */
const codeOf = (error: unknown) => (error as { code?: unknown } | null | undefined)?.code;

/** Two requests met the same row at the same time. */
const isSameIdTwice = (error: unknown) =>
	/downstream_sync_(ids|versions)/.test(error instanceof Error ? error.message : '');

/** Text that PostgreSQL cannot keep. */
const NUL = '\u0000';

async function park(change: SyncChange, error: unknown, from: Sender, ports: ApplyPorts): Promise<SyncResult> {
	const { collection, sync_id: syncId, state } = change;
	const { code, message } = refusalOf(error);
	// What it refers to was deleted here after it had been looked for; or a column comes, or goes, at this moment.
	if (code === 'INVALID_FOREIGN_KEY' || isSchemaMoved(error))
		return { collection, sync_id: syncId, outcome: 'waiting', code: WAITING, message };
	if (code === 'RECORD_NOT_UNIQUE') await parkUnique(change, error, from, ports);
	const withNul = Object.entries(valuesOf(state as RowState)).flatMap(([field, value]) =>
		typeof value === 'string' && value.includes(NUL) ? [field] : [],
	);
	const where =
		code === 'DATABASE_REFUSED' && withNul.length > 0 ? ` (${withNul.join(', ')}: there is a NUL in it)` : '';
	return { collection, sync_id: syncId, outcome: 'parked', code, message: `${message}${where}` };
}
