import type { Knex } from 'knex';
import { isMysql } from './dialect.js';

/**
 * Creates a table with its keys and indexes, or what is missing of them: they are statements of their own, each of
 * which a migration may have broken off before.
 */
export async function createTable(
	database: Knex,
	name: string,
	build: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
	const statements = database.schema.createTable(name, build).toSQL() as unknown as Statement[];
	const [create, ...indexes] = [statements].flat();
	if (create && !(await database.schema.hasTable(name))) await run(database, create);
	for (const index of indexes) await addOnce(database, index);
}

/** @param where only rows of which this is true are in it; MySQL has no such indexes and takes all */
export async function createIndex(
	database: Knex,
	table: string,
	name: string,
	columns: string[],
	where?: string,
): Promise<void> {
	const on = `create index ?? on ?? (${columns.map(() => '??').join(', ')})`;
	const only = where && !isMysql(database) ? ` where ${where}` : '';
	await addOnce(database, { sql: `${on}${only}`, bindings: [name, table, ...columns] });
}

interface Statement {
	sql: string;
	bindings?: readonly string[];
}

const run = (database: Knex, { sql, bindings = [] }: Statement) => database.raw(sql, [...bindings]);

/** PostgreSQL, MySQL and MariaDB, in this order: a relation, a constraint, a primary key of that name is there already. */
const THERE = ['42P07', '42710', '42P16', 'ER_DUP_KEYNAME', 'ER_MULTIPLE_PRI_KEY'];

async function addOnce(database: Knex, { sql, bindings }: Statement): Promise<void> {
	const careful = isMysql(database)
		? sql
		: sql.replace(/^create (unique )?index (?!if not)/i, 'create $1index if not exists ');
	try {
		await run(database, { sql: careful, ...(bindings ? { bindings } : {}) });
	} catch (error) {
		if (!THERE.includes(String((error as { code?: unknown }).code))) throw error;
	}
}

/** A column that may be there already: a process killed in the middle of a migration runs it again. */
export async function addColumn(
	database: Knex,
	table: string,
	column: string,
	add: (table: Knex.AlterTableBuilder) => void,
): Promise<void> {
	if (!(await database.schema.hasColumn(table, column))) await database.schema.alterTable(table, add);
}
