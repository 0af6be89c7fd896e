import type { Knex } from 'knex';

const TABLE = 'downstream_meta';
const MARK = { key: 'triggers' };

/** Removed by hand; no process makes triggers again until it is restarted. */
const REMOVED = 'removed';

/** Whether triggers were removed by hand, and are to stay away. */
export const stayAway = async (database: Knex): Promise<boolean> =>
	(await database(TABLE).where(MARK).first<{ value: string | null } | undefined>('value'))?.value === REMOVED;

export async function noteRemoval(database: Knex): Promise<void> {
	await database(TABLE)
		.insert({ ...MARK, value: REMOVED })
		.onConflict('key')
		.merge(['value']);
}

/** Triggers may be made again. */
export async function forgetRemoval(database: Knex): Promise<void> {
	await database(TABLE).where(MARK).update({ value: null });
}
