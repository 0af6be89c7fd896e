import { isTime } from '../core/time-types.js';
import type { Row } from '../core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { isMysql, isSqlite } from './dialect.js';

/** How the columns of one collection are read past Directus. */
export interface RawReading {
	/** What to select of these columns. */
	select(columns: Iterable<string>): (string | Knex.Raw)[];
	/** The rows as Directus means them. They are changed. */
	read(rows: Row[]): Row[];
}

/**
 * Reads columns past Directus as Directus means them, whatever time zone the process has. MySQL keeps a timestamp as text
 * without a zone, into which Directus writes the time in UTC; the driver takes that for the time of the process' zone, in
 * which it need not exist.
 * Shapes are in a form of the driver's, or in bytes, and are read as GeoJSON.
 */
export function rawReading(database: Knex, schema: SchemaOverview | null, collection: string): RawReading {
	const fields = Object.values(schema?.collections[collection]?.fields ?? {});
	const shapes = new Set(
		isSqlite(database) ? [] : fields.flatMap(({ field, type }) => (type.startsWith('geometry') ? [field] : [])),
	);
	const inUtc = new Set(
		isMysql(database) ? fields.flatMap(({ field, type }) => (type === 'timestamp' ? [field] : [])) : [],
	);
	const timed = keepsMs(database) ? [] : fields.flatMap(({ field, type }) => (isTime(type) ? [field] : []));
	const asGeoJson = isMysql(database) ? 'st_asgeojson(??) as ??' : 'st_asgeojson(??, 15) as ??';
	return {
		select: (columns) =>
			[...new Set(columns)].map((column) =>
				shapes.has(column)
					? database.raw(asGeoJson, [column, column])
					: inUtc.has(column)
						? database.raw(AS_UTC, [column, column])
						: column,
			),
		read(rows) {
			for (const field of inUtc) for (const row of rows) if (String(row[field]).startsWith('0000')) row[field] = null;
			for (const field of timed) for (const row of rows) row[field] = withoutParts(row[field]);
			return rows;
		},
	};
}

/**
 * Whether columns as Directus makes them keep parts of a second. On MySQL they do not, and those that were made
 * otherwise are read and written like all others.
 */
export const keepsMs = (database: Knex): boolean => !isMysql(database);

function withoutParts(value: unknown): unknown {
	if (value instanceof Date) return new Date(Math.floor(value.getTime() / 1_000) * 1_000);
	return typeof value === 'string' ? value.replace(/\.\d+$/, '') : value;
}

const AS_UTC = `date_format(??, '%Y-%m-%dT%H:%i:%s.000Z') as ??`;
