import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import { brakeDeletes, DELETES_TOGETHER_MS } from '../core/merge/delete-brake.js';
import { permittedPart, refusedUnseen } from '../core/wire/permitted-change.js';
import { NO_STATE } from '../core/merge/row-state.js';
import { versionId } from '../core/merge/row-version.js';
import { knowsAllOf } from '../core/merge/stamp-edits.js';
import type { ApplyPorts, Intake } from './apply-ports.js';
import type { Batch, Sender } from './batch.js';
import { conflictOf } from './record-row.js';

/** Changes that are refused without reading the row. Local decisions, and changes of this instance, are not asked about. */
export function refusedAtOnce(changes: SyncChange[], from: Sender, ports: ApplyPorts): Map<SyncChange, SyncResult> {
	const results = new Map<SyncChange, SyncResult>();
	if (from.decision || from.instance === ports.instance) return results;
	for (const change of changes) {
		const { collection, sync_id } = change;
		const refusal = ports.refusalOf(collection) ?? refusedUnseen(change, ports.accessOf(collection));
		if (refusal) results.set(change, { collection, sync_id, outcome: 'parked', ...refusal });
	}
	return results;
}

/** The part of a change that may be taken, where it is asked of Directus if that depends on the row. */
export async function permittedOf(
	sent: SyncChange,
	{ model }: Intake,
	{ tx, ports, ready }: Batch,
): Promise<ReturnType<typeof permittedPart>> {
	const { collection, sync_id: syncId, state } = sent;
	const access = ports.accessOf(collection);
	const key = ready.keys.get(collection)?.get(syncId);
	const isHere = key !== undefined && ready.rows.get(collection)?.has(key) === true;
	const agreed = ready.versions.get(versionId({ collection, syncId }))?.state ?? NO_STATE;
	// A value that is here already is not written, and would be told from another one by its answer.
	if (isHere && access.updatesSome && access.update.size > 0 && !state.deleted && !knowsAllOf(agreed, state))
		await tx.assureMayUpdate(collection, key);
	return permittedPart(sent, { access, fields: model.fields.keys(), here: isHere ? agreed : null });
}

/**
 * Deletions of which there are more than anybody would do without being asked wait for somebody here, as edits of deleted
 * rows do. That people over there have confirmed them counts if their instance has a remote source here.
 */
export async function brake(deletes: SyncChange[], batch: Batch): Promise<Map<SyncChange, SyncResult>> {
	const { tx, ports, from, ready } = batch;
	const braked = new Map<SyncChange, SyncResult>();
	if (from.decision || from.instance === ports.instance) return braked;
	const asked = deletes.filter(({ collection, sync_id: syncId, forced }) => {
		const isHere = ready.existing.get(collection)?.has(syncId) === true;
		return isHere && !(forced && ports.target !== null);
	});
	for (const [collection, some] of Map.groupBy(asked, (change) => change.collection)) {
		const { recent, rows } = await tx.deletions(collection, from.instance, ports.now() - DELETES_TOGETHER_MS);
		const problem = brakeDeletes({ collection, deletes: recent + some.length, rows });
		if (problem === null) continue;
		for (const change of some) {
			const { sync_id: syncId, state } = change;
			const known = ready.open.get(versionId({ collection, syncId })) ?? [];
			for (const { id, kind, peer } of known) if (kind === 'delete' && peer === from.instance) batch.closed.push(id);
			const key = ready.keys.get(collection)?.get(syncId) ?? null;
			const message = `${problem} Decide here whether this one is.`;
			batch.conflicts.push(conflictOf(change, batch, { kind: 'delete', key, message, theirs: state }));
			braked.set(change, { collection, sync_id: syncId, outcome: 'parked', code: 'DELETE_BRAKE', message });
		}
	}
	return braked;
}
