import type { Knex } from 'knex';

/** Whether this is MySQL or MariaDB. */
export const isMysql = (database: Knex) => /mysql|maria/.test(String(database.client.config.client));

/** Whether this is SQLite. */
export const isSqlite = (database: Knex) => /sqlite/.test(String(database.client.config.client));

/** In the words of its partial index: SQLite uses one only where a query says the very same. */
export const NOT_DELIVERED = "status <> 'delivered'";
