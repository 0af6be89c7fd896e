import type { Dialect } from '../kernel/core/dialect.js';
import type { Knex } from 'knex';
import { mysqlTriggers } from './core/triggers/mysql-triggers.js';
import { FUNCTION_PREFIX, postgresTriggers, recordingFunction } from './core/triggers/postgres-triggers.js';
import { sqliteTriggers } from './core/triggers/sqlite-triggers.js';
import { quoteName, TRIGGER_PREFIX, type Trigger, type TriggeredTable } from './core/triggers/trigger.js';
import type { LiveColumns } from './core/triggers/triggered-tables.js';

/** An existing trigger of ours. */
export interface FoundTrigger {
	table: string;
	name: string;
	/** It runs as another user, who may no longer exist; it is made again as this one. */
	isForeign: boolean;
}

/** How long to wait for a busy table, in s; other writers would wait behind us. */
const LOCK_S = 2;

/** Our existing triggers. */
export async function foundTriggers(database: Knex, dialect: Dialect): Promise<FoundTrigger[]> {
	const rows = await rowsOf<{ on: string; name: string; foreign?: unknown }>(database, FOUND[dialect]);
	return rows
		.filter(({ name }) => OURS.test(name))
		.map(({ on, name, foreign }) => ({ table: on, name, isForeign: Number(foreign ?? 0) === 1 }));
}

const OURS = new RegExp(
	`^${TRIGGER_PREFIX}(insert|update|delete|truncate|replace|along|read_update|read_delete)_\\w*_[0-9a-f]{8}$`,
);

const FOUND: Record<Dialect, string> = {
	postgres: `select c.relname as "on", t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
		where not t.tgisinternal and left(t.tgname, ${TRIGGER_PREFIX.length}) = '${TRIGGER_PREFIX}' and pg_table_is_visible(c.oid)`,
	mysql: `select event_object_table as \`on\`, trigger_name as name, definer <> current_user() as \`foreign\`
		from information_schema.triggers where trigger_schema = database()`,
	sqlite: `select tbl_name as "on", name from sqlite_master where type = 'trigger'`,
};

/** What the database itself says of these tables' columns. */
export async function liveColumns(database: Knex, dialect: Dialect, tables: string[]): Promise<LiveColumns> {
	const columns = new Map<string, Map<string, string>>();
	if (tables.length === 0) return columns;
	const places = tables.map(() => '?').join(', ');
	const rows = await rowsOf<{ of: string; name: string; type: string }>(
		database,
		LIVE[dialect].replace('TABLES', places),
		tables,
	);
	for (const { of, name, type } of rows) columns.set(of, (columns.get(of) ?? new Map()).set(name, type));
	return columns;
}

const LIVE: Record<Dialect, string> = {
	postgres: `select table_name as "of", column_name as name, udt_name as type from information_schema.columns
		where table_schema = any (current_schemas(false)) and table_name in (TABLES)`,
	mysql: `select table_name as \`of\`, column_name as name, data_type as type from information_schema.columns
		where table_schema = database() and table_name in (TABLES)`,
	sqlite: `select m.name as "of", p.name as name, p.type as type from sqlite_master m, pragma_table_info(m.name) p
		where m.type = 'table' and m.name in (TABLES)`,
};

/** What triggers have to know of the database: on PostgreSQL the schema of the outbox, on MySQL the time zone of our sessions. */
export async function triggerPlace(database: Knex, dialect: Dialect): Promise<string> {
	if (dialect === 'sqlite') return '';
	const [row] = await rowsOf<{ name: string }>(
		database,
		dialect === 'mysql'
			? 'select @@session.time_zone as name'
			: `select n.nspname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass('downstream_outbox')`,
	);
	if (!row) throw new Error('the table downstream_outbox is missing; restarting Directus creates it');
	return row.name;
}

