import type { Row } from '../../kernel/core/row.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import { isKnownByKey } from '../core/identity/natural-name.js';
import { isKeyOfNone } from '../core/merge/absent-key.js';
import { mayUse } from '../core/wire/permitted-change.js';
import { isUuid } from './adopt.js';
import type { ApplyPorts, Intake } from './apply-ports.js';
import type { Batch, LocalRow } from './batch.js';

/**
 * UUIDs stay the same everywhere; text keys are content, and kept where they are free; others are allocated here. A row
 * that was here and comes back has its old number: what leads to it without the database's knowledge, as many-to-any
 * references and addresses do, leads to it again.
 */
export function keyFor(
	{ collection, sync_id, key }: SyncChange,
	local: LocalRow,
	{ model }: Intake,
	ports: ApplyPorts,
): Row {
	const identity = ports.identityOf(collection);
	if (isKnownByKey(identity))
		return { [model.primary]: wasHere(local, sync_id) ? local.key : isUuid(key) ? key : sync_id };
	const mayChoose = ports.accessOf(collection).create;
	if (
		model.keyType === 'integer' &&
		local.key !== null &&
		!isKeyOfNone(local.key) &&
		(mayChoose.has('*') || mayChoose.has(model.primary))
	)
		return { [model.primary]: Number(local.key) };
	return model.keyType === 'text' && !model.singleton ? { [model.primary]: key } : {};
}

/** The largest number of an integer column on every database. */
const LARGEST = 2_147_483_647;

/** The sender's number, if its rule keeps numbers and no row here has, or had, this one. */
export async function keptNumber(
	{ collection, key, keep_key }: SyncChange,
	{ model }: Intake,
	{ ports, tx }: Batch,
): Promise<Row> {
	if (!keep_key || model.keyType !== 'integer' || model.singleton) return {};
	if (!/^[1-9]\d{0,9}$/.test(key) || Number(key) > LARGEST) return {};
	if (!mayUse(ports.accessOf(collection).create, model.primary)) return {};
	const isTaken = (await tx.reads.rows(collection, [key], [])).size > 0;
	if (isTaken || (await tx.reads.byLocalKey(collection, [key])).length > 0) return {};
	return { [model.primary]: Number(key) };
}

/** Whether the key that is known of a row here is one that it had, and not only its sync id. */
const wasHere = ({ key }: LocalRow, syncId: string): boolean => key !== null && key !== syncId && !isKeyOfNone(key);

export function learnKey(
	{ collection, sync_id: syncId }: SyncChange,
	key: string,
	local: LocalRow,
	batch: Batch,
): void {
	const { keys, existing } = batch.ready;
	keys.set(collection, (keys.get(collection) ?? new Map<string, string>()).set(syncId, key));
	existing.set(collection, (existing.get(collection) ?? new Set<string>()).add(syncId));
	const identity = batch.ports.identityOf(collection);
	const isKnown = isKnownByKey(identity);
	if (identity?.singleton || (isKnown && key === syncId)) return;
	const entry = { collection, syncId, localKey: key };
	if (local.key === null || (isKnown && local.key === syncId)) batch.added.push(entry);
	else batch.moved.push(entry);
}
