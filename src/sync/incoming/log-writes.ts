import type { SyncChange } from '../../contract/sync-messages.js';
import type { WireValue } from '../core/merge/row-state.js';
import { readWire } from '../rows/read-wire.js';
import type { Batch, DependentRow, LocalRow } from './batch.js';

/** An undo of a deletion also restores what the database deleted with it, after the row; so it is recorded before. */
export function logAlong(
	{ collection, key, row, field, effect, model }: DependentRow,
	change: SyncChange,
	{ log, from, ports, along }: Batch,
): void {
	const read = readWire(row, model, along.known);
	const isGone = effect === 'delete';
	if (!isGone && !Object.hasOwn(read, field)) return;
	log.push({
		id: ports.newId(),
		run: change.run ?? from.run,
		at: ports.now(),
		peer: from.instance,
		collection,
		syncId: along.known.syncId(collection, key) ?? key,
		localKey: key,
		event: isGone ? 'delete' : 'update',
		before: isGone ? read : { [field]: read[field] ?? null },
		after: isGone ? null : { [field]: null },
	});
}

export function logWrite(
	change: SyncChange,
	local: LocalRow,
	key: string | null,
	after: Record<string, WireValue> | null,
	{ log, from, ports }: Batch,
): void {
	const { collection, sync_id: syncId } = change;
	const fields = after === null ? Object.keys(local.read ?? {}) : Object.keys(after);
	const before = local.read && Object.fromEntries(fields.map((field) => [field, local.read?.[field] ?? null]));
	log.push({
		id: ports.newId(),
		run: change.run ?? from.run,
		at: ports.now(),
		peer: from.instance,
		collection,
		syncId,
		localKey: key,
		event: after === null ? 'delete' : local.row ? 'update' : 'create',
		before,
		after,
	});
}
