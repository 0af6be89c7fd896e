import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex, knex } from 'knex';
import { directusVersions, KEPT, requireOfDirectus } from './playground.js';

/** The databases that the extension promises to work on; MariaDB stands for MySQL. */
export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql';

/** What the kit needs of a database server; a "database" of SQLite is a file. */
export interface DatabaseServer {
	/** Why no database can be had here, or null. */
	unavailable(): Promise<string | null>;
	/** Directus' settings for a database of this name. */
	settings(name: string): Record<string, string>;
	/** A connection of one's own to a database. To be destroyed by who asked for it. */
	connect(name: string): Knex;
	create(name: string): Promise<void>;
	drop(name: string): Promise<void>;
	/** The databases whose name begins so. */
	names(prefix: string): Promise<string[]>;
	/** A new database with all that another one holds. Nobody may be connected to that one. */
	copy(from: string, to: string): Promise<void>;
	/** Makes of a finished database a template, in one step: a template is there whole or not at all. */
	seal(finished: string, template: string): Promise<void>;
	hasTemplate(template: string): Promise<boolean>;
}

const FILES = join(KEPT, 'databases');
const SEAL = 'downstream_sealed';

const sqlite: DatabaseServer = {
	unavailable: async () => null,
	settings: (name) => ({ DB_CLIENT: 'sqlite3', DB_FILENAME: sqliteFile(name) }),
	connect: (name) =>
		knexOfDirectus({
			client: 'sqlite3',
			connection: { filename: sqliteFile(name) },
			useNullAsDefault: true,
			pool: {
				min: 1,
				max: 1,
				// Directus holds the same file: wait for its lock instead of failing at once.
				afterCreate: (connection: { run: (sql: string, done: (error: unknown) => void) => void }, done: () => void) =>
					connection.run('PRAGMA busy_timeout = 10000', done),
			},
		}),
	async create(name) {
		mkdirSync(FILES, { recursive: true });
		rmSync(sqliteFile(name), { force: true });
	},
	async drop(name) {
		for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(sqliteFile(name) + suffix, { force: true });
	},
	names: async (prefix) =>
		existsSync(FILES)
			? readdirSync(FILES)
					.filter((file) => file.startsWith(prefix) && file.endsWith('.sqlite'))
					.map((file) => file.slice(0, -'.sqlite'.length))
			: [],
	copy: async (from, to) => copyFileSync(sqliteFile(from), sqliteFile(to)),
	seal: async (finished, template) => renameSync(sqliteFile(finished), sqliteFile(template)),
	hasTemplate: async (template) => existsSync(sqliteFile(template)),
};

const postgres: DatabaseServer = {
	unavailable: () => unreachable(postgres.connect('postgres')),
	settings: (name) => {
		const { host, port, user, password } = postgresLogin();
		const login = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password };
		return { DB_CLIENT: 'pg', DB_DATABASE: name, ...login };
	},
	connect: (name) =>
		knexOfDirectus({
			client: 'pg',
			connection: { ...postgresLogin(), database: name, connectionTimeoutMillis: 5000 },
			pool: { min: 0, max: 4 },
		}),
	create: (name) => postgresStatement(`CREATE DATABASE "${name}"`),
	drop: (name) => postgresStatement(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
	names: (prefix) =>
		using(postgres.connect('postgres'), async (knex) => {
			const rows = await knex('pg_database').select<Array<{ datname: string }>>('datname');
			return rows.map(({ datname }) => datname).filter((name) => name.startsWith(prefix));
		}),
	copy: (from, to) => postgresStatement(`CREATE DATABASE "${to}" TEMPLATE "${from}"`),
	seal: (finished, template) => postgresStatement(`ALTER DATABASE "${finished}" RENAME TO "${template}"`),
	hasTemplate: async (template) => (await postgres.names(template)).includes(template),
};

