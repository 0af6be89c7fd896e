import type { Row } from '../../core/item-change.js';
import { FILE_CONTENT, FILES } from '../../core/sync/file-content.js';
import { isKeyOfNone } from '../../core/sync/key-of-none.js';
import type { RowMerge } from '../../core/sync/merge-row.js';
import type { SyncChange } from '../../core/sync/messages.js';
import type { WireValue } from '../../core/sync/row-state.js';
import { sameWire, valuesOf } from '../../core/sync/stamp-edits.js';
import type { MissingReference } from '../../core/sync/wire-values.js';
import { isUuid } from './adopt.js';
import type { ApplyDoors, ApplyTransaction, Intake } from './apply-ports.js';
import type { Batch, Here } from './batch.js';
import { toLocal } from './read-wire.js';
import { versionId } from '../../core/sync/row-version.js';
import { isKnownByKey } from '../../core/sync/natural-name.js';

/** A row cannot be here because what it has to lead to was deleted. */
const REFERENCE_DELETED = 'REFERENCE_DELETED';

export interface Written {
	key: string | null;
	did: boolean;
	/** Fields that the user may not write. */
	refused: Set<string>;
	/** Fields that could not be given the agreed value. */
	left: Set<string>;
	/** What an optional reference waits for; null where none does. */
	waiting: string | null;
	/** What has to come before the row can be written; null where it was. */
	blocked: MissingReference | null;
	/** The SHA-256 of a file's bytes that are not here; null where they are. */
	needs: string | null;
}

export async function write(
	change: SyncChange,
	here: Here,
	merge: RowMerge,
	intake: Intake,
	batch: Batch,
): Promise<Written | { parked: { code: string; message: string } }> {
	const { tx, doors } = batch;
	const { collection } = change;
	const access = doors.accessOf(collection);
	const none: Written = {
		key: here.key,
		did: false,
		refused: new Set(),
		left: new Set(),
		waiting: null,
		blocked: null,
		needs: null,
	};
	if (!merge.exists) {
		if (!here.row || here.key === null) return none;
		if (!access.delete) return { parked: forbidden('delete', collection) };
		await tx.remove(collection, [here.key]);
		batch.ready.rows.get(collection)?.delete(here.key);
		batch.ready.there.get(collection)?.delete(change.sync_id);
		logWrite(change, here, here.key, null, batch);
		return { ...none, did: true };
	}
	const creates = here.row === null;
	const drifted = change.forced ? here.drifted : [];
	const wanted = creates ? valuesOf(merge.state) : { ...again(here, merge, drifted), ...merge.write };
	if (!creates && Object.keys(wanted).length === 0) return none;
	const allowed = creates ? access.create : access.update;
	if (allowed.size === 0) return { parked: forbidden(creates ? 'create' : 'update', collection) };
	const may = (field: string) => allowed.has('*') || allowed.has(field);
	const refused = new Set(Object.keys(wanted).filter((field) => intake.model.fields.has(field) && !may(field)));
	const chosen = Object.fromEntries(
		Object.entries(wanted).filter(([field]) => intake.model.fields.has(field) && !refused.has(field)),
	);
	const { [FILE_CONTENT]: content, ...fields } = chosen;
	const needs = typeof content === 'string' && content !== here.read?.[FILE_CONTENT] ? content : null;
	const { values, missing, unknownUsers, translated } = toLocal(fields, intake, batch.ready);
	const required = missing.filter(({ field }) => {
		const known = intake.model.fields.get(field);
		return known?.required && known.kind !== 'value';
	});
	const [first] = required;
	if (first && creates) {
		const gone = await firstGone(required, tx);
		return gone ? { parked: { code: REFERENCE_DELETED, message: isGone(gone) } } : { ...none, blocked: first };
	}
	// The database takes no row without it: what it has stays meanwhile.
	for (const { field } of required) {
		delete values[field];
		delete values[intake.model.fields.get(field)?.typeField ?? ''];
	}
	const left = new Set([...refused, ...missing.map(({ field }) => field), ...unknownUsers, ...translated]);
	if (needs !== null) left.add(FILE_CONTENT);
	const awaited = await firstAwaited(missing, tx);
	const waiting = awaited ? waitsFor(awaited) : null;
	if (!creates && Object.keys(values).length === 0) return { ...none, refused, left, waiting, needs };
	let { key } = here;
	if (creates) {
		const storage = collection === FILES ? { storage: doors.storage } : {};
		key = await tx.create(collection, { ...values, ...storage, ...keyFor(change, here, intake, doors) });
		learnKey(change, key, here, batch);
		if (merge.recreates) batch.back.push({ collection, syncId: change.sync_id });
	} else if (key !== null) await tx.update(collection, [key], values);
	const after = Object.fromEntries(Object.entries(chosen).filter(([field]) => !left.has(field)));
	logWrite(change, here, key, after, batch);
	return { key, did: true, refused, left, waiting, blocked: null, needs };
}

