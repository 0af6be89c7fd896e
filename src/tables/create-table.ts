import type { Knex } from 'knex';

/** A migration that broke off half way (MySQL commits each statement) starts over without stumbling. */
export async function createTable(
	database: Knex,
	name: string,
	build: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
	if (!(await database.schema.hasTable(name))) await database.schema.createTable(name, build);
}
