import type { Knex } from 'knex';

const LETTERS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The fixed random id of this instance, made when it is first asked for: the same for all its nodes. */
export async function instanceId(database: Knex, random: () => number): Promise<string> {
	const key = 'instance';
	const known = await database('downstream_meta').where({ key }).first<{ value: string } | undefined>('value');
	if (known) return known.value;
	const value = Array.from({ length: 12 }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
	await database('downstream_meta').insert({ key, value }).onConflict('key').ignore();
	return instanceId(database, random);
}

/** The next read creates a new id, because this instance is no longer the one it was. */
export async function forgetInstanceId(database: Knex): Promise<void> {
	await database('downstream_meta').where({ key: 'instance' }).delete();
}
