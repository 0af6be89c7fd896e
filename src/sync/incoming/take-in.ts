import { WAITING, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import { heldFrom } from '../core/merge/merge-fields.js';
import { mergeRow } from '../core/merge/merge-row.js';
import { orderChangesByReference } from '../core/wire/order-changes-by-reference.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { ApplyPorts, ApplyTransaction } from './apply-ports.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import type { Batch, Sender } from './batch.js';
import { findDependents, NOTHING_ALONG } from './cascaded-deletes.js';
import { restoreReferences } from './restore-references.js';
import { conflictOf, keepConflicts, keepVersion } from './record-row.js';
import { brake, refusedAtOnce } from './refuse-changes.js';
import { write } from './write-row.js';
import { knownOf, prepare } from './prepare-apply.js';
import { takeOutValues, type Exchanged } from './exchange-values.js';
import { readAs } from '../rows/read-wire.js';
import { resolvedUniqueConflicts } from './resolved-unique-conflicts.js';
import type { Prepared } from './prepared.js';
import { admit } from './admit-row.js';
import { awaitedBy, waitsFor } from './awaited-references.js';

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
	const admitted = await admit(sent, batch);
	if ('outcome' in admitted) return admitted;
	const { change, local, intake, open, unseen } = admitted;
	const { ports, from } = batch;
	const { collection, sync_id: syncId } = sent;
	const about = { collection, sync_id: syncId };
	const park = (code: string, message: string): SyncResult => ({ ...about, outcome: 'parked', code, message });
	const { version } = local;
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
	const written = await write(change, local, merge, intake, { batch, cut: admitted.refused });
	if ('parked' in written) return park(written.parked.code, written.parked.message);
	batch.awaits.set(`${collection}/${syncId}`, written.awaits);
	const { blocked } = written;
	if (blocked) {
		const message = waitsFor(blocked);
		if (from.decision) return park(WAITING, message);
		const awaited = { waits_for: { collection: blocked.collection, sync_id: blocked.syncId }, ...awaitedBy(written) };
		return { ...about, outcome: 'waiting', code: WAITING, message, ...awaited };
	}
	keepConflicts(change, local, merge, open, batch);
	keepVersion(change, { ...local, key: written.key }, merge, written, batch);
	const refused = [...new Set([...admitted.refused, ...written.refused])];
	const outcome = written.waiting ? 'waiting' : written.did ? 'applied' : 'unchanged';
	return {
		...about,
		outcome,
		...(written.waiting ? { code: WAITING, message: written.waiting, ...awaitedBy(written) } : {}),
		...(refused.length > 0 ? { refused } : {}),
		...(written.needs === null ? {} : { needs: written.needs }),
	};
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
