import type { Knex } from 'knex';
import type { Place } from '../core/identity.js';

const KEY = 'place';

/** The last known place of this instance; null before the first start of a version that stores it. */
export async function knownPlace(database: Knex): Promise<Place | null> {
	const row = await database('downstream_meta').where({ key: KEY }).first<{ value: string } | undefined>('value');
	return row ? (JSON.parse(row.value) as Place) : null;
}

/** Stores where this instance lives from now on. */
export async function savePlace(database: Knex, place: Place): Promise<void> {
	await database('downstream_meta')
		.insert({ key: KEY, value: JSON.stringify(place) })
		.onConflict('key')
		.merge();
}

const ARRIVED = 'arrived';

/** Notes when this instance started in another place: what is created since then exists only here. */
export async function noteArrival(database: Knex, place: Place, at: number): Promise<void> {
	const known = await readArrival(database);
	const where = JSON.stringify(place);
	if (known?.where === where) return;
	await database('downstream_meta')
		.insert({ key: ARRIVED, value: JSON.stringify({ where, at }) })
		.onConflict('key')
		.merge();
}

/** When it first started in this place, ms since 1970; null if it has not moved as far as is known. */
export const arrivedAt = async (database: Knex): Promise<number | null> => (await readArrival(database))?.at ?? null;

async function readArrival(database: Knex): Promise<{ where: string; at: number } | null> {
	const row = await database('downstream_meta').where({ key: ARRIVED }).first<{ value: string } | undefined>('value');
	return row ? (JSON.parse(row.value) as { where: string; at: number }) : null;
}
