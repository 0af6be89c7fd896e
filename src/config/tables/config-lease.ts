import type { Knex } from 'knex';
import { acquireLease, latestEnd, releaseLease } from '../../kernel/database/leases.js';

/** Long enough to begin writing, and the longest time that the push of a dead process blocks others. */
export const LEASE_MS = 15_000;
/** For as long as the writing may take. Where tables are in the transaction, others never see it. */
export const WRITING_MS = 900_000;
/** A renewal that took longer had to wait for a lock: what it says may have passed by then. */
const SLOW_MS = 1_000;

/**
 * One push at a time per database. It is a lease like all others, and also stores who holds it, so that a second push can
 * be told whom it waits for.
 */
const NAME = 'config-push';
const KEY = `lease:${NAME}`;
const LASTS = { ttlMs: LEASE_MS, longestMs: WRITING_MS };

/** Who pushes, and since when (ms since 1970). */
export interface LeaseHolder {
	user: string | null;
	since: number;
}

/**
 * Takes the lease, or says who has it.
 * @param holder of this push alone, not of the process: a process may be asked for two pushes
 */
export async function takeConfigLease(
	database: Knex,
	holder: string,
	who: LeaseHolder,
	now: number,
): Promise<{ taken: true } | { taken: false; by: LeaseHolder }> {
	if (await acquireLease(database, NAME, holder, LASTS, now)) {
		await database('downstream_meta')
			.where({ key: KEY, holder })
			.update({ value: JSON.stringify(who) });
		return { taken: true };
	}
	const known = await database('downstream_meta')
		.where({ key: KEY })
		.first<{ value: string | null } | undefined>('value');
	return { taken: false, by: holderOf(known?.value, now) };
}

/** Holds it longer, as long as it is still this push's own: one that was late must not take it back from the next. */
export async function renewConfigLease(database: Knex, holder: string, until: number): Promise<boolean> {
	return (await database('downstream_meta').where({ key: KEY, holder }).update({ until })) > 0;
}

/**
 * Has a lease renewed again and again, until the returned function is called. One renewal at a time: several that wait
 * for the same lock would end in any order, the oldest last.
 */
export function keepRenewed(renew: (until: number) => Promise<unknown>, now: () => number): () => void {
	let isRenewing = false;
	async function once(): Promise<void> {
		if (isRenewing) return;
		isRenewing = true;
		try {
			const began = now();
			await renew(began + LEASE_MS);
			if (now() - began > SLOW_MS) await renew(now() + LEASE_MS);
		} catch {
			// The database is away; the lease runs out by itself if it stays away.
		} finally {
			isRenewing = false;
		}
	}
	const timer = setInterval(() => void once(), LEASE_MS / 3);
	return () => clearInterval(timer);
}

/** Whether a push is under way, or died less than a lease ago. */
export async function isConfigLeaseHeld(database: Knex, now: number): Promise<boolean> {
	const held = await database('downstream_meta')
		.where({ key: KEY })
		.whereNotNull('holder')
		.where('until', '>', now)
		.where('until', '<=', latestEnd(now, WRITING_MS))
		.first<unknown>('key');
	return held !== undefined;
}

export const giveConfigLeaseBack = (database: Knex, holder: string): Promise<void> =>
	releaseLease(database, NAME, holder);

function holderOf(value: string | null | undefined, now: number): LeaseHolder {
	try {
		const { user, since } = JSON.parse(value ?? '') as Partial<LeaseHolder>;
		return { user: user ?? null, since: since ?? now };
	} catch {
		return { user: null, since: now };
	}
}

/** SQLite: from here on no other process writes until the transaction is over. */
export async function takeWriteLock(transaction: Knex): Promise<void> {
	await transaction('downstream_meta').where({ key: 'version' }).update({ key: 'version' });
}