/** Fields that do not have the agreed value: it could not be given before, and may be by now, or has drifted. */
const again = ({ version, read }: Here, { state }: RowMerge, drifted: string[]): Record<string, WireValue> => {
	const agreed = valuesOf(state);
	// What was edited here meanwhile is what is agreed by now.
	const left = Object.entries(version.here).flatMap(([field, value]) =>
		sameWire(read?.[field], value) ? [field] : [],
	);
	const fields = [...left, ...drifted];
	return Object.fromEntries(fields.flatMap((field) => (field in agreed ? [[field, agreed[field]]] : [])));
};

/** The first missing reference that may still arrive: not one to a row that was deleted, which may be gone for good. */
async function firstAwaited(
	missing: MissingReference[],
	{ reads }: ApplyTransaction,
): Promise<MissingReference | undefined> {
	if (missing.length === 0) return undefined;
	const known = await reads.versions(missing);
	return missing.find((one) => !known.get(versionId(one))?.state.deleted);
}

/** The first of these rows that was deleted, and may never be here again. */
async function firstGone(
	missing: MissingReference[],
	{ reads }: ApplyTransaction,
): Promise<MissingReference | undefined> {
	const known = await reads.versions(missing);
	return missing.find((one) => known.get(versionId(one))?.state.deleted);
}

const isGone = ({ field, collection, syncId }: MissingReference) =>
	`${field} has to lead to ${collection} ${syncId}, which was deleted: bring that item back, or let this one lead elsewhere`;

export const waitsFor = ({ field, collection, syncId }: { field: string; collection: string; syncId: string }) =>
	`${field} refers to ${collection} ${syncId}, which has not arrived`;

const forbidden = (action: string, collection: string) => ({
	code: 'FORBIDDEN',
	message: `the Data Sync user here may not ${action} items of ${collection}: give the policy "Data Sync" that permission`,
});

/**
 * UUIDs stay the same everywhere; text keys are content, and kept where they are free; others are allocated here. A row
 * that was here and comes back has its old number: what leads to it without the database's knowledge, as many-to-any
 * references and addresses do, leads to it again.
 */
function keyFor({ collection, sync_id, key }: SyncChange, here: Here, { model }: Intake, doors: ApplyDoors): Row {
	const identity = doors.identityOf(collection);
	if (isKnownByKey(identity))
		return { [model.primary]: wasHere(here, sync_id) ? here.key : isUuid(key) ? key : sync_id };
	const mayChoose = doors.accessOf(collection).create;
	if (
		model.keyType === 'integer' &&
		here.key !== null &&
		!isKeyOfNone(here.key) &&
		(mayChoose.has('*') || mayChoose.has(model.primary))
	)
		return { [model.primary]: Number(here.key) };
	return model.keyType === 'text' && !model.singleton ? { [model.primary]: key } : {};
}

/** Whether the key that is known of a row here is one that it had, and not only its sync id. */
const wasHere = ({ key }: Here, syncId: string): boolean => key !== null && key !== syncId && !isKeyOfNone(key);

function learnKey({ collection, sync_id: syncId }: SyncChange, key: string, here: Here, batch: Batch): void {
	const { keys, there } = batch.ready;
	keys.set(collection, (keys.get(collection) ?? new Map<string, string>()).set(syncId, key));
	there.set(collection, (there.get(collection) ?? new Set<string>()).add(syncId));
	const identity = batch.doors.identityOf(collection);
	const isKnown = isKnownByKey(identity);
	if (identity?.singleton || (isKnown && key === syncId)) return;
	const entry = { collection, syncId, localKey: key };
	if (here.key === null || (isKnown && here.key === syncId)) batch.added.push(entry);
	else batch.moved.push(entry);
}

function logWrite(
	change: SyncChange,
	here: Here,
	key: string | null,
	after: Record<string, WireValue> | null,
	{ log, from, doors }: Batch,
): void {
	const { collection, sync_id: syncId } = change;
	const fields = after === null ? Object.keys(here.read ?? {}) : Object.keys(after);
	const before = here.read && Object.fromEntries(fields.map((field) => [field, here.read?.[field] ?? null]));
	log.push({
		id: doors.newId(),
		run: change.run ?? from.run,
		at: doors.now(),
		peer: from.instance,
		collection,
		syncId,
		localKey: key,
		event: after === null ? 'delete' : here.row ? 'update' : 'create',
		before,
		after,
	});
}
