import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import type { StoredConflict } from './apply-ports.js';
import { versionId } from '../core/merge/row-version.js';
import type { Prepared } from './prepared.js';

/**
 * Conflicts about a unique value that are over: the local row that held the value turned out to be the remote's row, and
 * has its sync id now. If another row still held the value, the change would have been refused again.
 */
export function resolvedUniqueConflicts(
	results: Map<SyncChange, SyncResult>,
	{ keys }: Pick<Prepared, 'keys'>,
	open: StoredConflict[],
): string[] {
	const taken = new Map<string, string>();
	for (const [{ collection, sync_id: syncId }, { outcome }] of results) {
		const key = keys.get(collection)?.get(syncId);
		if (key !== undefined && (outcome === 'applied' || outcome === 'unchanged'))
			taken.set(`${collection}/${key}`, versionId({ collection, syncId }));
	}
	return open
		.filter(({ collection, localKey, version }) => {
			const other = taken.get(`${collection}/${localKey}`);
			return other !== undefined && other !== version;
		})
		.map(({ id }) => id);
}
