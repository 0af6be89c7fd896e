import type { Knex } from 'knex';
import { isMysql, isSqlite, isPostgres } from './dialect.js';

/** The database's own time in ms since 1970; null where it has no clock but this machine's, or is one of those untested. */
export async function readDatabaseTime(database: Knex): Promise<number | null> {
	if (isSqlite(database)) return null;
	if (isPostgres(database)) {
		const answer: { rows: { now: number | string }[] } = await database.raw(
			'select floor(extract(epoch from clock_timestamp()) * 1000) as now',
		);
		return Number(answer.rows[0]?.now);
	}
	if (!isMysql(database)) return null;
	const [rows] = (await database.raw(
		"select floor(timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(6)) / 1000) as now",
	)) as [{ now: number | string }[]];
	return Number(rows[0]?.now);
}

/** What the database's clock says, ms since 1970: the one clock that all nodes share. SQLite has that of its process. */
export const databaseNow = async (database: Knex): Promise<number> => (await readDatabaseTime(database)) ?? Date.now();
