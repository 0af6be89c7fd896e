import type { Knex } from 'knex';

/**
 * A lease says which process does a piece of work (planning, one target's sending). It is a row that expires by
 * itself, because Directus closes the database before it tells extensions to stop: nobody can be relied on to give
 * one back. Every change of it is conditional on what it was, so two processes never both hold it.
 */
export async function acquireLease(
	database: Knex,
	name: string,
	holder: string,
	ttlMs: number,
	now: number,
): Promise<boolean> {
	const key = `lease:${name}`;
	const taken = await database('downstream_meta')
		.where({ key })
		.andWhere((free) => free.where({ holder }).orWhereNull('holder').orWhere('until', '<', now))
		.update({ holder, until: now + ttlMs });
	if (taken > 0) return true;
	const known = await database('downstream_meta').where({ key }).first<{ key: string } | undefined>('key');
	if (known) return false;
	try {
		await database('downstream_meta').insert({ key, holder, until: now + ttlMs });
		return true;
	} catch {
		// Somebody else inserted it in between: the row is there now, and theirs.
		return false;
	}
}

export async function releaseLease(database: Knex, name: string, holder: string): Promise<void> {
	await database('downstream_meta')
		.where({ key: `lease:${name}`, holder })
		.update({ holder: null, until: null, value: null });
}
