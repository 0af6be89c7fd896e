import type { SyncChange } from '../../contract/sync-messages.js';
import { targetsOf } from '../core/wire/wire-values.js';
import type { ApplyPorts, ApplyTransaction } from './apply-ports.js';
import type { Batch, Sender } from './batch.js';

/** Rows that are here again are referred to again by those whose references were left empty because they were gone. */
export async function restoreReferences(
	{ back, from, tx, ports }: Batch,
	take: (changes: SyncChange[], from: Sender, tx: ApplyTransaction, ports: ApplyPorts) => Promise<unknown>,
): Promise<void> {
	const places = new Set(back.map(({ collection, syncId }) => `${collection}/${syncId}`));
	const left = (await tx.reads.leftEmpty()).filter(({ collection, state, overrides }) =>
		targetsOf(state, ports.intakeOf(collection)?.model.fields).some(
			({ name, to }) => name in overrides && places.has(`${to.collection}/${to.syncId}`),
		),
	);
	const own = left.map(({ collection, syncId, state, seenBy }): SyncChange => ({
		collection,
		sync_id: syncId,
		key: syncId,
		state,
		seen_by: seenBy,
	}));
	if (own.length > 0) await take(own, { instance: ports.instance, run: from.run }, tx, ports);
}
