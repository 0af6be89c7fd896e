import type { Knex } from 'knex';

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

const KEY = { key: 'instance' };

/** The fixed random id of this instance, made when it is first asked for: the same for all its nodes. */
export async function instanceId(database: Knex, random: () => number): Promise<string> {
	const known = await knownInstanceId(database);
	if (known !== null) return known;
	const value = Array.from({ length: 12 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
	await database('downstream_meta')
		.insert({ ...KEY, value })
		.onConflict('key')
		.ignore();
	return instanceId(database, random);
}

/** The id of this instance; null where nobody has asked for it yet. */
export const knownInstanceId = async (database: Knex): Promise<string | null> =>
	(await database('downstream_meta').where(KEY).first<{ value: string } | undefined>('value'))?.value ?? null;

/** The next read creates a new id, because this instance is no longer the one it was. */
export async function forgetInstanceId(database: Knex): Promise<void> {
	await database('downstream_meta').where(KEY).delete();
}
