import type { Knex } from 'knex';
import { isMysql, isPostgres, isSqlite } from '../../kernel/database/dialect.js';

/** Gives a table another name, and its indexes and foreign keys those that Directus would have given them. */
export async function renameTable(database: Knex, from: string, to: string): Promise<void> {
	await database.schema.renameTable(from, to);
	const columns = Object.keys(await database(to).columnInfo());
	const names = columns.flatMap((column) => namesOf({ table: from, column }, { table: to, column }));
	await renameIndexes(database, to, isPostgres(database) ? [[`${from}_pkey`, `${to}_pkey`], ...names] : names);
}

export async function renameColumn(
	database: Knex,
	table: string,
	{ from, to }: { from: string; to: string },
): Promise<void> {
	// Not Knex' own: on MySQL it describes the column anew, and quotes defaults that are none.
	await database.raw('alter table ?? rename column ?? to ??', [table, from, to]);
	await renameIndexes(database, table, namesOf({ table, column: from }, { table, column: to }));
}

type Names = [former: string, next: string];
interface Place {
	table: string;
	column: string;
}

/** Longer names are cut and given a hash; Directus finds those by what the database says. */
const LONGEST = 60;

/** Directus drops an index by the name that it would have given it. */
function namesOf(from: Place, to: Place): Names[] {
	const nameOf = ({ table, column }: Place, type: string) =>
		`${table.replaceAll(/[.-]/g, '_')}_${column}_${type}`.toLowerCase();
	return ['unique', 'index', 'foreign']
		.map((type): Names => [nameOf(from, type), nameOf(to, type)])
		.filter((names) => names.every((name) => name.length <= LONGEST));
}

async function renameIndexes(database: Knex, table: string, names: readonly Names[]): Promise<void> {
	const next = new Map(names.filter(([former, name]) => former !== name));
	if (isSqlite(database)) return onSqlite(database, table, next);
	if (isPostgres(database)) return onPostgres(database, table, next);
	if (isMysql(database)) return onMysql(database, table, next);
}

/** Where an index has no other name than the one it was made with. */
async function onSqlite(database: Knex, table: string, next: ReadonlyMap<string, string>): Promise<void> {
	const indexes = (await database('sqlite_master')
		.select('name', 'sql')
		.where({ type: 'index', tbl_name: table })
		.whereNotNull('sql')) as { name: string; sql: string }[];
	for (const { name, sql } of indexes) {
		const to = next.get(name);
		if (to === undefined) continue;
		await database.raw('drop index ??', [name]);
		await database.raw(sql.replace(name, () => to).replaceAll('?', '\\?'));
	}
}

async function onPostgres(database: Knex, table: string, next: ReadonlyMap<string, string>): Promise<void> {
	const indexes = await database('pg_indexes')
		.select<{ name: string }[]>('indexname as name')
		.where({ tablename: table })
		.whereRaw('schemaname = current_schema()');
	for (const { name } of indexes) {
		const to = next.get(name);
		if (to !== undefined) await database.raw('alter index ?? rename to ??', [name, to]);
	}
	const keys = await database('information_schema.table_constraints')
		.select<{ name: string }[]>('constraint_name as name')
		.where({ table_name: table, constraint_type: 'FOREIGN KEY' })
		.whereRaw('table_schema = current_schema()');
	for (const { name } of keys) {
		const to = next.get(name);
		if (to !== undefined) await database.raw('alter table ?? rename constraint ?? to ??', [table, name, to]);
	}
}

/** Where a foreign key has its name in the whole database, and no statement gives it another one. */
async function onMysql(database: Knex, table: string, next: ReadonlyMap<string, string>): Promise<void> {
	const here = database.raw('database()');
	const keys = await database('information_schema.REFERENTIAL_CONSTRAINTS as r')
		.join('information_schema.KEY_COLUMN_USAGE as k', function () {
			this.on('k.CONSTRAINT_NAME', 'r.CONSTRAINT_NAME')
				.andOn('k.CONSTRAINT_SCHEMA', 'r.CONSTRAINT_SCHEMA')
				.andOn('k.TABLE_NAME', 'r.TABLE_NAME');
		})
		.where({ 'r.CONSTRAINT_SCHEMA': here, 'r.TABLE_NAME': table })
		.select<Record<'name' | 'field' | 'related' | 'key' | 'deletes' | 'updates', string>[]>({
			name: 'r.CONSTRAINT_NAME',
			field: 'k.COLUMN_NAME',
			related: 'r.REFERENCED_TABLE_NAME',
			key: 'k.REFERENCED_COLUMN_NAME',
			deletes: 'r.DELETE_RULE',
			updates: 'r.UPDATE_RULE',
		});
	for (const { name, field, related, key, deletes, updates } of keys) {
		const to = next.get(name);
		if (to === undefined) continue;
		const rules = [deletes, updates].every((rule) => /^[A-Z ]+$/.test(rule))
			? ` on delete ${deletes} on update ${updates}`
			: '';
		await database.raw(
			`alter table ?? drop foreign key ??, add constraint ?? foreign key (??) references ?? (??)${rules}`,
			[table, name, to, field, related, key],
		);
	}
	const [indexes] = (await database.raw('show index from ??', [table])) as [{ Key_name: string }[]];
	for (const name of new Set(indexes.map((index) => index.Key_name))) {
		const to = next.get(name);
		const taken = indexes.some((index) => index.Key_name === to);
		if (to !== undefined && !taken) await database.raw('alter table ?? rename index ?? to ??', [table, name, to]);
	}
}
