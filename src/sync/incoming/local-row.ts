import { lastSet } from '../../capture/core/item-change.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import { agrees } from '../core/merge/contradictions.js';
import type { RowState, WireValue } from '../core/merge/row-state.js';
import { agreedBefore, versionId, type RowVersion } from '../core/merge/row-version.js';
import { onlyFields, stampDelete, valuesOf } from '../core/merge/stamp-edits.js';
import { stampFirst, stampRead, UNDATED } from '../core/merge/stamp-first.js';
import { readAs } from '../rows/read-wire.js';
import type { Intake } from './apply-ports.js';
import type { Batch, LocalRow } from './batch.js';

/** The local row, with edits stamped that are not planned yet. */
export function localRowOf(change: SyncChange, intake: Intake, batch: Batch): LocalRow {
	const { ready, ports } = batch;
	const { collection, sync_id: syncId } = change;
	const key = ready.keys.get(collection)?.get(syncId) ?? null;
	const id = versionId({ collection, syncId });
	const version = batch.versions.get(id) ?? (ready.versions.get(id) as RowVersion);
	const row = key === null ? null : (ready.rows.get(collection)?.get(key) ?? null);
	const { instance } = ports;
	const { model } = intake;
	const { at, isNew = false, wasDeleted = false, steps = [] } = ready.edited.get(`${collection}/${key}`) ?? {};
	const setAt = at === undefined ? undefined : lastSet(steps, at);
	if (!row) {
		// Only a deletion that was seen is one: a row may be missing for other reasons, and comes again.
		const isGone = at !== undefined && wasDeleted && version.revision > 0 && version.state.deleted === null;
		const state = isGone ? stampDelete(version.state, { now: at, instance }) : version.state;
		return { key, row: null, version, state, read: null, drifted: [] };
	}
	const isFirst = version.revision === 0;
	const agreed = valuesOf(isFirst ? change.state : version.state);
	const read = readAs(row, model, ready.known, { ...batch.tx.reads, agreed, isFirst });
	// A row that was never synced is older than what was edited since; if it says the same, there is nothing to compare.
	if (isFirst && at === undefined && agrees(read, change.state))
		return { key, row, version, state: onlyFields(change.state, intake.model.fields.keys()), read, drifted: [] };
	if (isFirst)
		return {
			key,
			row,
			version,
			state: stampFirst(read, { at: at ?? UNDATED, ...(setAt ? { setAt } : {}), isNew, instance, model }),
			read,
			drifted: [],
		};
	const context = {
		now: at ?? version.changedAt,
		...(setAt ? { setAt } : {}),
		instance,
		overrides: version.overrides,
		model,
	};
	// Without a rule, local-only fields are not edits and cannot block a deletion.
	const synced = ports.records(collection) ? read : sentFields(read, [version.state, change.state]);
	const { state, changed } = stampRead(version.state, synced, context);
	// While changes are recorded, a difference without a record is not an edit; and forcing a row means to get the agreed
	// values.
	const isDrift = at === undefined && (ports.records(collection) || change.forced === true);
	return isDrift
		? { key, row, version, state: version.state, read, drifted: changed }
		: { key, row, version: { ...version, agreed: agreedBefore(version, changed) }, state, read, drifted: [] };
}

function sentFields(read: Record<string, WireValue>, states: RowState[]): Record<string, WireValue> {
	const sent = new Set(states.flatMap((state) => Object.keys(valuesOf(state))));
	return Object.fromEntries(Object.entries(read).filter(([field]) => sent.has(field)));
}
