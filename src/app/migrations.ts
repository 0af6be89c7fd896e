import type { Clock, Logger } from '../kernel/ports.js';
import { createMeta, readNumber, writeNumber } from '../kernel/database/table-versions.js';
import { withLock } from '../kernel/database/with-lock.js';
import type { Knex } from 'knex';
import { NOT_DELIVERED } from '../kernel/database/dialect.js';
import { createOutboxTable } from '../capture/tables/create-outbox-table.js';
import { createDeliveryTables } from '../delivery/tables/create-delivery-tables.js';
import { createNoticeTable } from '../delivery/tables/notice-table.js';
import { HOUR_COLUMNS } from '../delivery/tables/hour-table.js';
import { createCheckTable } from '../flush/tables/check-table.js';
import { addColumn, createIndex, createTable } from '../kernel/database/create-table.js';
import { createCredentialTables } from '../sync/tables/sync-credential-table.js';
import { createSyncTables } from '../sync/tables/sync-tables.js';
import { createDriftTable } from '../config/tables/drift-table.js';
import { createPageTables } from '../flush/tables/page-table.js';
import { createJobTable } from '../config/tables/config-job-table.js';

/**
 * The plain tables, one migration per version, run forward, once, in order. A released migration is never edited:
 * what changes later is a new one. Times are UTC milliseconds in big integers, so that every database says the same;
 * JSON is text. Each may be killed at any statement and is then run again from its beginning, so every step of it takes
 * what is there already as done.
 */
const migrations: {
	version: number;
	/**
	 * A package that does not know this version works on with these tables all the same: what it knows is as it was, and
	 * what it leaves out may be. Else it does not start on them any more.
	 */
	olderGoOn?: true;
	/** @param from the version that was found; 0 where there was none */
	up(database: Knex, from: number): Promise<void>;
}[] = [
	{
		version: 1,
		async up(database) {
			await createOutboxTable(database);
			await createTable(database, 'downstream_rules', (table) => {
				table.string('hash', 22).primary();
				table.text('rule', 'longtext').notNullable();
			});
			await createDeliveryTables(database);
			await createTable(database, 'downstream_nodes', (table) => {
				table.string('id', 36).primary();
				table.string('host', 255).notNullable();
				table.integer('pid').notNullable();
				table.bigInteger('started_at').notNullable();
				table.bigInteger('seen_at').notNullable();
			});
		},
	},
	{
		version: 2,
		async up(database) {
			await createTable(database, 'downstream_hours', (table) => {
				// Hour and target in one: Directus warns of every table without a primary key of one column.
				table.string('id', 64).primary();
				table.bigInteger('hour').notNullable().index();
				table.string('target', 36).notNullable();
				for (const column of HOUR_COLUMNS) table.integer(column).notNullable().defaultTo(0);
			});
			// Lists are in the order of ids, so that an index that ends in the id gives a page without sorting. What is
			// true of few rows is indexed for those few: a delivery that arrives at once costs next to nothing more.
			const deliveries = 'downstream_deliveries';
			await createIndex(database, deliveries, 'downstream_deliveries_by_target', ['target', 'id']);
			await createIndex(database, deliveries, 'downstream_deliveries_by_collection', ['collection', 'id']);
			await createIndex(database, deliveries, 'downstream_deliveries_open', ['status', 'id'], NOT_DELIVERED);
			await createIndex(
				database,
				deliveries,
				'downstream_deliveries_open_by_target',
				['target', 'status', 'id'],
				NOT_DELIVERED,
			);
			await createIndex(
				database,
				deliveries,
				'downstream_deliveries_causes',
				['error_code', 'status', 'target', 'id'],
				'error_code is not null',
			);
			await createIndex(
				database,
				deliveries,
				'downstream_deliveries_operation',
				['operation', 'id'],
				'operation is not null',
			);
		},
	},
	{
		version: 3,
		async up(database) {
			await createTable(database, 'downstream_config_pushes', (table) => {
				table.string('id', 36).primary();
				table.bigInteger('at').notNullable();
				table.integer('duration_ms').notNullable();
				table.string('user', 36);
				table.string('status', 12).notNullable();
				table.string('reverts', 36);
				table.text('summary').notNullable();
				table.text('plan', 'longtext').notNullable();
				table.text('trace', 'longtext');
				table.text('error', 'longtext');
				table.index(['reverts'], 'downstream_config_pushes_reverts');
			});
		},
	},
	{ version: 4, up: createSyncTables },
	{
		version: 5,
		up: (database) => createIndex(database, 'downstream_sync_log', 'downstream_sync_log_peer', ['peer', 'id']),
	},
	{
		version: 6,
		// Migrations that were killed used to leave indexes out for good: whatever is missing is made now.
		async up(database, from) {
			if (from > 0) for (const { version, up } of migrations) if (version < 6) await up(database, 0);
		},
	},
	{
		version: 7,
		up: (database) =>
			addColumn(database, 'downstream_targets', 'batch_bytes', (table) => table.bigInteger('batch_bytes')),
	},
	{ version: 8, up: createCredentialTables },
	{
		version: 9,
		up: (database) =>
			createTable(database, 'downstream_publishers', (table) => {
				table.string('target', 64).primary();
				table.string('user', 36).notNullable();
				table.boolean('admin').notNullable();
				table.bigInteger('at').notNullable();
			}),
	},
	{
		version: 10,
		async up(database) {
			await createJobTable(database);
			await addColumn(database, 'downstream_config_pushes', 'git', (table) => table.text('git'));
		},
	},
	{ version: 11, up: createDriftTable },
	{
		version: 12,
		olderGoOn: true,
		async up(database) {
			for (const table of ['downstream_outbox', 'downstream_deliveries'])
				await addColumn(database, table, 'trace', (altered) => altered.string('trace', 55));
		},
	},
	{ version: 13, up: createCheckTable, olderGoOn: true },
	{ version: 14, olderGoOn: true, up: createPageTables },
	{ version: 15, olderGoOn: true, up: createNoticeTable },
	{
		version: 16,
		olderGoOn: true,
		up: (database) =>
			addColumn(database, 'downstream_deliveries', 'change_id', (table) => table.bigInteger('change_id')),
	},
];

/** The version of the tables that this package brings. */
export const NEWEST_VERSION = migrations.at(-1)?.version ?? 0;

/**
 * Brings the tables to the newest version. Safely called by several nodes at once: one migrates, the others wait for
 * it. Throws where the database is newer than this package, and this one would misread its rows.
 * @param upTo the last version to migrate to, to see an upgrade from there
 */
export async function migrateTables(
	database: Knex,
	clock: Clock,
	logger: Logger,
	upTo = Number.POSITIVE_INFINITY,
): Promise<void> {
	await createMeta(database);
	await withLock(database, clock, 'migration', async () => {
		const [count, needed] = [await readNumber(database, 'version'), await readNumber(database, 'needs')];
		if (needed > NEWEST_VERSION)
			throw new Error(
				`the downstream_ tables are of version ${count} and need a package that knows version ${needed}, but this one knows ${NEWEST_VERSION}: install the newer package again`,
			);
		for (const migration of migrations.filter(({ version }) => version > count && version <= upTo)) {
			logger.info(`[downstream] migrating tables to version ${migration.version}`);
			if (!migration.olderGoOn) await writeNumber(database, 'needs', migration.version);
			await migration.up(database, count);
			await writeNumber(database, 'version', migration.version);
		}
	});
}
