import { createHash } from 'node:crypto';

/** How an old value is written, so that it is read back as the driver would have returned it. */
export type ColumnForm = 'plain' | 'json' | 'text' | 'instant' | 'local';

/** Rows that the database deletes or changes with a deleted row; on MySQL no trigger of theirs fires. */
export interface TriggerCascade {
	collection: string;
	primary: string;
	field: string;
	effect: 'delete' | 'null';
	/** Whether its rows are recorded, or only followed further. */
	isWatched: boolean;
	columns: Record<string, ColumnForm>;
	next: TriggerCascade[];
	/** Watched collections beyond the depth that is followed: all of their items count as changed. */
	beyond: string[];
}

/** One table that gets triggers. */
export interface TriggeredTable {
	collection: string;
	primary: string;
	/** Whether its own rows are recorded, or only rows that are deleted with them. */
	isWatched: boolean;
	/** The columns whose old values a rule needs, and their form; none on SQLite, which cannot name them safely. */
	columns: Record<string, ColumnForm>;
	along: TriggerCascade[];
}

/** A trigger as it should be. Its name depends on its text, so the name shows whether it is up to date. */
export interface Trigger {
	table: string;
	name: string;
	sql: string;
}

/** The beginning of the names of our triggers, and of the functions that PostgreSQL's triggers call. */
export const TRIGGER_PREFIX = 'downstream_';

/** The setting by which a session marks that its process records its own writes. */
export const WRITER_SETTING = 'downstream.writer';
export const WRITER_VARIABLE = '@downstream_writer';
/** SQLite has no such setting: there the transaction keeps this row in the outbox while it is open, and no other connection can write. */
export const WRITER_ROW = 0;

/** The source of outbox rows that triggers write. */
export const BY_TRIGGER = 'trigger';

/** PostgreSQL cuts names after 63 bytes. */
export function nameTrigger(what: string, collection: string, text: string): string {
	const readable = collection.replaceAll(/\W/g, '_').slice(0, 24);
	return `${TRIGGER_PREFIX}${what}_${readable}_${hashOf(`${collection}\u0000${text}`)}`;
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

export const quoteText = (value: string): string => `'${value.replaceAll("'", "''")}'`;
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
