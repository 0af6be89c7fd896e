import type { Row } from '../../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { rawReading } from '../../kernel/database/raw-reading.js';
import type { KnownUser } from './sync-reads.js';

/** Rows of a collection in the order of their keys, after that key: quick however far it has come. */
export async function rowsAfter(
	{ database, schema }: { database: Knex; schema: SchemaOverview | null },
	{ collection, primary, columns }: { collection: string; primary: string; columns: string[] },
	after: unknown,
	limit: number,
): Promise<Row[]> {
	const raw = rawReading(database, schema, collection);
	const query = database(collection)
		.select<Row[]>(raw.select([primary, ...columns]))
		.orderBy(primary)
		.limit(limit);
	return raw.read(await (after === null ? query : query.where(primary, '>', after as string)));
}

export async function countRows(database: Knex, collection: string): Promise<number> {
	const row = await database(collection).count({ count: '*' }).first<{ count: number | string }>();
	return Number(row?.count ?? 0);
}

export async function allUsers(database: Knex): Promise<KnownUser[]> {
	const rows = await database('directus_users').select<
		{ id: string; email: string | null; external_identifier: string | null }[]
	>('id', 'email', 'external_identifier');
	return rows.map(({ id, email, external_identifier }) => ({
		id,
		email: email?.toLowerCase() ?? null,
		external: external_identifier,
	}));
}

/** The columns in which Directus keeps when an item was last changed, or else created. */
export function dateColumns(schema: SchemaOverview, collection: string): string[] {
	const fields = Object.values(schema.collections[collection]?.fields ?? {});
	const of = (special: string) => fields.filter((field) => field.special.includes(special)).map(({ field }) => field);
	return [...of('date-updated'), ...of('date-created')];
}

/** When an item was last changed as far as its own columns tell, ms since 1970; null where they do not. */
export function changedAt(row: Row, columns: string[]): number | null {
	for (const column of columns) {
		const value = row[column];
		if (value === null || value === undefined) continue;
		const at = value instanceof Date ? value.getTime() : typeof value === 'number' ? value : Date.parse(String(value));
		if (Number.isFinite(at)) return at;
	}
	return null;
}
