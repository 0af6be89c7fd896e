import type { Clock } from '../kernel/ports.js';
import type { Watch } from './core/watch.js';
import type { Row } from '../kernel/core/row.js';
import type { NewChange } from './new-change.js';
import type { Kept, NotedWrites } from './noted-writes.js';

export interface CapturePorts {
	clock: Clock;
	watch(): Watch;
	/** True while rules that changed are being read again: until then everything is recorded, and planning sorts it out. */
	stale(): boolean;
	/** Reads rules that changed; never inside a transaction of the caller. */
	refresh(): Promise<void>;
	/** The collection's primary key field; null where Directus does not know the collection. */
	primary(collection: string): string | null;
	/** All columns of a collection whose values may be kept. */
	columns(collection: string): string[];
	/** Whether the collection's keys are numbers that the database may make up. */
	isNumbered(collection: string): boolean;
	/** Whether every statement of this process is seen: what leaves no activity row is then found in them. */
	seesStatements(): boolean;
	/** Targets may have been written by a statement without hooks. */
	rulesWritten(): void;
	/** Something could not be found out, which costs precision and no change. */
	report(what: string): void;
	/** The handle for what is recorded after commit. */
	afterCommit(): Handle;
	/** Something was committed that waits to be planned. */
	wake(): void;
	/** The outbox could not be written; logged once, until it can be written again. */
	broken(error: unknown): void;
}

/** The database handle of the hook that is running: inside its transaction where there is one. */
export interface Handle {
	/** The columns of the rows whose `field` is one of `values`; of all rows where it is null. Keys in the answer are as the driver gives them. */
	rows(collection: string, field: string | null, values: unknown[], columns: string[], limit: number): Promise<Row[]>;
	/** Items with relational field paths, as Directus' API returns them. */
	read(collection: string, keys: unknown[], fields: string[]): Promise<Row[]>;
	/** Writes to the outbox in the same transaction; throws where that failed, leaving the transaction usable if it can. */
	record(changes: NewChange[]): Promise<void>;
	/** Leaves changes to be written right before the transaction is committed; false where that would not happen. */
	keep(changes: readonly Kept[]): boolean;
	/** Whether the database has ended the transaction with this error: nothing that was written in it is there any more. */
	hasEnded(error: unknown): boolean;
	/** Settles when the outermost transaction is over: true = committed. null where there is none. */
	outcome(): Promise<boolean> | null;
	/** Whatever object stands for the outermost transaction, to know it again. */
	transaction: object | null;
	/** The writes that were seen in the transaction's statements; null where there is none, or statements are not seen. */
	notes: NotedWrites | null;
}
