import type { Knex } from 'knex';
import { createTable } from './create-table.js';

/** A number that `downstream_meta` keeps, such as the version of the tables. */
export async function readNumber(database: Knex, key: string): Promise<number> {
	const row = await database('downstream_meta').where({ key }).first<{ value: string } | undefined>('value');
	return Number(row?.value ?? 0);
}

export async function writeNumber(database: Knex, key: string, value: number): Promise<void> {
	await database('downstream_meta')
		.where({ key })
		.update({ value: String(value) });
}

export async function createMeta(database: Knex): Promise<void> {
	try {
		await createTable(database, 'downstream_meta', (table) => {
			table.string('key', 64).primary();
			table.text('value');
			table.string('holder', 36);
			table.bigInteger('until');
		});
	} catch (error) {
		// Another node was a moment faster.
		if (!(await database.schema.hasTable('downstream_meta'))) throw error;
	}
	for (const [key, value] of [
		['version', '0'],
		['needs', '0'],
		['rules', '0'],
	])
		await database('downstream_meta').insert({ key, value }).onConflict('key').ignore();
}
