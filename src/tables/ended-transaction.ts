/**
 * With these errors a database has taken back the whole transaction, not the statement alone, and takes what comes next as
 * a statement of its own: MySQL from the loser of a deadlock, and, if it is set so, from who has waited too long for a
 * lock; SQLite where it can write no more (sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
 * PostgreSQL refuses whatever comes next, and with a savepoint loses only what came after that.
 */
const ENDING = new Set([
	'ER_LOCK_DEADLOCK',
	'ER_LOCK_WAIT_TIMEOUT',
	'SQLITE_FULL',
	'SQLITE_IOERR',
	'SQLITE_NOMEM',
	'SQLITE_INTERRUPT',
]);

/** Whether the transaction in which this happened is over: whoever wrote in it has to hear of it. */
export const hasEndedTransaction = (error: unknown): boolean =>
	ENDING.has(String((error as { code?: unknown } | null)?.code));
