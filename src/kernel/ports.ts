import type { Row } from './core/row.js';
import type { Dialect } from './core/dialect.js';
import type { Hop } from './filter/field-path.js';

/** The only clock and the only dice. */
export interface Clock {
	/** ms since 1970. */
	now(): number;
	/** [0, 1). */
	random(): number;
	/** A time-ordered UUID (v7). */
	id(): string;
}

/** Log lines go to Directus' own logger. */
export interface Logger {
	debug(message: string): void;
	info(message: string): void;
	warn(message: string): void;
	error(message: string): void;
}

/** What `$NOW` in a filter stands for, ms since 1970: that moment, or now but no earlier than that. */
export type Time = { at: number } | { notBefore: number };

/** Reads of this instance's items, with full rights and without events. Keys are text. Never inside another transaction. */
export interface Items {
	/** The items' own columns, cast as Directus casts them. Items that are not there are left out. */
	columns(collection: string, keys: string[], columns: string[]): Promise<Map<string, Row>>;
	/** Raw column values, as a database driver gave them, cast as Directus casts them. */
	cast(collection: string, rows: Row[]): Promise<Row[]>;
	/** The items with these field paths, as Directus' API returns them; only those that pass `when`, where given. */
	read(
		collection: string,
		keys: string[],
		fields: string[],
		when?: Record<string, unknown>,
		time?: Time,
	): Promise<Map<string, Row>>;
	/** Which of the keys are there, and pass `when`, where given. */
	matching(collection: string, keys: string[], when?: Record<string, unknown>, time?: Time): Promise<Set<string>>;
	/** Keys of a collection's items that pass `when`, in key order, at most `limit`. */
	list(collection: string, when: Record<string, unknown> | undefined, limit: number): Promise<string[]>;
	/** Items whose date field is later than the first moment and not later than the second, in its order; -1 for all. */
	reached(collection: string, field: string, after: Date, upTo: Date, limit: number): Promise<string[]>;
	/** One hop up: which items of `hop.from` show which of these items of `hop.to`. At most `limit` pairs. */
	showing(hop: Hop, keys: string[], limit: number): Promise<{ shows: string; shown: string }[]>;
	/**
	 * What the newest revisions hold of an item, oldest first, at most two: for changes whose old values were not read. It
	 * may have been something else in between, without a record.
	 */
	revisions(collection: string, item: string): Promise<Row[]>;
	/** Which database the items are in: how it compares values. */
	readonly dialect: Dialect;
}

/** One kind of targets as it is stored. */
export interface TargetRows {
	/** Every target, of any status. None where the collection is not there. */
	all(): Promise<Row[]>;
	/** A stored secret in clear; null where there is none, or it cannot be read. Deriving the key takes a while at first. */
	decrypt(value: unknown): Promise<string | null>;
	/** Users to be told of a target's failing. */
	usersToNotify(target: string): Promise<string[]>;
}
