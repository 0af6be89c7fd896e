import { LIMITS } from '../../../schema.js';
import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import { versionId, type RowRef, type RowVersion } from '../core/merge/row-version.js';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import { targetsOf } from '../core/wire/wire-values.js';
import { sentState, type OutgoingChangePorts } from './outgoing-changes.js';

/**
 * Tombstones of rows that the other side waits for, as rows that were sent to it lead there. It was never told of them
 * where it joined later, or went back to a backup: it would wait for ever.
 */
export async function goneReferences(
	target: string,
	results: readonly SyncResult[],
	changes: ReadonlyMap<ClaimedDelivery, SyncChange>,
	ports: Pick<OutgoingChangePorts, 'reads' | 'ruleOf' | 'partial'>,
): Promise<SyncChange[]> {
	const awaited = new Map(results.flatMap((result) => (result.awaits ? [[placeOf(result), result.awaits]] : [])));
	const refs = new Map<string, RowRef>();
	for (const { collection, sync_id, state } of changes.values()) {
		const asked = new Set(awaited.get(placeOf({ collection, sync_id }))?.map(placeOf));
		if (asked.size === 0) continue;
		// Only what the row leads to: the answer may name anything.
		for (const { to } of targetsOf(state, ports.ruleOf({ collection, target })?.model.fields))
			if (asked.has(placeOf({ collection: to.collection, sync_id: to.syncId }))) refs.set(versionId(to), to);
	}
	if (refs.size === 0) return [];
	const versions = await ports.reads.versions([...refs.values()]);
	const gone = [...versions.values()].flatMap((version) => {
		const rule = ports.ruleOf({ collection: version.collection, target });
		return rule && version.state.deleted !== null && isToldOf(version, rule) ? [tombstone(version, rule, ports)] : [];
	});
	return gone.slice(0, LIMITS.syncBatch);
}

/** As for deletions: a remote that is sent some rows of a collection only hears of those. */
const isToldOf = ({ scope }: RowVersion, { target, rule, onlyReferenced }: CompiledSyncRule): boolean =>
	rule.direction !== 'pull' && (scope.includes(target) || (!rule.when && !onlyReferenced));

function tombstone(
	version: RowVersion,
	rule: CompiledSyncRule,
	{ partial }: Pick<OutgoingChangePorts, 'partial'>,
): SyncChange {
	const { collection, syncId, seenBy } = version;
	const partly = partial(collection);
	return {
		collection,
		sync_id: syncId,
		key: syncId,
		state: sentState(version, rule, new Set()),
		seen_by: seenBy.filter((instance) => !partly.has(instance)),
	};
}

const placeOf = ({ collection, sync_id }: { collection: string; sync_id: string }) => `${collection}/${sync_id}`;
