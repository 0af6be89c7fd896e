import type { Knex } from 'knex';
import { createTable } from '../../kernel/database/create-table.js';

/** As they were at first: later migrations add to them. */
export async function createDeliveryTables(database: Knex): Promise<void> {
	await createHistoryTables(database);
	await createTable(database, 'downstream_targets', (table) => {
		table.string('target', 36).primary();
		table.string('kind', 8).notNullable();
		table.integer('paused').notNullable().defaultTo(0);
		table.text('paused_reason');
		table.integer('failures').notNullable().defaultTo(0);
		table.bigInteger('opened_at');
		table.bigInteger('probe_at');
		table.bigInteger('hold_until');
		table.bigInteger('last_success_at');
		table.bigInteger('last_failure_at');
		table.text('last_error');
		table.text('latencies');
	});
	await createTable(database, 'downstream_incidents', (table) => {
		table.string('id', 36).primary();
		table.string('target', 36).notNullable();
		table.string('kind', 8).notNullable();
		table.bigInteger('started_at').notNullable();
		table.bigInteger('resolved_at');
		table.integer('count').notNullable();
		table.text('last_error').notNullable();
		table.bigInteger('notified_at');
		table.index(['target', 'resolved_at'], 'downstream_incidents_running');
	});
	await createTable(database, 'downstream_operations', (table) => {
		table.string('id', 36).primary();
		table.bigInteger('at').notNullable();
		table.string('user', 36);
		table.string('action', 32).notNullable();
		table.string('target', 36);
		table.text('detail', 'longtext');
	});
}

/** Deliveries and their attempts. */
async function createHistoryTables(database: Knex): Promise<void> {
	await createTable(database, 'downstream_deliveries', (table) => {
		table.string('id', 36).primary();
		table.string('kind', 8).notNullable();
		table.string('target', 36).notNullable();
		table.string('status', 12).notNullable();
		table.string('collection', 255).notNullable();
		table.string('item', 255).notNullable();
		table.string('event', 8).notNullable();
		table.string('rule', 22);
		table.text('reason').notNullable();
		table.text('old', 'longtext');
		table.integer('as_it_was').notNullable().defaultTo(0);
		table.bigInteger('changed_at').notNullable();
		table.bigInteger('created_at').notNullable();
		table.bigInteger('next_at').notNullable();
		table.bigInteger('delivered_at');
		table.integer('tries').notNullable().defaultTo(0);
		table.string('batch', 36);
		table.text('batches');
		table.string('error_code', 64);
		table.text('error_message');
		table.string('lease_token', 36);
		table.string('user', 36);
		table.string('operation', 36);
		table.index(['status', 'target', 'next_at'], 'downstream_deliveries_due');
		table.index(['status', 'delivered_at'], 'downstream_deliveries_done');
		table.index(['collection', 'item'], 'downstream_deliveries_item');
		table.index(['batch'], 'downstream_deliveries_batch');
		table.index(['lease_token'], 'downstream_deliveries_lease');
	});
	await createTable(database, 'downstream_attempts', (table) => {
		table.string('id', 36).primary();
		table.string('batch', 36).notNullable();
		table.string('target', 36).notNullable();
		table.string('kind', 8).notNullable();
		table.bigInteger('at').notNullable();
		table.integer('duration_ms').notNullable();
		table.string('outcome', 12).notNullable();
		table.integer('deliveries').notNullable();
		table.text('request', 'longtext').notNullable();
		table.text('response', 'longtext');
		table.text('error');
		table.index(['batch'], 'downstream_attempts_batch');
		table.index(['target', 'at'], 'downstream_attempts_target');
		table.index(['at'], 'downstream_attempts_at');
	});
}
