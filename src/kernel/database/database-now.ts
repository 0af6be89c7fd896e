import type { Knex } from 'knex';
import { readDatabaseTime } from './database-time.js';

/** What the database's clock says, ms since 1970: the one clock that all nodes share. SQLite has that of its process. */
export const databaseNow = async (database: Knex): Promise<number> => (await readDatabaseTime(database)) ?? Date.now();
