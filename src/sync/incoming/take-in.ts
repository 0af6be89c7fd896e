import { WAITING, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import { lastSet } from '../../capture/core/item-change.js';
import { heldFrom } from '../core/merge/merge-fields.js';
import { mergeRow } from '../core/merge/merge-row.js';
import { orderChangesByReference } from '../core/wire/order-changes-by-reference.js';
import { NO_STATE, type RowState, type WireValue } from '../core/merge/row-state.js';
import { unbelievable } from '../core/wire/read-changes.js';
import { agrees, contradictions } from '../core/merge/contradictions.js';
import { isPingPong } from '../core/merge/ping-pong.js';
import { stampFirst, stampRead, UNDATED } from '../core/merge/stamp-first.js';
import { onlyFields, stampDelete, valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { ApplyPorts, ApplyTransaction, Intake } from './apply-ports.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import { circleMessage, waitsOn, withCircles } from './circles.js';
import type { Batch, LocalRow, Sender } from './batch.js';
import { brakedAlong, findDependents, NOTHING_ALONG, unseenDependents } from './cascaded-deletes.js';
import { restoreReferences } from './restore-references.js';
import { conflictOf, keepConflicts, keepVersion } from './record-row.js';
import { brake, permittedOf, refusedAtOnce } from './refuse-changes.js';
import { awaitedBy, waitsFor, write } from './write-row.js';
import { waitsForPlan } from './made-again.js';
import { knownOf, prepare } from './prepare-apply.js';
import { takeOutValues, type Exchanged } from './exchange-values.js';
import { readAs } from '../rows/read-wire.js';
import { resolvedUniqueConflicts } from './resolved-unique-conflicts.js';
import { agreedBefore, versionId, type RowVersion } from '../core/merge/row-version.js';
import type { Prepared } from './prepared.js';

/**
 * Takes in rows of another instance in an open transaction: merges each with what is here, writes what differs in the
 * name of the Data Sync user, and records what is agreed. Throws what Directus refuses, so that nothing of it is kept.
 * @param exchanged fields whose values the rows take from each other
 */
export async function takeIn(
	changes: SyncChange[],
	from: Sender,
	tx: ApplyTransaction,
	ports: ApplyPorts,
	exchanged?: Exchanged,
): Promise<SyncResult[]> {
	const results = refusedAtOnce(changes, from, ports);
	const looked = changes.filter((change) => !results.has(change));
	const ready = await prepare(looked, tx, ports, {
		adopts: from.decision?.apart !== true,
		sender: from.instance,
	});
	const taken = exchanged ? await takeOutValues(changes, exchanged, ready, tx) : null;
	const batch: Batch = {
		tx,
		ports,
		from,
		ready,
		versions: new Map(),
		added: [...ready.known.added],
		moved: [...ready.known.moved],
		conflicts: [],
		closed: [],
		log: [],
		touched: [],
		overrides: new Map(),
		written: taken?.written ?? (() => {}),
		back: [...ready.back],
		recognised: new Map(),
		awaits: new Map(),
		along: NOTHING_ALONG,
		braked: new Map(),
	};
	// Deletions last: what the database does along with them is then done to nothing that is still to be written.
	const { writes, deletes } = orderChangesByReference(looked, modelsOf(ready));
	batch.braked = await brake(deletes, batch);
	for (const change of writes) results.set(change, await takeRow(change, batch));
	if (deletes.length > 0) {
		batch.along = await findDependents(deletes, ready, tx, ports);
		batch.added.push(...batch.along.known.added);
		batch.moved.push(...batch.along.known.moved);
	}
	for (const change of deletes) results.set(change, batch.braked.get(change) ?? (await takeRow(change, batch)));
	const waiting = writes.filter((change) => results.get(change)?.outcome === 'waiting');
	if (waiting.length > 0) {
		// What came later in the same batch may be what an earlier row waits for.
		await readAgain(batch);
		for (const change of waiting) results.set(change, await takeRow(change, batch));
	}
	await taken?.putBack();
	await readAgain(batch);
	batch.closed.push(...resolvedUniqueConflicts(results, ready, await tx.openUniqueConflicts(from.instance)));
	await tx.keep({
		versions: [...batch.versions.values()],
		conflicts: batch.conflicts,
		closed: batch.closed.filter((id) => id !== from.decision?.conflict),
		log: batch.log,
		touched: batch.touched,
		details: { recognised: batch.recognised, awaits: batch.awaits },
	});
	if (batch.back.length > 0) await restoreReferences(batch, takeIn);
	return changes.flatMap((change) => results.get(change) ?? []);
}

const modelsOf = ({ intakes }: Prepared): Map<string, SyncModel> =>
	new Map([...intakes].flatMap(([collection, intake]) => (intake ? [[collection, intake.model]] : [])));

async function takeRow(sent: SyncChange, batch: Batch): Promise<SyncResult> {
	const { ports, ready, from } = batch;
	const { collection } = sent;
	const about = { collection, sync_id: sent.sync_id };
	const park = (code: string, message: string): SyncResult => ({ ...about, outcome: 'parked', code, message });
	const intake = ready.intakes.get(collection);
	if (!intake) return park('UNKNOWN_COLLECTION', `there is no collection "${collection}" here`);
	const waits = waitsForPlan(sent, intake.model, ready);
	if (waits) return from.decision ? park(WAITING, waits.message ?? '') : waits;
	const agreed = ready.versions.get(versionId({ collection, syncId: sent.sync_id }))?.state ?? NO_STATE;
	const doubt = from.decision ? null : unbelievable(sent.state, agreed, ports.now());
	if (doubt) return park(doubt.code, doubt.message);
	const permitted = from.decision ? { change: sent, refused: [] } : await permittedOf(sent, intake, batch);
	if ('refusal' in permitted) return { ...about, outcome: 'parked', ...permitted.refusal };
	if ('known' in permitted) return { ...about, outcome: 'unchanged' };
	const { change: arrived } = permitted;
	const question = ready.questions.get(sent);
	if (question) return ask(arrived, question, batch);
	const local = await withCircles(arrived, stateHere(arrived, intake, batch), intake, batch);
	if (from.decision && local.circles?.size) return park('CIRCLE', circleMessage(local.circles));
	const unlike = from.decision ? [] : unlikeByKey(arrived, local, intake);
	if (unlike.length > 0) {
		const message = `${collection} ${arrived.key} was made on both sides, and they differ in ${unlike.join(', ')}: choose whether the two are one, or give one of them another key`;
		return ask(arrived, { message, item: local.key }, batch);
	}
	const change = from.decision
		? { ...arrived, state: from.decision.stateOf(local.state) as SyncChange['state'] }
		: arrived;
	const { version } = local;
	const place = `${collection}/${sent.sync_id}`;
	if (local.row && local.key !== null && version.revision === 0 && !batch.versions.has(versionId(version)))
		batch.recognised.set(place, ready.recognised.get(place) ?? { key: local.key, by: 'key', fields: [] });
	const recent = [...version.stamps, { at: ports.now(), origin: from.instance }];
	if (!change.forced && isPingPong(recent))
		return park(
			'ALTERNATING',
			'this row changed more than 20 times within a minute, on both sides in turn: something on each side undoes what the other does',
		);
	const open = ready.open.get(versionId(version)) ?? [];
	if (from.frees !== undefined && waitsOn(from.frees, local, open)) return { ...about, outcome: 'unchanged' };
	const unseen = unseenDependents(change, local, batch);
	const braked = brakedAlong(unseen, batch);
	if (braked) return park(braked.code ?? 'DELETE_BRAKE', braked.message ?? '');
	const merge = mergeRow({
		local: local.state,
		remote: change.state,
		fields: [...intake.model.fields.keys()],
		policies: { conflict: intake.conflict, onDelete: intake.onDelete },
		held: heldFrom(open.flatMap(({ id, kind, theirs }) => (kind === 'fields' && id !== from.frees && theirs) || [])),
		agreed: version.agreed,
		now: ports.now(),
		instance: ports.instance,
		...(local.circles ? { asks: local.circles } : {}),
		takesAlong: unseen.map(({ collection: of, key }) => `${of} ${key}`),
	});
	if (merge.parked) {
		const known = open.find(({ kind, peer }) => kind === 'delete' && peer === from.instance);
		if (known) batch.closed.push(known.id);
		const { message } = merge.parked;
		batch.conflicts.push(conflictOf(change, batch, { kind: 'delete', key: local.key, message, theirs: change.state }));
		return park(merge.parked.code, message);
	}
	const written = await write(change, local, merge, intake, { batch, cut: permitted.refused });
	if ('parked' in written) return park(written.parked.code, written.parked.message);
	batch.awaits.set(place, written.awaits);
	if (written.blocked) {
		const message = waitsFor(written.blocked);
		if (from.decision) return park(WAITING, message);
		const { collection: of, syncId } = written.blocked;
		const awaited = { waits_for: { collection: of, sync_id: syncId }, ...awaitedBy(written) };
		return { ...about, outcome: 'waiting', code: WAITING, message, ...awaited };
	}
	keepConflicts(change, local, merge, open, batch);
	keepVersion(change, { ...local, key: written.key }, merge, written, batch);
	const refused = [...new Set([...permitted.refused, ...written.refused])];
	const outcome = written.waiting ? 'waiting' : written.did ? 'applied' : 'unchanged';
	return {
		...about,
		outcome,
		...(written.waiting ? { code: WAITING, message: written.waiting, ...awaitedBy(written) } : {}),
		...(refused.length > 0 ? { refused } : {}),
		...(written.needs === null ? {} : { needs: written.needs }),
	};
}

/** Leaves a row until somebody has said which one here it is. */
function ask(
	arrived: SyncChange,
	{ message, item }: { message: string; item: string | null },
	batch: Batch,
): SyncResult {
	const { collection, sync_id: syncId, state } = arrived;
	const known = batch.ready.open.get(versionId({ collection, syncId })) ?? [];
	for (const { id, kind, peer } of known)
		if (kind === 'identity' && peer === batch.from.instance) batch.closed.push(id);
	batch.conflicts.push(conflictOf(arrived, batch, { kind: 'identity', key: item, message, theirs: state }));
	return { collection, sync_id: syncId, outcome: 'parked', code: 'IDENTITY_CONFLICT', message };
}

/** Where rows have nothing but their key in common, they are one only if nothing in them says otherwise. */
function unlikeByKey({ state, match }: SyncChange, local: LocalRow, intake: Intake): string[] {
	const { keyType, singleton, junction } = intake.model;
	const isByKey = keyType === 'text' && !singleton && !junction && intake.match.length === 0 && !match;
	return isByKey && local.row ? contradictions(local.state, state) : [];
}

/** The local row, with edits stamped that are not planned yet. */
function stateHere(change: SyncChange, intake: Intake, batch: Batch): LocalRow {
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

/**
 * Reads rows again that were written, and what their fields hold that could not be given the agreed value: it must not
 * be taken for an edit later.
 */
async function readAgain({ overrides, versions, added, moved, tx, ready, ports }: Batch): Promise<void> {
	await tx.keepIds(added.splice(0), moved.splice(0));
	if (overrides.size === 0) return;
	for (const [collection, ones] of Map.groupBy(overrides.values(), (override) => override.collection)) {
		const intake = ready.intakes.get(collection);
		const keys = ones.map(({ key }) => key);
		const rows = await tx.reads.rows(collection, keys, intake ? columnsOf(intake.model) : []);
		ready.rows.set(collection, new Map([...(ready.rows.get(collection) ?? []), ...rows]));
	}
	ready.known = await knownOf(ready.rows, ready.intakes, {
		reads: tx.reads,
		identityOf: ports.identityOf,
		newId: ports.newId,
	});
	added.push(...ready.known.added);
	moved.push(...ready.known.moved);
	await tx.keepIds(added.splice(0), moved.splice(0));
	for (const [id, { collection, key, fields }] of overrides) {
		const intake = ready.intakes.get(collection);
		const version = versions.get(id);
		const row = ready.rows.get(collection)?.get(key);
		if (!intake || !version || !row) continue;
		const read = readAs(row, intake.model, ready.known, { ...tx.reads, agreed: valuesOf(version.state) });
		const values = Object.fromEntries([...fields].map((field) => [field, read[field] ?? null]));
		versions.set(id, { ...version, overrides: { ...version.overrides, ...values } });
	}
}
