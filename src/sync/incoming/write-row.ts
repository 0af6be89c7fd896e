import type { Row } from '../../kernel/core/row.js';
import { FILE_CONTENT, FILES } from '../../kernel/core/file-content.js';
import { inWholeSeconds, neverHere } from '../core/merge/kept-times.js';
import { isKeyOfNone } from '../core/merge/absent-key.js';
import type { RowMerge } from '../core/merge/merge-row.js';
import { forbidden, mayUse } from '../core/wire/permitted-change.js';
import { MOST_AWAITED, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import type { WireValue } from '../core/merge/row-state.js';
import { sameWire, valuesOf } from '../core/merge/stamp-edits.js';
import { isUuid } from './adopt.js';
import { givenOnArrival } from './given-on-arrival.js';
import type { ApplyPorts, ApplyTransaction, Intake } from './apply-ports.js';
import type { Batch, DependentRow, LocalRow } from './batch.js';
import { readWire, toLocal } from '../rows/read-wire.js';
import { versionId } from '../core/merge/row-version.js';
import { isKnownByKey } from '../core/identity/natural-name.js';
import type { MissingReference } from '../core/wire/identities.js';

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
	/** All references that lead to rows which have not arrived. */
	awaits: MissingReference[];
	/** Values that the sender's rule gives the row on arrival. */
	given: Record<string, WireValue>;
	/** The SHA-256 of a file's bytes that are not here; null where they are. */
	needs: string | null;
}

/** @param cut fields that the change had, and its user may not write */
export async function write(
	change: SyncChange,
	local: LocalRow,
	merge: RowMerge,
	intake: Intake,
	{ batch, cut }: { batch: Batch; cut: readonly string[] },
): Promise<Written | { parked: { code: string; message: string } }> {
	const { tx, ports } = batch;
	const { collection } = change;
	const access = ports.accessOf(collection);
	const none: Written = {
		key: local.key,
		did: false,
		refused: new Set(),
		left: new Set(),
		waiting: null,
		blocked: null,
		awaits: [],
		given: {},
		needs: null,
	};
	if (!merge.exists) {
		if (!local.row || local.key === null) return none;
		if (!access.delete) return { parked: forbidden('delete', collection) };
		const along = batch.along.with(collection, local.key);
		for (const victim of along.toReversed()) logAlong(victim, change, batch);
		batch.along.noteDeleted(collection, local.key);
		for (const victim of along) if (victim.effect === 'delete') batch.along.noteDeleted(victim.collection, victim.key);
		await tx.remove(collection, [local.key]);
		batch.ready.rows.get(collection)?.delete(local.key);
		batch.ready.existing.get(collection)?.delete(change.sync_id);
		logWrite(change, local, local.key, null, batch);
		return { ...none, did: true };
	}
	const creates = local.row === null;
	const drifted = change.forced ? local.drifted : [];
	const wanted = creates ? valuesOf(merge.state) : { ...again(local, merge, drifted), ...merge.write };
	if (!creates && Object.keys(wanted).length === 0) return none;
	const allowed = creates ? access.create : access.update;
	if (allowed.size === 0) return { parked: forbidden(creates ? 'create' : 'update', collection) };
	const may = (field: string) => mayUse(allowed, field);
	const refused = new Set(Object.keys(wanted).filter((field) => intake.model.fields.has(field) && !may(field)));
	const chosen = Object.fromEntries(
		Object.entries(wanted).filter(([field]) => intake.model.fields.has(field) && !refused.has(field)),
	);
	const { [FILE_CONTENT]: content, ...fields } = chosen;
	const needs = typeof content === 'string' && content !== local.read?.[FILE_CONTENT] ? content : null;
	if (collection === FILES && ('type' in fields || creates)) {
		const refusal = ports.refusesFile({ type: fields['type'] ?? null, size: fields['filesize'] });
		if (refusal) return { parked: refusal };
	}
	const kept = tx.reads.keepsMs ? fields : inWholeSeconds(fields, intake.model);
	const { values, missing, unknownUsers, translated } = toLocal(kept, intake, batch.ready);
	const required = missing.filter(({ field }) => {
		const known = intake.model.fields.get(field);
		return known?.required && known.kind !== 'value';
	});
	const [first] = required;
	if (first && creates) {
		const deletedReference = await firstGone(required, tx);
		return deletedReference
			? { parked: { code: REFERENCE_DELETED, message: isGone(deletedReference) } }
			: { ...none, blocked: first, awaits: await allAwaited(missing, tx) };
	}
	// The database takes no row without it: what it has stays meanwhile.
	for (const { field } of required) {
		delete values[field];
		delete values[intake.model.fields.get(field)?.typeField ?? ''];
	}
	// The database's default value in a new row is not an edit.
	const left = new Set([
		...(creates ? cut : []),
		...refused,
		...missing.map(({ field }) => field),
		...unknownUsers,
		...translated,
		...neverHere(fields, intake.model),
	]);
	if (needs !== null) left.add(FILE_CONTENT);
	const awaits = await allAwaited(missing, tx);
	const [awaited] = awaits;
	const waiting = awaited ? waitsFor(awaited) : null;
	if (!creates && Object.keys(values).length === 0) return { ...none, refused, left, waiting, awaits, needs };
	const arrival = givenOnArrival(change, { creates, allowed, intake, ready: batch.ready });
	for (const field of arrival.refused) refused.add(field);
	Object.assign(values, arrival.values);
	let { key } = local;
	if (creates) {
		const storage = collection === FILES ? { storage: ports.storage } : {};
		key = await tx.create(collection, {
			...values,
			...storage,
			...(await keptNumber(change, intake, batch)),
			...keyFor(change, local, intake, ports),
		});
		learnKey(change, key, local, batch);
		if (merge.recreates) batch.back.push({ collection, syncId: change.sync_id });
	} else if (key !== null) {
		await tx.update(collection, [key], values);
		batch.written(collection, key, Object.keys(values));
	}
	const { given } = arrival;
	// What was not read cannot be taken back.
	const shown = Object.entries(given).filter(([field]) => creates || Object.hasOwn(local.read ?? {}, field));
	const after = Object.fromEntries([...Object.entries(chosen).filter(([field]) => !left.has(field)), ...shown]);
	logWrite(change, local, key, after, batch);
	return { key, did: true, refused, left, waiting, blocked: null, awaits, given, needs };
}