export function triggersOf(table: TriggeredTable, dialect: Dialect, place: string): Trigger[] {
	if (dialect === 'postgres') return postgresTriggers(table, place);
	return dialect === 'mysql' ? mysqlTriggers(table, place) : sqliteTriggers(table);
}

/**
 * Replaces triggers of one table: where the database can, at once for every writer; on MySQL there are both for a moment,
 * which records a change twice, and never none.
 */
export async function replaceTriggers(
	database: Knex,
	dialect: Dialect,
	{ add, remove }: { add: Trigger[]; remove: FoundTrigger[] },
): Promise<void> {
	const again = new Set(add.map(({ name }) => name));
	const drop = ({ table, name }: FoundTrigger) =>
		dialect === 'postgres'
			? `drop trigger if exists ${quoteName(name)} on ${quoteName(table)}`
			: `drop trigger if exists ${dialect === 'mysql' ? `\`${name}\`` : quoteName(name)}`;
	const statements = [
		...remove.filter(({ name }) => again.has(name)).map(drop),
		...add.map(({ sql }) => sql),
		...remove.filter(({ name }) => !again.has(name)).map(drop),
	];
	if (dialect === 'mysql') return runOnOne(database, statements);
	await database.transaction(async (transaction) => {
		if (dialect === 'postgres') await transaction.raw(`set local lock_timeout = '${LOCK_S}s'`);
		for (const sql of statements) await transaction.raw(asIs(sql, dialect));
	});
}

/** MySQL ends every transaction before it touches a trigger; how long it may wait for a table is said on the connection. */
async function runOnOne(database: Knex, statements: string[]): Promise<void> {
	const { client } = database as Knex & {
		client: { acquireConnection(): Promise<unknown>; releaseConnection(connection: unknown): Promise<void> };
	};
	const connection = await client.acquireConnection();
	const run = (sql: string) => database.raw(sql).connection(connection);
	try {
		await run(`set session lock_wait_timeout = ${LOCK_S}`);
		for (const sql of statements) await run(sql);
	} finally {
		await run('set session lock_wait_timeout = default').catch(() => {});
		await client.releaseConnection(connection);
	}
}

/** The function that PostgreSQL's triggers call. */
export async function makeFunction(database: Knex, dialect: Dialect, schema: string): Promise<void> {
	if (dialect !== 'postgres') return;
	const { name, sql } = recordingFunction(schema);
	const known = await rowsOf(
		database,
		'select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace where p.proname = ? and n.nspname = ?',
		[name, schema],
	);
	if (known.length > 0) return;
	await database.transaction(async (transaction) => {
		await transaction.raw(asIs(sql, dialect));
		// Other roles may not call it by a trigger on a table of theirs; writers of watched tables need no right to it.
		await transaction.raw(`revoke all on function ${quoteName(schema)}.${name}() from public`);
	});
}

/** Removes our functions, except the present one and any that a trigger still calls. */
export async function dropFunctions(database: Knex, dialect: Dialect, but: string | null): Promise<void> {
	if (dialect !== 'postgres') return;
	const rows = await rowsOf<{ schema: string; name: string }>(
		database,
		`select n.nspname as schema, p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
		where left(p.proname, ${FUNCTION_PREFIX.length}) = '${FUNCTION_PREFIX}' and n.nspname = any (current_schemas(false))`,
	);
	for (const { schema, name } of rows)
		if (name !== but)
			await database.raw(`drop function if exists ${quoteName(schema)}.${quoteName(name)}()`).catch(() => {});
}

/** Knex reads every `?` as a placeholder of PostgreSQL. */
const asIs = (sql: string, dialect: Dialect) => (dialect === 'postgres' ? sql.replaceAll('?', '\\?') : sql);

async function rowsOf<T>(database: Knex, sql: string, bindings: string[] = []): Promise<T[]> {
	const answer: unknown = await database.raw(sql, bindings);
	if (!Array.isArray(answer)) return (answer as { rows: T[] }).rows;
	return (Array.isArray(answer[0]) ? answer[0] : answer) as T[];
}
