import type { FlushedChange } from '../../contract/flushed-change.js';
import { ALL_ITEMS, ALL_ITEMS_WRITTEN, type ChangeType } from '../../contract/vocabulary.js';
import type { FlushChange } from './adapter.js';

/** A change of every item of a collection carries `"keys": "*"` and no fields. */
export function entryOf(change: FlushChange): FlushedChange {
	const { collection, event, item, gone, fields, previous, tags, paths, user, timestamp } = change;
	return {
		collection,
		event,
		type: typeOf(change),
		...(gone ? { gone } : {}),
		...(item === ALL_ITEMS ? { keys: ALL_ITEMS_WRITTEN } : {}),
		fields,
		...(previous ? { previous } : {}),
		...(tags.length > 0 ? { tags } : {}),
		...(paths.length > 0 ? { paths } : {}),
		...(user ? { user } : {}),
		timestamp,
	};
}

function typeOf({ event, gone, began, wide }: FlushChange): ChangeType {
	if (wide) return 'purged';
	switch (event) {
		case 'test':
			return 'test';
		case 'delete':
			return 'deleted';
		case 'create':
			return gone ? 'unpublished' : 'created';
		default:
			return gone ? 'unpublished' : began ? 'published' : 'updated';
	}
}

/** A change is weighed, packed and sent: its text is made once. */
const texts = new WeakMap<FlushChange, string>();

/** The entry that users of `cache-flush` parse today. */
function textOf(change: FlushChange): string {
	const known = texts.get(change);
	if (known !== undefined) return known;
	const { type: _type, user: _user, ...entry } = entryOf(change);
	const text = JSON.stringify(entry);
	texts.set(change, text);
	return text;
}

/**
 * A JSON array with one entry per change.
 * @param details with `type` and `user`, which receivers of `cache-flush` do not know
 */
export function webhookBody(changes: FlushChange[], { details = false } = {}): string {
	const text = details ? (change: FlushChange) => JSON.stringify(entryOf(change)) : textOf;
	return `[${changes.map(text).join(',')}]`;
}

/** `"type":"unpublished"` and `"user":"…"` with a UUID, and their commas. */
const BYTES_OF_DETAILS = 80;

/** What a change takes at most in it, its comma included. */
export const bytesOfEntry = (change: FlushChange): number => Buffer.byteLength(textOf(change)) + 1 + BYTES_OF_DETAILS;
