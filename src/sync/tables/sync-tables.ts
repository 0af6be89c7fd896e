import type { Knex } from 'knex';
import { createTable } from '../../kernel/database/create-table.js';

/** The tables of sync, as migration 4 makes them. */
export async function createSyncTables(database: Knex): Promise<void> {
	if (!(await database.schema.hasColumn('downstream_outbox', 'fields')))
		await database.schema.alterTable('downstream_outbox', (table) => void table.text('fields'));
	if (!(await database.schema.hasColumn('downstream_targets', 'resumed_at')))
		await database.schema.alterTable('downstream_targets', (table) => void table.bigInteger('resumed_at'));
	await createTable(database, 'downstream_sync_ids', (table) => {
		table.bigIncrements('id');
		table.string('collection', 64).notNullable();
		table.string('sync_id', 255).notNullable();
		table.string('local_key', 255).notNullable();
		table.unique(['collection', 'sync_id'], { indexName: 'downstream_sync_ids_sync_id' });
		table.unique(['collection', 'local_key'], { indexName: 'downstream_sync_ids_local_key' });
	});
	await createTable(database, 'downstream_sync_versions', (table) => {
		// Made of collection and sync id, so that one list of keys finds many rows.
		table.string('id', 32).primary();
		table.string('collection', 64).notNullable();
		table.string('sync_id', 255).notNullable();
		table.integer('revision').notNullable();
		table.text('state', 'longtext').notNullable();
		table.text('here', 'longtext').notNullable();
		table.text('agreed', 'longtext').notNullable();
		table.text('seen_by').notNullable();
		table.text('scope').notNullable();
		table.text('stamps').notNullable();
		table.bigInteger('changed_at').notNullable();
		table.bigInteger('deleted_at');
		table.index(['collection', 'deleted_at'], 'downstream_sync_versions_deleted');
		table.index(['collection', 'changed_at'], 'downstream_sync_versions_changed');
	});
	await createTable(database, 'downstream_sync_conflicts', (table) => {
		table.string('id', 36).primary();
		table.string('status', 12).notNullable();
		table.string('kind', 12).notNullable();
		table.string('target', 36);
		table.string('peer', 12).notNullable();
		table.string('version', 32).notNullable();
		table.string('collection', 64).notNullable();
		table.string('sync_id', 255).notNullable();
		table.string('local_key', 255);
		table.text('fields', 'longtext').notNullable();
		table.text('theirs', 'longtext');
		table.text('message').notNullable();
		table.bigInteger('at').notNullable();
		table.bigInteger('resolved_at');
		table.string('resolved_by', 36);
		table.text('resolution', 'longtext');
		table.index(['version', 'status'], 'downstream_sync_conflicts_row');
		table.index(['status', 'id'], 'downstream_sync_conflicts_open');
	});
	await createTable(database, 'downstream_sync_log', (table) => {
		table.string('id', 36).primary();
		table.string('run', 36).notNullable();
		table.bigInteger('at').notNullable();
		table.string('peer', 12).notNullable();
		table.string('collection', 64).notNullable();
		table.string('sync_id', 255).notNullable();
		table.string('local_key', 255);
		table.string('event', 8).notNullable();
		table.text('before', 'longtext');
		table.text('after', 'longtext');
		table.index(['run', 'id'], 'downstream_sync_log_run');
		table.index(['at'], 'downstream_sync_log_at');
	});
	await createTable(database, 'downstream_sync_files', (table) => {
		table.string('file', 36).primary();
		table.string('sha256', 64).notNullable();
		table.string('version', 1024).notNullable();
		table.index(['sha256'], 'downstream_sync_files_sha256');
	});
	await createTable(database, 'downstream_sync_peers', (table) => {
		table.string('target', 36).primary();
		table.string('instance', 12).notNullable();
		table.bigInteger('seen_at').notNullable();
		table.bigInteger('compared_at');
		table.bigInteger('equal_at');
		table.index(['instance'], 'downstream_sync_peers_instance');
	});
}
