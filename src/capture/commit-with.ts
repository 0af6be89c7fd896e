import type { Dialect } from '../kernel/core/dialect.js';
import type { NewChange } from './new-change.js';
import { outboxInsertText } from './tables/outbox-table.js';

interface Ports<Q> {
	dialect: Dialect;
	connection: object;
	/** Runs SQL as it is on the connection, past Knex. */
	driver(sql: string): Promise<{ response?: unknown }>;
	hasEnded(error: unknown): boolean;
	/** The COMMIT that Knex waits for. */
	query: Q;
}

/**
 * Writes changes and commits in one round trip. Null where that is impossible (MySQL's driver takes one statement at a
 * time), or has failed with the transaction still open: the caller then does both one by one, and sees which one fails.
 */
export function commitWith<Q extends { response?: unknown }>(ports: Ports<Q>) {
	const run = { postgres: inPostgres, sqlite: inSqlite, mysql: null }[ports.dialect];
	return run ? (changes: readonly NewChange[]) => run(ports, changes) : undefined;
}

async function inPostgres<Q extends { response?: unknown }>(
	{ driver, query }: Ports<Q>,
	changes: readonly NewChange[],
): Promise<{ answer: Q } | null> {
	const insert = outboxInsertText(changes, 'postgres');
	if (insert === null) return null;
	try {
		const sql = `savepoint downstream; ${insert}; release savepoint downstream; commit`;
		query.response = ((await driver(sql)).response as unknown[]).at(-1);
		return { answer: query };
	} catch (error) {
		// The COMMIT itself was refused, and has ended the transaction, unless there is something to go back to.
		const isOpen = await driver('rollback to savepoint downstream').then(
			() => true,
			(refusal: unknown) => (refusal as { code?: unknown } | null)?.code !== NO_TRANSACTION,
		);
		if (isOpen) return null;
		throw error;
	}
}

const NO_TRANSACTION = '25P01';

/** As much of node-sqlite3's connection as is used. */
interface SqliteConnection {
	exec?(sql: string, done: (error: Error | null) => void): void;
}

const executed = (sqlite: SqliteConnection, sql: string) =>
	new Promise<Error | null>((resolve) => sqlite.exec?.(sql, resolve));

/** Runs a text on SQLite, with nothing to bind and nothing to be answered; false where this driver takes none. */
export async function execute(connection: object, sql: string): Promise<boolean> {
	const sqlite = connection as SqliteConnection;
	if (typeof sqlite.exec !== 'function') return false;
	const error = await executed(sqlite, sql);
	if (error) throw error;
	return true;
}

async function inSqlite<Q extends { response?: unknown }>(
	{ connection, hasEnded, query }: Ports<Q>,
	changes: readonly NewChange[],
): Promise<{ answer: Q } | null> {
	const sqlite = connection as SqliteConnection;
	const insert = outboxInsertText(changes, 'sqlite');
	if (insert === null || typeof sqlite.exec !== 'function') return null;
	const error = await executed(sqlite, `${insert}; commit`);
	if (error && hasEnded(error)) throw error;
	if (error) return null;
	query.response = [];
	return { answer: query };
}
