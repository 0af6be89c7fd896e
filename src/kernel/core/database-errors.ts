/** Databases end one of several transactions that cannot all have been first. Tried again, it may be. */
const LOST_RACE = new Set(['40001', '40P01', 'ER_LOCK_DEADLOCK', 'ER_CHECKREAD', 'SQLITE_BUSY']);

/**
 * With these errors a database has taken back the whole transaction, not the statement alone, and takes what comes next as
 * a statement of its own: MySQL from the loser of a deadlock, and, if it is set so, from who has waited too long for a
 * lock; SQLite where it can write no more (sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
 * PostgreSQL refuses whatever comes next, and with a savepoint loses only what came after that.
 */
const ENDED_TRANSACTION = new Set([
	'ER_LOCK_DEADLOCK',
	'ER_LOCK_WAIT_TIMEOUT',
	'SQLITE_FULL',
	'SQLITE_IOERR',
	'SQLITE_NOMEM',
	'SQLITE_INTERRUPT',
]);

/** Databases that are busy, full, read-only, or going down. The same statement may be taken a little later. */
const PASSING = new Set([
	...LOST_RACE,
	...ENDED_TRANSACTION,
	...(
		'SQLITE_LOCKED SQLITE_READONLY SQLITE_CANTOPEN SQLITE_PROTOCOL SQLITE_CORRUPT SQLITE_NOTADB ER_CON_COUNT_ERROR ' +
		'ER_TOO_MANY_USER_CONNECTIONS ER_SERVER_SHUTDOWN ER_QUERY_INTERRUPTED ER_QUERY_TIMEOUT ER_DISK_FULL ' +
		'ER_RECORD_FILE_FULL ER_OUT_OF_RESOURCES ER_OUTOFMEMORY ER_OPTION_PREVENTS_STATEMENT ER_CONNECTION_KILLED'
	).split(' '),
]);

/**
 * PostgreSQL: the connection (08), a rolled-back transaction (40), a server without resources (53), an object in use
 * (55), an admin who stops it (57), its system (58), and a server that only reads (25006).
 */
const PASSING_SQLSTATE = /^(08|40|53|55|57|58)[0-9A-Z]{3}$|^25006$/;

/** Anything may be thrown, so anything may be asked for its code. */
const codeOf = (error: unknown): string => String((error as { code?: unknown } | null | undefined)?.code);

/** Whether this transaction lost against another one, and may be tried again as it is. */
export const hasLostRace = (error: unknown): boolean => LOST_RACE.has(codeOf(error));

/** Whether this error ended its transaction; then the writer has to see it. */
export const hasEndedTransaction = (error: unknown): boolean => ENDED_TRANSACTION.has(codeOf(error));

/** Whether a database's error speaks of the moment, and of no row. */
export const isPassingDatabaseCode = (code: string): boolean => PASSING.has(code) || PASSING_SQLSTATE.test(code);