const mysql: DatabaseServer = {
	unavailable: () => unreachable(mysql.connect('information_schema')),
	settings: (name) => {
		const { host, port, user, password } = mysqlLogin();
		const login = { DB_HOST: host, DB_PORT: String(port), DB_USER: user, DB_PASSWORD: password };
		return { DB_CLIENT: 'mysql', DB_DATABASE: name, ...login };
	},
	connect: (name) =>
		knexOfDirectus({
			client: 'mysql2',
			connection: { ...mysqlLogin(), database: name, connectTimeout: 5000 },
			pool: { min: 0, max: 4 },
		}),
	create: (name) => mysqlStatement(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4`),
	drop: (name) => mysqlStatement(`DROP DATABASE IF EXISTS \`${name}\``),
	names: (prefix) =>
		using(mysql.connect('information_schema'), async (knex) => {
			const rows = await knex('schemata').select<Array<{ name: string }>>({ name: 'schema_name' });
			return rows.map(({ name }) => name).filter((name) => name.startsWith(prefix));
		}),
	async copy(from, to) {
		await mysql.create(to);
		await using(mysql.connect(to), async (knex) => {
			// One connection for all of it: the switch below is that connection's own.
			await knex.transaction(async (connection) => {
				await connection.raw('SET foreign_key_checks = 0');
				const [tables] = (await connection.raw(`SHOW TABLES FROM \`${from}\``)) as [Array<Record<string, string>>];
				for (const table of tables.flatMap((row) => Object.values(row)).filter((name) => name !== SEAL)) {
					const [[made]] = (await connection.raw(`SHOW CREATE TABLE \`${from}\`.\`${table}\``)) as [
						[Record<'Create Table', string>],
					];
					await connection.raw(made['Create Table']);
					await connection.raw(`INSERT INTO \`${table}\` SELECT * FROM \`${from}\`.\`${table}\``);
				}
			});
		});
	},
	async seal(finished, template) {
		await mysql.drop(template);
		await mysql.copy(finished, template);
		await using(mysql.connect(template), (knex) => knex.schema.createTable(SEAL, (table) => table.integer('id')));
		await mysql.drop(finished);
	},
	hasTemplate: async (template) =>
		(await mysql.names(template)).includes(template) &&
		(await using(mysql.connect(template), (knex) => knex.schema.hasTable(SEAL))),
};

/** The three servers. */
export const DATABASE_SERVERS: Record<DatabaseKind, DatabaseServer> = { sqlite, postgres, mysql };

/** Where a SQLite "database" of this name is. */
function sqliteFile(name: string): string {
	return join(FILES, `${name}.sqlite`);
}

function postgresLogin() {
	const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = process.env;
	// A password that nobody asks for does no harm where the server trusts local connections, and Directus wants one.
	return {
		host: PGHOST ?? '127.0.0.1',
		port: Number(PGPORT ?? 5432),
		user: PGUSER ?? 'postgres',
		password: PGPASSWORD ?? 'postgres',
	};
}

function mysqlLogin() {
	const { MYSQL_HOST, MYSQL_TCP_PORT, MYSQL_USER, MYSQL_PWD } = process.env;
	return {
		host: MYSQL_HOST ?? '127.0.0.1',
		port: Number(MYSQL_TCP_PORT ?? 3306),
		user: MYSQL_USER ?? 'root',
		password: MYSQL_PWD ?? '',
	};
}

async function postgresStatement(sql: string): Promise<void> {
	await using(postgres.connect('postgres'), (knex) => knex.raw(sql));
}

async function mysqlStatement(sql: string): Promise<void> {
	await using(mysql.connect('information_schema'), (knex) => knex.raw(sql));
}

async function unreachable(knex: Knex): Promise<string | null> {
	return using(knex, async () => {
		try {
			await knex.raw('SELECT 1');
			return null;
		} catch (error) {
			const { code, message } = error as { code?: string; message?: string };
			return message || code || 'no answer';
		}
	});
}

async function using<T>(knex: Knex, work: (knex: Knex) => T | PromiseLike<T>): Promise<T> {
	try {
		return await work(knex);
	} finally {
		await knex.destroy();
	}
}

function knexOfDirectus(config: Knex.Config): Knex {
	const [version = '12'] = directusVersions();
	const connect = requireOfDirectus(version)('knex') as typeof knex;
	return connect(config);
}
