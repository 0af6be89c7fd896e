import type { Knex } from 'knex';

/** Which collections and fields a pull or push has seen: what is not among them was made here by other means. */
const KEY = 'config:schema';

/**
 * The names, `articles` and `articles.title`; null where all count as seen: nothing was recorded here yet, but SyncIDs
 * were, so that `directus-sync` has been at work, which records no names.
 */
export async function readRecordedSchema(database: Knex): Promise<string[] | null> {
	const row = await database('downstream_meta').where({ key: KEY }).first<{ value: string } | undefined>('value');
	if (row) return JSON.parse(row.value) as string[];
	if (!(await database.schema.hasTable('directus_sync_id_map'))) return [];
	return (await database('directus_sync_id_map').first<{ id: number } | undefined>('id')) ? null : [];
}

/** Adds names to those that are recorded. */
export async function recordSchema(database: Knex, names: readonly string[]): Promise<void> {
	const row = await database('downstream_meta').where({ key: KEY }).first<{ value: string } | undefined>('value');
	const known = new Set(row ? (JSON.parse(row.value) as string[]) : []);
	const all = new Set([...known, ...names]);
	if (row && all.size === known.size) return;
	const value = JSON.stringify([...all].sort());
	if (row) await database('downstream_meta').where({ key: KEY }).update({ value });
	else await database('downstream_meta').insert({ key: KEY, value }).onConflict('key').merge({ value });
}
