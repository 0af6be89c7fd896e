import type { Knex } from 'knex';

/** No clock of ours is ahead of another one by more than this. */
const FOREIGN_MS = 60_000;

/**
 * A lease says which process does a piece of work (planning, one target's sending). It is a row that expires by
 * itself, because Directus closes the database before it tells extensions to stop: no process can be relied on to give
 * one back. One that would last much longer than it may was written by a wrong clock, and counts as
 * expired. Every
 * change of it is conditional on what it was, so two processes never both hold it.
 *
 * @param lasts how long it is taken for, in ms; and the longest that one of this name may be held without being renewed,
 * where that is longer
 */
export async function acquireLease(
	database: Knex,
	name: string,
	holder: string,
	lasts: number | { ttlMs: number; longestMs: number },
	now: number,
): Promise<boolean> {
	const { ttlMs, longestMs } = typeof lasts === 'number' ? { ttlMs: lasts, longestMs: lasts } : lasts;
	const key = `lease:${name}`;
	const taken = await database('downstream_meta')
		.where({ key })
		.andWhere(isFree(holder, now, longestMs))
		.update({ holder, until: now + ttlMs });
	if (taken > 0) return true;
	const isThere = async () =>
		(await database('downstream_meta').where({ key }).first<{ key: string } | undefined>('key')) !== undefined;
	if (await isThere()) return false;
	try {
		await database('downstream_meta').insert({ key, holder, until: now + ttlMs });
		return true;
	} catch (error) {
		// Another process inserted it in between, and has it. Whatever else failed must not look like that for ever.
		if (await isThere()) return false;
		throw error;
	}
}

/**
 * The same for many pieces of work at once, in as few statements as for one.
 *
 * @returns the names of those that are the holder's now, and the note that the last holder left with each: null where it
 * left none, `NOTE_LOST` where it left without giving the lease back
 */
export async function acquireLeases(
	database: Knex,
	names: readonly string[],
	holder: string,
	ttlMs: number,
	now: number,
): Promise<Map<string, string | null>> {
	const keys = keysOf(names);
	await database('downstream_meta')
		.whereIn('key', keys)
		.andWhere(isFree(holder, now, ttlMs))
		.update({
			// In this order: MySQL reads in an assignment what those before it have written.
			value: database.raw('case when ?? is null or ?? = ? then ?? else ? end', [
				'holder',
				'holder',
				holder,
				'value',
				NOTE_LOST,
			]),
			holder,
			until: now + ttlMs,
		});
	const rows = await database('downstream_meta').whereIn('key', keys).select<Raw[]>('key', 'holder', 'until', 'value');
	const there = new Set(rows.map(({ key }) => key));
	const taken = new Map(
		rows
			.filter((row) => row.holder === holder && Number(row.until) >= now)
			.map(({ key, value }): [string, string | null] => [nameIn(key), value]),
	);
	for (const key of keys.filter((one) => !there.has(one)))
		if (await acquireLease(database, nameIn(key), holder, ttlMs, now)) taken.set(nameIn(key), null);
	return taken;
}

/** What stands in place of a note whose writer has died: how it left things is unknown. */
export const NOTE_LOST = 'lost';

interface Raw {
	key: string;
	holder: string | null;
	until: number | string | null;
	value: string | null;
}

const keysOf = (names: readonly string[]) => [...new Set(names)].map((name) => `lease:${name}`);

/**
 * Prolongs leases that no other process has had since the holder took them. A process that was stopped for a while must not
 * go on with what another one has worked on meanwhile, even where that one has given it back.
 *
 * @returns the names of those that are still the holder's
 */
export async function renewLeases(
	database: Knex,
	names: readonly string[],
	holder: string,
	ttlMs: number,
	now: number,
): Promise<Set<string>> {
	const keys = keysOf(names);
	const renewed = await database('downstream_meta')
		.whereIn('key', keys)
		.where({ holder })
		.update({ until: now + ttlMs });
	if (renewed === keys.length) return new Set(names);
	return leasesHeld(database, names, holder);
}

/** Which of these leases the holder has. */
export async function leasesHeld(database: Knex, names: readonly string[], holder: string): Promise<Set<string>> {
	const rows = await database('downstream_meta')
		.whereIn('key', keysOf(names))
		.where({ holder })
		.select<{ key: string }[]>('key');
	return new Set(rows.map(({ key }) => nameIn(key)));
}

const nameIn = (key: string) => key.slice('lease:'.length);

const isFree = (holder: string, now: number, longestMs: number) => (free: Knex.QueryBuilder) =>
	void free
		.where({ holder })
		.orWhereNull('holder')
		.orWhere('until', '<', now)
		.orWhere('until', '>', latestEnd(now, longestMs));

/** What ends later was written by a clock that was wrong. */
export const latestEnd = (now: number, longestMs: number): number => now + longestMs + FOREIGN_MS;

/**
 * Releases those of these leases that the holder has.
 * @param notes what the next holder of a lease is to be told
 */
export async function releaseLeases(
	database: Knex,
	names: readonly string[],
	holder: string,
	notes: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
	const free = { holder: null, until: null };
	const unnoted = names.filter((name) => !notes.has(name));
	if (unnoted.length > 0)
		await database('downstream_meta')
			.whereIn('key', keysOf(unnoted))
			.where({ holder })
			.update({ ...free, value: null });
	for (const [name, value] of notes)
		await database('downstream_meta')
			.where({ key: `lease:${name}`, holder })
			.update({ ...free, value });
}

export const releaseLease = (database: Knex, name: string, holder: string): Promise<void> =>
	releaseLeases(database, [name], holder);
