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

function textOf(change: FlushChange): string {
	const text = texts.get(change) ?? JSON.stringify(entryOf(change));
	texts.set(change, text);
	return text;
}

/** The body that users of `cache-flush` parse today: a JSON array with one entry per change. */
export const webhookBody = (changes: FlushChange[]): string => `[${changes.map(textOf).join(',')}]`;

/** What a change takes in it, its comma included. */
export const bytesOfEntry = (change: FlushChange): number => Buffer.byteLength(textOf(change)) + 1;
