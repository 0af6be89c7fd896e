import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Snapshot } from '../../contract/bundle.js';
import { isMysql, isSqlite } from '../../kernel/database/dialect.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

type Unmanaged = Pick<Snapshot, 'collections' | 'fields' | 'relations'>;

/** What Directus does not manage has no row of its own: a snapshot does not show it, and to make it again fails. */
export async function readUnmanaged(
	{ database, services, schema }: { database: Knex; services: DirectusServices; schema: SchemaOverview },
	wanted: { collection: string; field: string }[],
): Promise<Unmanaged> {
	const unmanaged: Unmanaged = { collections: [], fields: [], relations: [] };
	const tables = await tablesOf(database);
	const options = { knex: database, schema, accountability: null };
	for (const [collection, fields] of Map.groupBy(wanted, (one) => one.collection)) {
		if (!tables.has(collection)) continue;
		const columns = Object.keys(await database(collection).columnInfo());
		const present = new Set(fields.map(({ field }) => field).filter((field) => columns.includes(field)));
		if (present.size === 0) continue;
		const managed = await database('directus_collections').where({ collection }).first<unknown>('collection');
		if (!managed) unmanaged.collections.push({ collection, meta: null, schema: { name: collection } });
		for (const entry of await new services.FieldsService(options).readAll(collection)) {
			const field = String(entry['field']);
			if (present.has(field) && !entry['meta'])
				unmanaged.fields.push({ collection, field, type: entry['type'], meta: null, schema: entry['schema'] ?? null });
		}
		for (const entry of await new services.RelationsService(options).readAll(collection)) {
			const related = entry['related_collection'];
			const field = String(entry['field']);
			if (!present.has(field) || entry['meta']) continue;
			unmanaged.relations.push({
				collection,
				field,
				related_collection: typeof related === 'string' ? related : null,
				meta: null,
				schema: entry['schema'] ?? null,
			});
		}
	}
	return unmanaged;
}

async function tablesOf(database: Knex): Promise<Set<string>> {
	if (isSqlite(database)) {
		const rows = await database('sqlite_master').where({ type: 'table' }).select<{ name: string }[]>('name');
		return new Set(rows.map(({ name }) => name));
	}
	const ownSchema = isMysql(database) ? database.raw('database()') : database.raw('any (current_schemas(false))');
	const rows = await database('information_schema.tables')
		.whereRaw('table_schema = ?', [ownSchema])
		.select<{ name: string }[]>({ name: 'table_name' });
	return new Set(rows.map(({ name }) => name));
}

/** PostgreSQL and SQLite know geometry by an extension alone. */
export async function knowsGeometry(database: Knex): Promise<boolean> {
	if (isMysql(database)) return true;
	if (isSqlite(database))
		return (await database.raw("select 1 from pragma_function_list where lower(name) = 'st_geomfromtext'")).length > 0;
	const { rows } = (await database.raw("select 1 from pg_type where typname = 'geometry'")) as { rows: unknown[] };
	return rows.length > 0;
}
