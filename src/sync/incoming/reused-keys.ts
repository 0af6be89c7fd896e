import { keyOfNone } from '../core/merge/absent-key.js';
import type { SyncIdEntry } from '../core/merge/row-version.js';
import { versionId } from '../core/merge/row-version.js';
import type { RowToPlan } from '../outgoing/plan-deliveries.js';
import type { SyncReads } from '../rows/sync-reads.js';
import type { PlanSyncPorts } from '../outgoing/plan-sync-ports.js';

/** How much younger than all that is known of a key's row another row of that key is: a creation may be told of late. */
const YOUNGER_MS = 10_000;

/**
 * Numbers that were given a second time: a collection was emptied with its counter, or dropped and made again, and
 * nobody has told of the deletions. What was made now is another row than the one that others know by that number. That
 * one is missing here, and nobody has deleted it.
 * @returns entries of the former rows, which have no row here any more
 */
export async function reusedKeys(
	looked: ReadonlyMap<string, RowToPlan>,
	ports: Pick<PlanSyncPorts, 'reads' | 'modelOf'>,
): Promise<SyncIdEntry[]> {
	const released: SyncIdEntry[] = [];
	const made = [...looked.values()].filter(({ change }) => change?.madeAt != null && !change.existedBefore);
	for (const [collection, ones] of Map.groupBy(made, (row) => row.collection)) {
		const model = ports.modelOf(collection);
		if (model?.keyType !== 'integer' || model.singleton) continue;
		const madeAt = new Map(ones.map(({ key, change }) => [key, change?.madeAt ?? 0]));
		const entries = await ports.reads.byLocalKey(collection, [...madeAt.keys()]);
		const versions = entries.length > 0 ? await ports.reads.versions(entries) : new Map();
		for (const entry of entries) {
			const version = versions.get(versionId(entry));
			if (!version || version.revision === 0 || version.state.deleted !== null) continue;
			if (version.changedAt === 0 || version.changedAt + YOUNGER_MS > (madeAt.get(entry.localKey) ?? 0)) continue;
			released.push({ ...entry, localKey: keyOfNone(entry.syncId) });
		}
	}
	return released;
}

/** What is read of sync ids once these rows are known to have none of the keys here any more. */
export function withoutReleased(reads: SyncReads, released: SyncIdEntry[]): SyncReads {
	if (released.length === 0) return reads;
	const releasedIds = new Map(released.map((entry) => [`${entry.collection}/${entry.syncId}`, entry]));
	const of = ({ collection, syncId }: SyncIdEntry) => releasedIds.get(`${collection}/${syncId}`);
	return {
		...reads,
		byLocalKey: async (collection, keys) =>
			(await reads.byLocalKey(collection, keys)).filter((entry) => of(entry) === undefined),
		bySyncId: async (collection, ids) => (await reads.bySyncId(collection, ids)).map((entry) => of(entry) ?? entry),
	};
}
