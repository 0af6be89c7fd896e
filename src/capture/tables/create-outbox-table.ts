import type { Knex } from 'knex';
import { createTable } from '../../kernel/database/create-table.js';

/** As it was at first: later migrations add to it. */
export async function createOutboxTable(database: Knex): Promise<void> {
	await createTable(database, 'downstream_outbox', (table) => {
		table.bigIncrements('id');
		table.string('collection', 255).notNullable();
		table.string('item', 255).notNullable();
		table.string('event', 8).notNullable();
		table.bigInteger('at').notNullable();
		table.string('user', 36);
		table.text('before', 'longtext');
		table.string('source', 16).notNullable();
	});
}
