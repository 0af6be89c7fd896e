import type { Hop } from '../core/field-path.js';
import type { Row } from '../core/item-change.js';
import type { Health } from '../core/target-health.js';
import type { StoredAttempt, StoredDelivery } from './stored.js';

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

/** Reads of this instance's items, with full rights and without events. Keys are text. Never inside a transaction of somebody else. */
export interface Items {
	/** The items' own columns, cast as Directus casts them. Items that are not there are left out. */
	columns(collection: string, keys: string[], columns: string[]): Promise<Map<string, Row>>;
	/** Raw column values, as a database driver gave them, cast as Directus casts them. */
	cast(collection: string, rows: Row[]): Promise<Row[]>;
	/** The items with these field paths, as Directus' API returns them; only those that pass `when`, where given. */
	read(collection: string, keys: string[], fields: string[], when?: Record<string, unknown>): Promise<Map<string, Row>>;
	/** Which of the keys are there, and pass `when`, where given. */
	matching(collection: string, keys: string[], when?: Record<string, unknown>): Promise<Set<string>>;
	/** Keys of a collection's items that pass `when`, in key order, at most `limit`. */
	list(collection: string, when: Record<string, unknown> | undefined, limit: number): Promise<string[]>;
	/** One hop up: which items of `hop.from` show which of these items of `hop.to`. At most `limit` pairs. */
	showing(hop: Hop, keys: string[], limit: number): Promise<{ shows: string; shown: string }[]>;
	/** The values that the newest revisions before `at` hold of an item, for changes whose old values nobody read. */
	revision(collection: string, item: string, before: number): Promise<Row | null>;
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

/** What became of one group of deliveries. */
export interface Settlement {
	deliveries: StoredDelivery[];
	/** ms since 1970. */
	at: number;
	outcome:
		| { status: 'delivered' }
		| { status: 'retrying'; nextAt: number; counts: boolean; error: { code: string; message: string } }
		| { status: 'failed'; counts: boolean; error: { code: string; message: string } };
}

/** A delivery that a sender has taken. */
export interface ClaimedDelivery extends StoredDelivery {
	/** What it was before it was taken. */
	from: 'pending' | 'retrying';
	/** It was given the id of the first one taken as its batch along with being taken. */
	named: boolean;
}

/** Deliveries as a sender takes and returns them; shared by all nodes. */
export interface DeliveryQueue {
	readonly claimLimit: number;
	/**
	 * Takes what is due, oldest first, at most `limit`, and says whether more may be; where nothing is, when it will be.
	 * With `onlyFull`, takes nothing unless it fills a request.
	 */
	claim(
		target: string,
		options: { token: string; now: number; window: number; batchSize: number; limit: number; onlyFull: boolean },
	): Promise<{ claimed: ClaimedDelivery[]; nextAt: number | null; more: boolean }>;
	claimProbe(target: string, token: string, batchSize: number): Promise<ClaimedDelivery[]>;
	nameBatches(groups: { batch: string; deliveries: ClaimedDelivery[] }[]): Promise<void>;
	release(deliveries: ClaimedDelivery[], token: string): Promise<void>;
	recover(target: string): Promise<number>;
	settle(
		target: string,
		token: string,
		settlements: Settlement[],
		attempts: StoredAttempt[],
		health: Health,
	): Promise<void>;
	hurry(target: string, now: number): Promise<void>;
	/** Cancels all that a deleted target was owed; gives how many. */
	abandon(target: string, now: number): Promise<number>;
	waiting(): Promise<{ target: string; nextAt: number; sending: boolean }[]>;
}
