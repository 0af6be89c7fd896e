import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { nothingIn, type HourCount } from '../core/throughput.js';
import { isMysql } from '../../kernel/database/dialect.js';

const TABLE = 'downstream_hours';
type Raw = Record<string, string | number>;

const COUNTS = ['delivered', 'failed', 'retried', 'requests'] as const;

/** Ranges of durations have a column each, so that the database can add to them. */
const rangeColumn = (range: number) => `took_${range}`;
export const HOUR_COLUMNS = [...COUNTS, ...nothingIn('', 0).durations.map((_, range) => rangeColumn(range))];

/** Adds to the stored counts, also to those of other nodes. */
export async function addToHours(database: Knex, counts: HourCount[]): Promise<void> {
	const rows = counts
		.map((count): Raw => {
			const { target, hour, durations } = count;
			return {
				id: `${hour}:${target}`,
				target,
				hour,
				...Object.fromEntries(COUNTS.map((name) => [name, count[name]])),
				...Object.fromEntries(durations.map((number, range) => [rangeColumn(range), number])),
			};
		})
		// In one order, so that two nodes never wait for each other's rows.
		.toSorted((a, b) => Number(a['hour']) - Number(b['hour']) || (String(a['target']) < String(b['target']) ? -1 : 1));
	const given = isMysql(database) ? 'values(??)' : 'excluded.??';
	const sums = HOUR_COLUMNS.map((column) => [column, database.raw(`?? + ${given}`, [`${TABLE}.${column}`, column])]);
	await database.transaction(async (transaction) => {
		for (const group of inGroupsOf(25, rows))
			await transaction(TABLE).insert(group).onConflict('id').merge(Object.fromEntries(sums));
	});
}

/** Every count of an hour that begins at or after `since` (ms since 1970). */
export async function readHours(database: Knex, since: number): Promise<HourCount[]> {
	const rows = await database(TABLE).select<Raw[]>('*').where('hour', '>=', since);
	return rows.map((row) => ({
		target: String(row['target']),
		hour: Number(row['hour']),
		delivered: Number(row['delivered']),
		failed: Number(row['failed']),
		retried: Number(row['retried']),
		requests: Number(row['requests']),
		durations: nothingIn('', 0).durations.map((_, range) => Number(row[rangeColumn(range)])),
	}));
}

/** Removes hours that began before `before` (ms since 1970). */
export async function removeOldHours(database: Knex, before: number): Promise<void> {
	await database(TABLE).where('hour', '<', before).delete();
}
