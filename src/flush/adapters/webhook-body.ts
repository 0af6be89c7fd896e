import type { FlushedChange } from '../../contract/flushed-change.js';
import { ALL_ITEMS, ALL_ITEMS_WRITTEN } from '../../contract/vocabulary.js';
import type { FlushChange } from './adapter.js';

/** A change is weighed, packed and sent: its text is made once. */
const texts = new WeakMap<FlushChange, string>();

/** A change of every item of a collection carries `"keys": "*"` and no fields. */
function entryOf(change: FlushChange): string {
	const known = texts.get(change);
	if (known !== undefined) return known;
	const { collection, event, item, gone, fields, previous, tags, paths, timestamp } = change;
	const entry: FlushedChange = {
		collection,
		event,
		...(gone ? { gone } : {}),
		...(item === ALL_ITEMS ? { keys: ALL_ITEMS_WRITTEN } : {}),
		fields,
		...(previous ? { previous } : {}),
		...(tags.length > 0 ? { tags } : {}),
		...(paths.length > 0 ? { paths } : {}),
		timestamp,
	};
	const text = JSON.stringify(entry);
	texts.set(change, text);
	return text;
}

/** The body that users of `cache-flush` parse today: a JSON array with one entry per change. */
export const webhookBody = (changes: FlushChange[]): string => `[${changes.map(entryOf).join(',')}]`;

/** What a change takes in it, its comma included. */
export const bytesOfEntry = (change: FlushChange): number => Buffer.byteLength(entryOf(change)) + 1;
