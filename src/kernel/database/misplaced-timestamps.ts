import type { Row } from '../core/row.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { isMysql } from './dialect.js';

/**
 * Timestamps among these values that Directus would write wrongly to MySQL, in the form that MySQL needs. Directus shifts a
 * time by the offset of the process' zone from UTC, and around a change of the clocks by the wrong one.
 */
export function misplacedTimestamps(database: Knex, schema: SchemaOverview, collection: string, values: Row): Row {
	if (!isMysql(database)) return {};
	const fields = schema.collections[collection]?.fields ?? {};
	return Object.fromEntries(
		Object.entries(values).flatMap(([field, value]) => {
			const moment = new Date(fields[field]?.type === 'timestamp' && typeof value === 'string' ? value : NaN);
			if (Number.isNaN(moment.getTime())) return [];
			const wanted = moment.toISOString().slice(0, 19).replace('T', ' ');
			const moved = new Date(moment.getTime() + moment.getTimezoneOffset() * 60_000);
			return wanted === onTheWall(moved) ? [] : [[field, wanted]];
		}),
	);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** As the driver writes it. */
function onTheWall(date: Date): string {
	const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
