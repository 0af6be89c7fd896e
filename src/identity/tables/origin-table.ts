import type { Knex } from 'knex';

const KEY = 'origins';

/** A name that this instance had until it went back to a backup, and the highest number of each collection's rows then. */
export interface Origin {
	instance: string;
	upTo: Record<string, number>;
}

/** Oldest first. */
export async function readOrigins(database: Knex): Promise<Origin[]> {
	const row = await database('downstream_meta').where({ key: KEY }).first<{ value: string } | undefined>('value');
	return row ? (JSON.parse(row.value) as Origin[]) : [];
}

export async function addOrigin(transaction: Knex, origin: Origin): Promise<void> {
	const value = JSON.stringify([...(await readOrigins(transaction)), origin]);
	await transaction('downstream_meta').insert({ key: KEY, value }).onConflict('key').merge({ value });
}
