import type { Knex } from 'knex';
import { acquireLease, releaseLease } from './leases.js';

/**
 * One push at a time per database. The lease is one as all others are; beside that, it says who holds it, so that whoever comes second can be told.
 */
const NAME = 'config-push';
const KEY = `lease:${NAME}`;

/** Who pushes, and since when (ms since 1970). */
export interface LeaseHolder {
	user: string | null;
	since: number;
}

/**
 * Takes the lease for so long, or says who has it.
 * @param holder of this push alone, not of the process: a process may be asked for two pushes
 */
export async function takeConfigLease(
	database: Knex,
	holder: string,
	who: LeaseHolder,
	now: number,
	ttlMs: number,
): Promise<{ taken: true } | { taken: false; by: LeaseHolder }> {
	if (await acquireLease(database, NAME, holder, ttlMs, now)) {
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
