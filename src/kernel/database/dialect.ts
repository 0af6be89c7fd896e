import type { Knex } from 'knex';
import type { Dialect } from '../core/dialect.js';

/** Whether this is PostgreSQL, or a database that speaks like it. */
export const isPostgres = (database: Knex) =>
	/pg|postgres|cockroach|redshift/.test(String(database.client.config.client));

/** Whether this is MySQL or MariaDB. */
export const isMysql = (database: Knex) => /mysql|maria/.test(String(database.client.config.client));

/** Whether this is SQLite. */
export const isSqlite = (database: Knex) => /sqlite/.test(String(database.client.config.client));

/** Which of the three databases this is; null for any other. */
export const dialectOf = (database: Knex): Dialect | null =>
	isPostgres(database) ? 'postgres' : isMysql(database) ? 'mysql' : isSqlite(database) ? 'sqlite' : null;

/** In the words of its partial index: SQLite uses one only where a query says the very same. */
export const NOT_DELIVERED = "status <> 'delivered'";
