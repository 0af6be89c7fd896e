import { isPostgres, isSqlite } from '../../kernel/database/dialect.js';
import type { Knex } from 'knex';

/** What a plan is judged by: what tables hold. All of it counts 0 where there is no such table or column. */

/** A column of a table. */
interface Column {
	collection: string;
	field: string;
}

/** Rows that a collection has, or that have a value in a field of it. */
export async function countValues(database: Knex, collection: string, field: string | null): Promise<number> {
	if (field === null) return (await database.schema.hasTable(collection)) ? countRows(database, collection) : 0;
	if (!(await isThere(database, { collection, field }))) return 0;
	const row = await database(collection).count({ rows: field }).first<Counted | undefined>();
	return Number(row?.rows ?? 0);
}

/** Values that more than one row has. */
export async function countDuplicates(database: Knex, collection: string, field: string): Promise<number> {
	if (!(await isThere(database, { collection, field }))) return 0;
	const twice = database(collection).select(field).whereNotNull(field).groupBy(field).havingRaw('count(*) > 1');
	const row = await database.count({ rows: '*' }).from(twice.as('twice')).first<Counted | undefined>();
	return Number(row?.rows ?? 0);
}

/** Rows with a value that is the key of no row of another table; all of them, where that table is still to be made. */
export async function countDangling(database: Knex, from: Column, to: Column): Promise<number> {
	if (!(await isThere(database, from))) return 0;
	if (!(await isThere(database, to))) return countValues(database, from.collection, from.field);
	// The two may be of different types, which PostgreSQL does not compare.
	const equal = isPostgres(database) ? '??::text = ??::text' : '?? = ??';
	const row = await database({ pointing: from.collection })
		.whereNotNull(`pointing.${from.field}`)
		.whereNotExists((query) =>
			query
				.select(database.raw('1'))
				.from({ named: to.collection })
				.whereRaw(equal, [`named.${to.field}`, `pointing.${from.field}`]),
		)
		.count({ rows: '*' })
		.first<Counted | undefined>();
	return Number(row?.rows ?? 0);
}

export async function countRows(database: Knex, table: string): Promise<number> {
	const row = await database(table).count({ rows: '*' }).first<Counted | undefined>();
	return Number(row?.rows ?? 0);
}

interface Counted {
	rows: number | string;
}

const isThere = async (database: Knex, { collection, field }: Column): Promise<boolean> =>
	(await database.schema.hasTable(collection)) && (await database.schema.hasColumn(collection, field));

/** A column as it shall be, in Directus' words. */
export interface ColumnToTry {
	type: string;
	length: number | null;
	precision: number | null;
	scale: number | null;
}

/**
 * What the database says to turning the values of a column into another type; null where it does not mind. SQLite never
 * does. It is tried on what is there, in a way that changes nothing.
 */
export async function tryConversion(database: Knex, from: Column, to: ColumnToTry): Promise<string | null> {
	if (isSqlite(database) || !(await isThere(database, from))) return null;
	const type = typeNameOf(to, isPostgres(database) ? 'postgres' : 'mysql');
	if (type === null) return null;
	const { collection, field } = from;
	if (isPostgres(database)) {
		// In a transaction of its own, since PostgreSQL ends the one in which a statement failed.
		const converting = database.transaction((attempt) =>
			attempt.raw(`select count(*) from ?? where (??)::${type} is not null`, [collection, field]),
		);
		return messageOf(converting);
	}
	const probe = 'downstream_probe';
	await database.raw(`drop temporary table if exists ${probe}`);
	// Who may not make one finds out while it is done.
	if ((await messageOf(database.raw(`create temporary table ${probe} (value ${type} null)`))) !== null) return null;
	const filling = database.raw(`insert into ${probe} select ?? from ?? where ?? is not null`, [
		field,
		collection,
		field,
	]);
	const message = await messageOf(filling);
	await database.raw(`drop temporary table if exists ${probe}`);
	return message;
}

async function messageOf(work: PromiseLike<unknown>): Promise<string | null> {
	try {
		await work;
		return null;
	} catch (error) {
		const { sqlMessage, message } = error as { sqlMessage?: string; message: string };
		// Without the statement, which knex puts in front.
		return sqlMessage ?? message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '');
	}
}

/** The type as knex writes it for Directus; null where nothing is known of it. */
function typeNameOf({ type, length, precision, scale }: ColumnToTry, vendor: 'postgres' | 'mysql'): string | null {
	const digits = `(${Number(precision ?? 10)}, ${Number(scale ?? 5)})`;
	const names: Record<string, [postgres: string, mysql: string]> = {
		integer: ['integer', 'int'],
		bigInteger: ['bigint', 'bigint'],
		float: ['real', `float${digits}`],
		decimal: [`decimal${digits}`, `decimal${digits}`],
		string: [`varchar(${Number(length ?? 255)})`, `varchar(${Number(length ?? 255)})`],
		hash: ['varchar(255)', 'varchar(255)'],
		text: ['text', 'text'],
		csv: ['text', 'text'],
		boolean: ['boolean', 'boolean'],
		date: ['date', 'date'],
		time: ['time', 'time'],
		dateTime: ['timestamp', 'datetime'],
		timestamp: ['timestamptz', 'timestamp'],
		json: ['json', 'json'],
		uuid: ['uuid', 'char(36)'],
	};
	return names[type]?.[vendor === 'postgres' ? 0 : 1] ?? null;
}
