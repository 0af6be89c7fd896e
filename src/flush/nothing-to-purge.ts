import type { Adapter, AdapterTarget, FlushChange } from './adapters/adapter.js';
import { requestsOf } from './adapters/requests-of.js';
import { ALL_ITEMS, NOTHING_TO_PURGE } from '../contract/vocabulary.js';
import { isAutomatic } from './core/pages/automatic-rules.js';
import type { Nothing } from '../delivery/channel.js';

/** Why the adapter makes no request for a change, and what to do about it; null if it makes one. */
export function nothingToPurge(change: FlushChange, adapter: Adapter, wire: AdapterTarget): Nothing | null {
	// An adapter that sends the items themselves always has something to send.
	if (adapter.bytes || requestsOf(adapter, [change], wire).length > 0) return null;
	const message = isAutomatic({ tags: wire.options['tags'] })
		? 'nothing to purge: no page of this is known. A target that is purged by path needs a front end that reports its pages (docs/pages.md)'
		: change.item === ALL_ITEMS
			? `nothing to purge: the whole of ${change.collection} changed, but every path of the rule needs a field of an item. Pages that show these items may be out of date: purge them at ${adapter.title} itself, and give the rule a path without fields, such as /${change.collection}`
			: 'nothing to purge: no path of the rule has a value for this item. Check the fields in the paths: they may be empty';
	return { kind: 'nothing', code: NOTHING_TO_PURGE, message };
}
