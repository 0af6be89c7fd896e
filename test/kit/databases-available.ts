import { DATABASE_SERVERS, type DatabaseKind } from './database-servers.js';

/**
 * Which databases tests can run on here: for each, null, or why it can't be used. PostgreSQL from npm counts once
 * `providePostgres` has started it.
 */
export async function databasesAvailable(): Promise<Record<DatabaseKind, string | null>> {
	const kinds = Object.keys(DATABASE_SERVERS) as DatabaseKind[];
	const answers = await Promise.all(
		kinds.map(async (kind) => [kind, await DATABASE_SERVERS[kind].unavailable()] as const),
	);
	return Object.fromEntries(answers) as Record<DatabaseKind, string | null>;
}