/** Fields that do not have the agreed value: it could not be given before, and may be by now, or has drifted. */
const again = ({ version, read }: LocalRow, { state }: RowMerge, drifted: string[]): Record<string, WireValue> => {
	const agreed = valuesOf(state);
	// Local edits from the meantime are part of the agreed state by now.
	const left = Object.entries(version.overrides).flatMap(([field, value]) =>
		sameWire(read?.[field], value) ? [field] : [],
	);
	const fields = [...left, ...drifted];
	return Object.fromEntries(fields.flatMap((field) => (field in agreed ? [[field, agreed[field]]] : [])));
};

/** The missing references that may still arrive: not those to rows that were deleted, which may be gone for good. */
async function allAwaited(missing: MissingReference[], { reads }: ApplyTransaction): Promise<MissingReference[]> {
	if (missing.length === 0) return [];
	const known = await reads.versions(missing);
	return missing.filter((reference) => !known.get(versionId(reference))?.state.deleted);
}

/** The first of these rows that was deleted, and may never be here again. */
async function firstGone(
	missing: MissingReference[],
	{ reads }: ApplyTransaction,
): Promise<MissingReference | undefined> {
	const known = await reads.versions(missing);
	return missing.find((reference) => known.get(versionId(reference))?.state.deleted);
}

const isGone = ({ field, collection, syncId }: MissingReference) =>
	`${field} has to lead to ${collection} ${syncId}, which was deleted: bring that item back, or let this one lead elsewhere`;

/** What the sender is told of the rows that have not arrived. */
export const awaitedBy = ({ awaits }: Pick<Written, 'awaits'>): Pick<SyncResult, 'awaits'> => ({
	awaits: awaits
		.slice(0, MOST_AWAITED)
		.map(({ field, collection, syncId }) => ({ field, collection, sync_id: syncId })),
});

export const waitsFor = ({ field, collection, syncId }: { field: string; collection: string; syncId: string }) =>
	`${field} refers to ${collection} ${syncId}, which has not arrived`;

/**
 * UUIDs stay the same everywhere; text keys are content, and kept where they are free; others are allocated here. A row
 * that was here and comes back has its old number: what leads to it without the database's knowledge, as many-to-any
 * references and addresses do, leads to it again.
 */
function keyFor({ collection, sync_id, key }: SyncChange, local: LocalRow, { model }: Intake, ports: ApplyPorts): Row {
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
async function keptNumber(
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

function learnKey({ collection, sync_id: syncId }: SyncChange, key: string, local: LocalRow, batch: Batch): void {
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

/** An undo of a deletion also restores what the database deleted with it, after the row; so it is recorded before. */
function logAlong(
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

function logWrite(
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
