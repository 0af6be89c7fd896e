import { CHANGES_KEPT } from '../core/merge/ping-pong.js';
import { keyOfNone } from '../core/merge/absent-key.js';
import { heldState } from '../core/merge/merge-fields.js';
import type { RowMerge } from '../core/merge/merge-row.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import type { RowState } from '../core/merge/row-state.js';
import { covers, knownTo, knowsAllOf, onlyFields, stampEdits, valuesOf } from '../core/merge/stamp-edits.js';
import type { StoredConflict } from './apply-ports.js';
import { circleMessage } from './circles.js';
import type { Batch, LocalRow } from './batch.js';
import { versionId, type RowVersion } from '../core/merge/row-version.js';
import type { Written } from './write-row.js';

export function conflictOf(
	{ collection, sync_id: syncId }: SyncChange,
	{ ports, from }: Batch,
	{
		kind,
		key,
		message,
		theirs,
	}: { kind: StoredConflict['kind']; key: string | null; message: string; theirs: RowState | null },
): StoredConflict {
	return {
		id: ports.newId(),
		status: 'open',
		kind,
		target: ports.target,
		peer: from.instance,
		version: versionId({ collection, syncId }),
		collection,
		syncId,
		localKey: key,
		fields: [],
		theirs,
		message,
		at: ports.now(),
	};
}

/** What was decided, and what waits for a decision: one open conflict a row. */
export function keepConflicts(
	change: SyncChange,
	local: LocalRow,
	merge: RowMerge,
	open: StoredConflict[],
	batch: Batch,
): void {
	const base = { key: local.key, theirs: null };
	const automatic = batch.from.decision ? [] : merge.decisions.filter(({ took }) => took !== 'held');
	if (automatic.length > 0) {
		const names = automatic.map(({ field }) => field).join(', ');
		const message = `${names} changed on both sides; decided by the rule`;
		batch.conflicts.push({
			...conflictOf(change, batch, { ...base, kind: 'fields', message }),
			status: 'automatic',
			fields: automatic,
		});
	}
	if (merge.deleteDecision && !batch.from.decision) {
		const { deleted, policy } = merge.deleteDecision;
		const where = deleted === 'here' ? 'deleted here and changed there' : 'changed here and deleted there';
		const message = `${where}; decided by the rule: it is ${policy === 'delete' ? 'deleted' : 'kept'}`;
		batch.conflicts.push({
			...conflictOf(change, batch, { kind: 'delete', key: local.key, message, theirs: change.state }),
			status: 'automatic',
		});
	}
	const held = [...merge.held.keys()];
	const mine = open.filter(({ kind }) => kind === 'fields');
	const settled = held.length === 0 ? open : mine;
	const isSame = merge.decisions.length === 0 && merge.closes.length === 0;
	if (isSame && held.length > 0) return;
	for (const { id } of settled) batch.closed.push(id);
	if (held.length === 0) return;
	const byField = new Map([...mine.flatMap(({ fields }) => fields), ...merge.decisions].map((one) => [one.field, one]));
	const circles = held.filter((field) => local.circles?.has(field));
	const message =
		circles.length > 0 ? circleMessage(circles) : `${held.join(', ')} changed on both sides: choose which values win`;
	batch.conflicts.push({
		...conflictOf(change, batch, { ...base, kind: 'fields', message, theirs: heldState(merge.held) }),
		fields: held.flatMap((field) => byField.get(field) ?? []),
	});
}

export function keepVersion(
	change: SyncChange,
	local: LocalRow,
	merge: RowMerge,
	written: Written,
	batch: Batch,
): void {
	const { ports, from } = batch;
	const { version, key } = local;
	const now = ports.now();
	const incoming = Object.keys(valuesOf(change.state));
	const left = [...written.left];
	// A field that is not here any more was not looked at, and is as it was.
	const model = batch.ready.intakes.get(change.collection)?.model;
	const agreed = valuesOf(merge.state);
	const stays = Object.entries(version.overrides).filter(
		([field]) => left.includes(field) || !model?.fields.has(field) || !Object.hasOwn(agreed, field),
	);
	const settled = Object.entries(agreed).filter(([field]) => incoming.includes(field) && !merge.held.has(field));
	// Fields that the sender does not send count only if they were edited here and nobody has been told.
	const stateToKnow = local.state === version.state ? onlyFields(merge.state, incoming) : merge.state;
	// Who has the same values need not know of a deletion that they have outlived: it would still delete them there.
	const hasAll = knowsAllOf(change.state, stateToKnow) && covers(knownTo(change.state), knownTo(stateToKnow));
	// What waited is a part of what its sender had, and says nothing of the rest.
	const senderKnows = !merge.mustBroadcast && hasAll && from.frees === undefined;
	// A sender that shows all it has, and lacks something, was restored from a backup: under its name, which was sent it
	// before, or under a new one, to which it is owed by nobody.
	const hasForgotten = change.forced === true && !hasAll;
	const isStillKnown = (instance: string) => !(hasForgotten && instance === from.instance);
	const stillKnownBy = merge.state === version.state ? version.seenBy.filter(isStillKnown) : [];
	// Instances that have the row have to be told of its deletion, even if it is deleted before it was ever planned here;
	// and of a decision.
	const decidedFor = from.decision && ports.target !== null ? [ports.target] : [];
	const targets = ports.targetsOf([from.instance, ...change.seen_by]);
	const scope = new Set([...version.scope, ...targets, ...decidedFor]);
	const next: RowVersion = {
		...version,
		state: withGiven(merge.state, written.given, batch),
		overrides: Object.fromEntries(stays),
		agreed: { ...version.agreed, ...Object.fromEntries(settled) },
		seenBy: merge.mustBroadcast
			? [ports.instance]
			: [...new Set([ports.instance, ...stillKnownBy, ...(senderKnows ? [from.instance, ...change.seen_by] : [])])],
		scope: [...scope],
		stamps: written.did ? [...version.stamps, { at: now, origin: from.instance }].slice(-CHANGES_KEPT) : version.stamps,
		changedAt: written.did ? now : version.changedAt,
		deletedAt: merge.exists ? null : (version.deletedAt ?? now),
	};
	batch.versions.set(versionId(version), next);
	if (key !== null && left.length > 0)
		batch.overrides.set(versionId(version), { collection: change.collection, key, fields: written.left });
	else batch.overrides.delete(versionId(version));
	// Writes are planned anyway. Where only the record changed, the other remotes have to be told, too.
	if (from.decision || (!written.did && (merge.mustBroadcast || hasForgotten || merge.state !== version.state)))
		batch.touched.push({ collection: change.collection, key: key ?? standIn(change, batch) });
}

/**
 * What a row was given on arrival is a value of this instance, of which its sender is told nothing: its rule keeps the
 * field to itself. Stamped here, it is no edit when the row is planned.
 */
const withGiven = (state: RowState, given: Written['given'], { ports }: Batch): RowState =>
	Object.keys(given).length === 0 || state.deleted !== null
		? state
		: stampEdits(state, given, { now: ports.now(), instance: ports.instance }).state;

/** A key for a row that was deleted before it ever came here. */
function standIn({ collection, sync_id: syncId }: SyncChange, { added, ready }: Batch): string {
	const key = keyOfNone(syncId);
	ready.keys.set(collection, (ready.keys.get(collection) ?? new Map<string, string>()).set(syncId, key));
	added.push({ collection, syncId, localKey: key });
	return key;
}
