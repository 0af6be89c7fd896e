import type { Before } from '../core/item-change.js';
import type { EventName } from '../core/vocabulary.js';

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
	/**
	 * Which way it was noticed: Directus' activity row, its action hook, a database cascade, or by hand; `sync` for one that
	 * is planned for flush targets already, and waits to be for other instances.
	 */
	source: 'activity' | 'action' | 'cascade' | 'sort' | 'hand' | 'sync';
}
