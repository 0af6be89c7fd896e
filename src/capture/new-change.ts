import type { Before } from './core/item-change.js';
import type { EventName } from '../contract/vocabulary.js';

/** A change as it is written to the outbox. */
export interface NewChange {
	collection: string;
	item: string;
	event: EventName;
	at: number;
	user: string | null;
	before: Before | null;
	/** Which fields the writer set; absent if all, or if unknown. */
	fields?: readonly string[] | null;
	/** For a moment that passed: since when the dates in `fields` were watched for, ms since 1970. */
	passedSince?: number;
	/** The trace that it was made in; undefined: the current one. */
	trace?: string | null;
	/**
	 * Which way it was noticed: Directus' activity row, its action hook, a database cascade, a statement, the clock, or by hand;
	 * `catch-up`: it was made while nothing was recorded; `sync`: it is planned for flush targets, and not for remotes yet;
	 * `received`: another instance sent it.
	 */
	source:
		'activity' | 'action' | 'cascade' | 'statement' | 'clock' | 'sort' | 'hand' | 'catch-up' | 'sync' | 'received';
}
