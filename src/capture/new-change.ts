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
	/** Which fields the writer set; nothing where all, or where nobody knows. */
	fields?: readonly string[] | null;
	/** Where no one wrote: since when the moment of `fields` was looked for, ms since 1970. */
	passedSince?: number;
	/** The trace that it was made in; the one that is going on, where nothing is said. */
	trace?: string | null;
	/**
	 * Which way it was noticed: Directus' activity row, its action hook, a database cascade, a statement, the clock, or by hand;
	 * `catch-up` for one that was made while nothing was recorded; `sync` for one that is planned for flush targets already,
	 * and waits to be for other instances; `received` came from one.
	 */
	source:
		'activity' | 'action' | 'cascade' | 'statement' | 'clock' | 'sort' | 'hand' | 'catch-up' | 'sync' | 'received';
}
