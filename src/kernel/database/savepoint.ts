import { isPostgres } from './dialect.js';
import type { Knex } from 'knex';

/**
 * Runs work inside a transaction so that its failure leaves the transaction usable. PostgreSQL needs a savepoint for that;
 * on SQLite and MySQL a failed statement undoes only itself. The error is thrown.
 */
export async function apart<T>(database: Knex, work: () => Promise<T>): Promise<T> {
	if (!database.isTransaction || !isPostgres(database)) return work();
	await database.raw('savepoint downstream_apart');
	try {
		const done = await work();
		await database.raw('release savepoint downstream_apart');
		return done;
	} catch (error) {
		await database.raw('rollback to savepoint downstream_apart');
		throw error;
	}
}

/**
 * The same for one query, which PostgreSQL then gets in one round trip.
 * @returns the rows that it answers with, if it asks for any
 */
export async function queryApart(database: Knex, query: Knex.QueryBuilder): Promise<unknown[]> {
	if (!database.isTransaction || !isPostgres(database)) return (await query) as unknown[];
	const sql = query.toQuery();
	try {
		// knex reads every ? as a placeholder, also inside a quoted value, and of one that it is told is none it drops all
		// backslashes before it. A value that has such is bound, which takes two more round trips.
		if (sql.includes('\\?')) {
			await database.raw('savepoint downstream');
			const rows: unknown[] = await query;
			await database.raw('release savepoint downstream');
			return rows;
		}
		const answers: { rows: unknown[] }[] = await database.raw(
			`savepoint downstream; ${sql}; release savepoint downstream`.replaceAll('?', '\\?'),
		);
		return answers[1]?.rows ?? [];
	} catch (error) {
		await database.raw('rollback to savepoint downstream');
		throw error;
	}
}
