import type { Knex } from 'knex';

const PREFIX = 'fields:';

/** The columns that each synced collection had when it was last looked at. */
export async function readKnownFields(database: Knex): Promise<Map<string, string[]>> {
	const rows = await database('downstream_meta')
		.select<{ key: string; value: string }[]>('key', 'value')
		.where('key', 'like', `${PREFIX}%`);
	const read = rows.map(({ value }) => JSON.parse(value) as { collection: string; fields: string[] });
	return new Map(read.map(({ collection, fields }) => [collection, fields]));
}

export async function saveKnownFields(database: Knex, collection: string, fields: string[]): Promise<void> {
	await database('downstream_meta')
		.insert({ key: `${PREFIX}${collection}`.slice(0, 64), value: JSON.stringify({ collection, fields }) })
		.onConflict('key')
		.merge(['value']);
}
