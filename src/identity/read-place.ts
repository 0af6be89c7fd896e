import type { Knex } from 'knex';
import { realpathSync, statSync } from 'node:fs';
import { hostOf, type Place } from './core/identity.js';
import { isMysql, isSqlite, isPostgres } from '../kernel/database/dialect.js';

/** Finds out where this instance lives. What the database does not tell (its user may not ask) is left out. */
export async function readPlace(database: Knex, publicUrl: string): Promise<Place> {
	const host = hostOf(publicUrl);
	return { ...(host ? { host } : {}), ...(await databasePlace(database)) };
}

async function databasePlace(database: Knex): Promise<Place> {
	if (isSqlite(database)) return sqlitePlace(database);
	if (isPostgres(database)) return postgresPlace(database);
	return isMysql(database) ? mysqlPlace(database) : {};
}

async function sqlitePlace(database: Knex): Promise<Place> {
	const files = await database.raw<{ name: string; file: string }[]>('pragma database_list');
	const file = files.find(({ name }) => name === 'main')?.file;
	if (!file) return {};
	const { ino, birthtimeMs } = statSync(file, { bigint: true });
	return { file: { path: realpathSync(file), inode: String(ino), born: Number(birthtimeMs) } };
}

async function postgresPlace(database: Knex): Promise<Place> {
	const row = await database
		.raw<{ rows: { oid: string }[] }>('select oid::text as oid from pg_database where datname = current_database()')
		.then(({ rows }) => rows[0]?.oid)
		.catch(() => undefined);
	const system = await database
		.raw<{ rows: { id: string }[] }>('select system_identifier::text as id from pg_control_system()')
		.then(({ rows }) => rows[0]?.id)
		.catch(() => undefined);
	return row ? { cluster: { database: row, ...(system ? { system } : {}) } } : {};
}

async function mysqlPlace(database: Knex): Promise<Place> {
	type Server = { host: string; name: string; made: string | null };
	const [rows] = await database.raw<[Server[], unknown]>(
		`select @@hostname as host, database() as name, (
			select date_format(create_time, '%Y-%m-%dT%H:%i:%s') from information_schema.tables
			where table_schema = database() and table_name = 'downstream_meta'
		) as made`,
	);
	const server = rows[0];
	if (!server) return {};
	// MariaDB has no such variable.
	const uuid = await database
		.raw<[{ uuid: string }[], unknown]>('select @@server_uuid as uuid')
		.then(([result]) => result[0]?.uuid)
		.catch(() => undefined);
	return { server: { host: server.host, schema: server.name, made: server.made ?? '', ...(uuid ? { uuid } : {}) } };
}
