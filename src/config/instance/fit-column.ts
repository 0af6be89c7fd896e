import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Part } from '../ports.js';
import { isMysql } from '../../kernel/database/dialect.js';

const INTEGER = /^(big)?int(\(\d+\))?( unsigned)?$/;

/**
 * Gives a column the integer type of the key that it is to lead to. MySQL takes a foreign key between no others, and makes
 * keys that count themselves unsigned; Directus sees to it for `int` alone. PostgreSQL and SQLite do not mind.
 */
export async function fitColumnToKey(
	{ knex, schema }: { knex: Knex; schema: SchemaOverview },
	{ collection, field, value }: { collection: string; field: string; value: Part },
): Promise<void> {
	const related = schema.collections[String(value['related_collection'])];
	const column = schema.collections[collection]?.fields[field];
	const key = related?.fields[related.primary];
	if (!isMysql(knex) || !column || !key || column.dbType === key.dbType) return;
	if (![column.dbType, key.dbType].every((type) => INTEGER.test(String(type)))) return;
	await knex.schema.alterTable(collection, (table) => {
		const fitted = table.specificType(field, String(key.dbType));
		if (column.defaultValue !== null && column.defaultValue !== undefined)
			fitted.defaultTo(column.defaultValue as Knex.Value);
		(column.nullable ? fitted.nullable() : fitted.notNullable()).alter();
	});
}
