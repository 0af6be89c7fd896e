import fc from 'fast-check';
import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrateTables } from '../../src/app/migrations.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { instanceName } from '../kit/leftovers.js';

const seed = Number(process.env['MIGRATION_SEED'] ?? Date.now() % 1_000_000);
const available = await databasesAvailable();
const logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Time goes on a minute at each look, so that nobody waits for the lease of who was killed. */
let now = 1_800_000_000_000;
const clock = { now: () => (now += 60_000), random: () => 0.5, id: () => crypto.randomUUID() };

const SCHEMA: Record<DatabaseKind, string> = {
	sqlite: "select type, name, tbl_name, sql from sqlite_master where tbl_name like 'downstream%' order by 1, 2, 3",
	postgres: `select tablename as a, indexname as b, indexdef as c from pg_indexes where tablename like 'downstream%'
		union all select table_name, column_name, data_type || coalesce(character_maximum_length::text, '') || is_nullable || coalesce(column_default, '')
		from information_schema.columns where table_name like 'downstream%' order by 1, 2, 3`,
	mysql: `select table_name as a, concat(index_name, seq_in_index) as b, concat(column_name, non_unique) as c
		from information_schema.statistics where table_schema = database() and table_name like 'downstream%'
		union all select table_name, column_name, concat(column_type, is_nullable, coalesce(column_default, ''), extra)
		from information_schema.columns where table_schema = database() and table_name like 'downstream%' order by 1, 2, 3`,
};

/** Columns, keys and indexes of our tables. */
async function schemaOf(database: Knex, kind: DatabaseKind): Promise<unknown> {
	const found: unknown = await database.raw(SCHEMA[kind]);
	const rows =
		kind === 'postgres' ? (found as { rows: unknown }).rows : kind === 'mysql' ? (found as unknown[])[0] : found;
	return JSON.parse(JSON.stringify(rows));
}

async function removeAll(database: Knex, kind: DatabaseKind): Promise<void> {
	const names = {
		sqlite: "select name from sqlite_master where type = 'table' and name like 'downstream%'",
		postgres: "select tablename as name from pg_tables where tablename like 'downstream%'",
		mysql:
			"select table_name as name from information_schema.tables where table_schema = database() and table_name like 'downstream%'",
	};
	const found: unknown = await database.raw(names[kind]);
	const rows = (
		kind === 'postgres' ? (found as { rows: unknown }).rows : kind === 'mysql' ? (found as unknown[])[0] : found
	) as { name: string }[];
	for (const { name } of rows) await database.schema.dropTable(name);
}

/** Lets so many statements through, and then none until the work has failed, as if the process were killed there. */
async function killedAfter(
	database: Knex,
	statements: number,
	work: () => Promise<void>,
): Promise<{ used: number; ended: boolean }> {
	const client = database.client as { _query(...given: unknown[]): Promise<unknown> };
	const own = Object.hasOwn(client, '_query') ? client._query : null;
	const original = client._query.bind(client);
	let used = 0;
	client._query = (...given) => {
		if (used >= statements) return Promise.reject(new Error('killed'));
		used += 1;
		return original(...given);
	};
	try {
		await work();
		return { used, ended: true };
	} catch (error) {
		expect(String(error)).toContain('killed');
		return { used, ended: false };
	} finally {
		if (own) client._query = own;
		else delete (client as { _query?: unknown })._query;
	}
}

for (const kind of ['sqlite', 'postgres', 'mysql'] as const) {
	describe.runIf(available[kind] === null)(`migrations on ${kind} (seed ${seed})`, () => {
		const name = instanceName();
		let database: Knex;
		let whole: unknown;
		let statements: number;
		beforeAll(async () => {
			await DATABASE_SERVERS[kind].create(name);
			database = DATABASE_SERVERS[kind].connect(name);
			// A machine that loses power is not what is tested.
			if (kind === 'sqlite') await database.raw('pragma synchronous = off');
			({ used: statements } = await killedAfter(database, Infinity, () => migrateTables(database, clock, logger)));
			whole = await schemaOf(database, kind);
		});
		afterAll(async () => {
			await database?.destroy();
			await DATABASE_SERVERS[kind].drop(name);
		});

		test(
			'make the same tables and indexes when they were killed after any statement, and again',
			{ timeout: 120_000 },
			async () => {
				expect(statements).toBeGreaterThan(60);
				const moment = fc.integer({ min: 0, max: statements - 1 });
				const everywhere =
					kind === 'sqlite' ? Array.from({ length: statements }, (_, at) => [at, statements] as [number, number]) : [];
				await fc.assert(
					fc.asyncProperty(fc.tuple(moment, moment), async ([first, second]) => {
						await removeAll(database, kind);
						await killedAfter(database, first, () => migrateTables(database, clock, logger));
						await killedAfter(database, second, () => migrateTables(database, clock, logger));
						await migrateTables(database, clock, logger);
						expect(await schemaOf(database, kind)).toEqual(whole);
					}),
					{ seed, numRuns: everywhere.length + 6, examples: everywhere.map((one) => [one]) },
				);
			},
		);

		test('make up for indexes that an older version left out', async () => {
			await removeAll(database, kind);
			await migrateTables(database, clock, logger, 5);
			const lost = ['downstream_deliveries_due', 'downstream_attempts_batch', 'downstream_deliveries_by_target'];
			for (const index of lost)
				await database.schema.alterTable(
					index.includes('attempts') ? 'downstream_attempts' : 'downstream_deliveries',
					(table) => void table.dropIndex([], index),
				);
			await migrateTables(database, clock, logger);
			expect(await schemaOf(database, kind)).toEqual(whole);
		});
	});
}
