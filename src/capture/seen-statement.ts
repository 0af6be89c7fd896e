import type { Handle } from './capture-ports.js';
import type { Dialect } from '../kernel/core/dialect.js';
import type { NotedWrites } from './noted-writes.js';
import type { Picked } from './core/statement.js';
import type { Row } from '../kernel/core/row.js';
import type { NewChange } from './new-change.js';
import type { BeforeValues, Glimpse } from './before-values.js';
import type { CollectionWatch } from './core/watch.js';

/** The connection that a statement runs on: everything here runs on it too, and nothing else waits for it. */
export interface Connection extends Pick<Handle, 'rows' | 'record' | 'hasEnded'> {
	dialect: Dialect;
	notes: NotedWrites;
	/** Whether a transaction is open. */
	isInTransaction(): boolean;
	/** The rows that a statement picks, as they are. */
	select(picked: Picked, bindings: readonly unknown[], columns: string[], limit: number): Promise<Row[]>;
	/** The key made up for the row that was inserted last; null where that cannot be told. */
	lastMade(table: string, primary: string): Promise<number | null>;
	control(statement: 'BEGIN' | 'COMMIT' | 'ROLLBACK'): Promise<unknown>;
	/** Whether the database refused a statement because an earlier one of the transaction has failed. */
	isRefused(error: unknown): boolean;
	/** Whether a COMMIT was answered by taking everything back. */
	wasRefused(answer: unknown): boolean;
	/** Marks the transaction, for database triggers, as one whose writes are recorded here; null where there are none. */
	writer: Record<'make' | 'unmake', () => Promise<unknown>> | null;
}

/** What a statement came to, as its driver tells it; null where it does not. */
export interface Outcome {
	affected: number | null;
	rows: Row[] | null;
	/** The key that the database made up for an inserted row: of several the first on MySQL, the last on SQLite. */
	made: number | null;
}

/** A statement on its way to the database. */
export interface Seen<T> {
	sql: string;
	bindings: readonly unknown[];
	on: Connection;
	run(): Promise<T>;
	outcome(result: T): Outcome;
	/**
	 * Of a COMMIT: records changes and commits, in one go; null where that cannot be, or has failed before anything was
	 * committed. Throws what the COMMIT has failed with, or what has ended the transaction.
	 */
	commitWith?: ((changes: readonly NewChange[]) => Promise<{ answer: T } | null>) | undefined;
}

export interface StatementParts {
	glimpses: BeforeValues;
	isWatched(collection: string): boolean;
	toRead(collection: string): Pick<CollectionWatch, 'collection' | 'primary' | 'columns'> | null;
	changesOf(write: Omit<NewChange, 'at' | 'before'>, glimpse: Glimpse | null): NewChange[];
	recordLater(changes: NewChange[]): Promise<void>;
}
