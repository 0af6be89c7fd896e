import type { Knex } from 'knex';

const TABLE = 'downstream_meta';

/** How far each date field has been looked through, ms since 1970, by key (`clock:…`). */
export async function readWatermarks(database: Knex): Promise<Map<string, number>> {
	const rows = await database(TABLE)
		.select<{ key: string; value: string }[]>('key', 'value')
		.where('key', 'like', 'clock:%');
	return new Map(rows.map(({ key, value }) => [key, Number(value)]));
}

/** Moves one on from where it was read, null where there was none; false where another process has moved it. */
export async function advanceWatermark(database: Knex, key: string, from: number | null, to: number): Promise<boolean> {
	if (from === null) {
		await database(TABLE)
			.insert({ key, value: String(to) })
			.onConflict('key')
			.ignore();
		return true;
	}
	const moved = await database(TABLE)
		.where({ key, value: String(from) })
		.update({ value: String(to) });
	return Number(moved) === 1;
}

/** Forgets those that are still where they were read. */
export async function forgetWatermarks(database: Knex, watermarks: ReadonlyMap<string, number>): Promise<void> {
	for (const [key, value] of watermarks)
		await database(TABLE)
			.where({ key, value: String(value) })
			.delete();
}
