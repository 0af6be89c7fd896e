import type { Row } from '../../kernel/core/row.js';
import { FILE_CONTENT, FILES } from '../../kernel/core/file-content.js';
import { inWholeSeconds, neverHere } from '../core/merge/kept-times.js';
import type { RowMerge } from '../core/merge/merge-row.js';
import { forbidden, mayUse } from '../core/wire/permitted-change.js';
import type { SyncChange } from '../../contract/sync-messages.js';
import type { WireValue } from '../core/merge/row-state.js';
import { sameWire, valuesOf } from '../core/merge/stamp-edits.js';
import { givenOnArrival } from './given-on-arrival.js';
import type { ApplyPorts, Intake } from './apply-ports.js';
import { allAwaited, firstGone, isGone, waitsFor } from './awaited-references.js';
import type { Batch, LocalRow } from './batch.js';
import { logAlong, logWrite } from './log-writes.js';
import { keptNumber, keyFor, learnKey } from './row-keys.js';
import { toLocal } from '../rows/read-wire.js';
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

/** Why a row is not written. */
interface Parked {
	parked: { code: string; message: string };
}

const nothingDone = (key: string | null): Written => ({
	key,
	did: false,
	refused: new Set(),
	left: new Set(),
	waiting: null,
	blocked: null,
	awaits: [],
	given: {},
	needs: null,
});

/** @param cut fields that the change had, and its user may not write */
export async function write(
	change: SyncChange,
	local: LocalRow,
	merge: RowMerge,
	intake: Intake,
	{ batch, cut }: { batch: Batch; cut: readonly string[] },
): Promise<Written | Parked> {
	const { tx } = batch;
	const none = nothingDone(local.key);
	if (!merge.exists) return deleteRow(change, local, batch);
	const wanted = wantedFields(change, local, merge, intake, batch.ports);
	if (wanted === null) return none;
	if ('parked' in wanted) return wanted;
	const { creates, allowed, refused, chosen, fields, needs } = wanted;
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
	const key = await saveRow(change, local, values, { merge, intake, batch });
	const { given } = arrival;
	// What was not read cannot be taken back.
	const shown = Object.entries(given).filter(([field]) => creates || Object.hasOwn(local.read ?? {}, field));
	const after = Object.fromEntries([...Object.entries(chosen).filter(([field]) => !left.has(field)), ...shown]);
	logWrite(change, local, key, after, batch);
	return { key, did: true, refused, left, waiting, blocked: null, awaits, given, needs };
}

/** Deletes a row that is here, and records what the database deletes or changes along with it. */
async function deleteRow(change: SyncChange, local: LocalRow, batch: Batch): Promise<Written | Parked> {
	const { collection } = change;
	const none = nothingDone(local.key);
	if (!local.row || local.key === null) return none;
	if (!batch.ports.accessOf(collection).delete) return { parked: forbidden('delete', collection) };
	const along = batch.along.with(collection, local.key);
	for (const victim of along.toReversed()) logAlong(victim, change, batch);
	batch.along.noteDeleted(collection, local.key);
	for (const victim of along) if (victim.effect === 'delete') batch.along.noteDeleted(victim.collection, victim.key);
	await batch.tx.remove(collection, [local.key]);
	batch.ready.rows.get(collection)?.delete(local.key);
	batch.ready.existing.get(collection)?.delete(change.sync_id);
	logWrite(change, local, local.key, null, batch);
	return { ...none, did: true };
}

/** What a row is to be given. */
interface WantedFields {
	creates: boolean;
	/** Fields that the user may write. */
	allowed: ReadonlySet<string>;
	/** Wanted fields that it may not write. */
	refused: Set<string>;
	/** The others. */
	chosen: Record<string, WireValue>;
	/** Those without the bytes of a file. */
	fields: Record<string, WireValue>;
	needs: Written['needs'];
}

/** What a row is to be given after a merge, as far as the user may write it; null where it has all of it. */
function wantedFields(
	change: SyncChange,
	local: LocalRow,
	merge: RowMerge,
	{ model }: Intake,
	ports: ApplyPorts,
): WantedFields | Parked | null {
	const { collection } = change;
	const access = ports.accessOf(collection);
	const creates = local.row === null;
	const drifted = change.forced ? local.drifted : [];
	const wanted = creates ? valuesOf(merge.state) : { ...again(local, merge, drifted), ...merge.write };
	if (!creates && Object.keys(wanted).length === 0) return null;
	const allowed = creates ? access.create : access.update;
	if (allowed.size === 0) return { parked: forbidden(creates ? 'create' : 'update', collection) };
	const may = (field: string) => mayUse(allowed, field);
	const refused = new Set(Object.keys(wanted).filter((field) => model.fields.has(field) && !may(field)));
	const chosen = Object.fromEntries(
		Object.entries(wanted).filter(([field]) => model.fields.has(field) && !refused.has(field)),
	);
	const { [FILE_CONTENT]: content, ...fields } = chosen;
	const needs = typeof content === 'string' && content !== local.read?.[FILE_CONTENT] ? content : null;
	if (collection === FILES && ('type' in fields || creates)) {
		const refusal = ports.refusesFile({ type: fields['type'] ?? null, size: fields['filesize'] });
		if (refusal) return { parked: refusal };
	}
	return { creates, allowed, refused, chosen, fields, needs };
}

/** Creates the row, or updates the one that is here. Returns its key. */
async function saveRow(
	change: SyncChange,
	local: LocalRow,
	values: Row,
	{ merge, intake, batch }: { merge: RowMerge; intake: Intake; batch: Batch },
): Promise<string | null> {
	const { collection, sync_id: syncId } = change;
	const { tx, ports } = batch;
	if (local.row === null) {
		const key = await tx.create(collection, {
			...values,
			...(collection === FILES ? { storage: ports.storage } : {}),
			...(await keptNumber(change, intake, batch)),
			...keyFor(change, local, intake, ports),
		});
		learnKey(change, key, local, batch);
		if (merge.recreates) batch.back.push({ collection, syncId });
		return key;
	}
	if (local.key !== null) {
		await tx.update(collection, [local.key], values);
		batch.written(collection, local.key, Object.keys(values));
	}
	return local.key;
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
