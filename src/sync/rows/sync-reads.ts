import type { Unplanned } from '../../capture/core/unplanned.js';
import type { Row } from '../../kernel/core/row.js';
import type { RowRef, RowVersion, SyncIdEntry } from '../core/merge/row-version.js';

/** What a user is known by on every instance. */
export interface KnownUser {
	id: string;
	email: string | null;
	external: string | null;
}

/** What sync reads of this instance, through one database handle: a transaction's where there is one. Keys are text. */
export interface SyncReads {
	/** Whether the database keeps milliseconds. */
	readonly keepsMs: boolean;
	/**
	 * Columns of these rows as the driver gives them; rows that are not there are left out. With `lock`, nobody else
	 * writes them until the transaction is over.
	 */
	rows(collection: string, keys: string[], columns: string[], options?: { lock: boolean }): Promise<Map<string, Row>>;
	/** The keys of rows with these values, at most two. */
	matching(collection: string, primary: string, values: Row): Promise<string[]>;
	/** These columns and the keys of all rows one column of which has one of these values. */
	having(collection: string, column: string, values: unknown[], columns: string[]): Promise<Row[]>;
	byLocalKey(collection: string, keys: string[]): Promise<SyncIdEntry[]>;
	bySyncId(collection: string, syncIds: string[]): Promise<SyncIdEntry[]>;
	users(ids: string[]): Promise<KnownUser[]>;
	/** Users with one of these external identifiers or e-mail addresses (lower case). */
	usersKnownBy(known: { external: string[]; email: string[] }): Promise<KnownUser[]>;
	/** Rows that were edited and whose change is not planned yet, by `collection/key`. */
	unplanned(refs: readonly { collection: string; key: string }[]): Promise<Map<string, Unplanned>>;
	/** By `versionId`; a fresh record for a row without. In a transaction, no other process writes them until it is over. */
	versions(refs: readonly RowRef[]): Promise<Map<string, RowVersion>>;
	/** Records of rows of these collections that are not deleted and were changed since then (ms since 1970). */
	changedSince(collections: string[], since: number): Promise<RowVersion[]>;
	/** Records of rows some of whose fields hold, on purpose, something else than what is agreed. */
	leftEmpty(): Promise<RowVersion[]>;
}
