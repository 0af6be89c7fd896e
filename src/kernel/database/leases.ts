import type { Knex } from 'knex';

/** Further in the future than this no clock of ours can be ahead of another. */
const FOREIGN_MS = 60_000;

/**
 * A lease says which process does a piece of work (planning, one target's sending). It is a row that expires by
 * itself, because Directus closes the database before it tells extensions to stop: nobody can be relied on to give
 * one back. One that would hold much longer than it may was written by a clock that was wrong, and has expired. Every
 * change of it is conditional on what it was, so two processes never both hold it.
 *
 * @param lasts for how long it is taken, in ms; and the longest that one of this name may be held without being renewed,
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
		// Somebody else inserted it in between: it is theirs. Whatever else failed must not look like that for ever.
		if (await isThere()) return false;
		throw error;
	}
}

/**
 * The same for many pieces of work at once, in as few statements as for one.
 *
 * @returns the names of those that are the holder's now
 */
export async function acquireLeases(
	database: Knex,
	names: readonly string[],
	holder: string,
	ttlMs: number,
	now: number,
): Promise<Set<string>> {
	const keys = [...new Set(names)].map((name) => `lease:${name}`);
	await database('downstream_meta')
		.whereIn('key', keys)
		.andWhere(isFree(holder, now, ttlMs))
		.update({ holder, until: now + ttlMs });
	const rows = await database('downstream_meta')
		.whereIn('key', keys)
		.select<{ key: string; holder: string | null; until: number | string | null }[]>('key', 'holder', 'until');
	const existing = new Set(rows.map(({ key }) => key));
	const taken = new Set(
		rows.filter((row) => row.holder === holder && Number(row.until) >= now).map(({ key }) => nameIn(key)),
	);
	for (const key of keys.filter((one) => !existing.has(one)))
		if (await acquireLease(database, nameIn(key), holder, ttlMs, now)) taken.add(nameIn(key));
	return taken;
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

/** Releases those of these leases that the holder has. */
export async function releaseLeases(database: Knex, names: readonly string[], holder: string): Promise<void> {
	await database('downstream_meta')
		.whereIn(
			'key',
			names.map((name) => `lease:${name}`),
		)
		.where({ holder })
		.update({ holder: null, until: null, value: null });
}

export const releaseLease = (database: Knex, name: string, holder: string): Promise<void> =>
	releaseLeases(database, [name], holder);
