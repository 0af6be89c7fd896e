import type { Row } from '../../kernel/core/row.js';
import type { EventName } from '../../contract/vocabulary.js';

/** A write that Directus was told not to track. */
export interface TrackedWrite {
	event: EventName;
	collection: string;
	key: string;
	/** What was written, as Directus passed it on to hooks; empty for a deletion. */
	payload: Row;
}
