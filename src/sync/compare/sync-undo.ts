import type { Row } from '../../kernel/core/row.js';
import type { Accountability } from '@directus/types';
import { inWholeSeconds } from '../core/merge/kept-times.js';
import { sameWire } from '../core/merge/stamp-edits.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { fromWire } from '../core/wire/wire-values.js';
import { isKnownByKey } from '../core/identity/natural-name.js';
import type { ApplyTransaction, LogEntry } from '../incoming/apply-ports.js';
import { identify, localKeysOf } from '../incoming/identify.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import { readAs } from '../rows/read-wire.js';
import { inSyncTransaction } from '../rows/sync-transaction.js';
import type { SyncPorts } from '../sync-ports.js';
import { recordOperation } from '../../delivery/tables/operation-table.js';
import { readLog } from '../tables/sync-log-table.js';
import type { IdentifyPorts } from '../incoming/identify-ports.js';
import type { Undone } from '../../contract/answers/sync.js';

class OnlyTried extends Error {}

/**
 * Takes back what a run wrote here, newest first, in one transaction and as new changes, so that other instances hear of
 * it. A value that was changed since stays. null where nothing is known of such a run.
 */
export async function undoRun(
	ports: SyncPorts<
		'clock' | 'database' | 'getSchema' | 'services',
		'beside' | 'identityOf' | 'modelWith' | 'readsOf' | 'sourceOf' | 'tracking'
	>,
	{
		run,
		accountability,
		dryRun,
		reason,
	}: { run: string; accountability: Accountability; dryRun: boolean; reason?: string | undefined },
): Promise<Undone | null> {
	const { database, services, clock } = ports;
	const entries = await readLog(database, run);
	const [first] = entries;
	if (!first) return null;
	const schema = await ports.getSchema();
	const done: Undone = { undone: 0, left: [] };
	const { readsOf, tracking, beside } = ports.sync;
	const transactionPorts = { database, services, schema, readsOf, tracking, ...beside, accountability, now: clock.now };
	await inSyncTransaction(transactionPorts, first.collection, async (transaction) => {
		for (const entry of entries) {
			const model = ports.sync.modelWith(entry.collection, ['*']);
			const reason = model
				? await undo(entry, model, transaction, { ...ports.sync, newId: clock.id })
				: 'its collection is gone';
			if (reason === null) done.undone += 1;
			else done.left.push({ collection: entry.collection, item: entry.localKey, reason });
		}
		if (dryRun) throw new OnlyTried();
	}).catch((error: unknown) => {
		if (!(error instanceof OnlyTried)) throw error;
	});
	if (!dryRun)
		await recordOperation(database, {
			id: clock.id(),
			at: clock.now(),
			user: accountability.user,
			action: 'undo',
			target: ports.sync.sourceOf(first.peer)?.id ?? null,
			detail: { run, undone: done.undone, left: done.left.length, reason: reason ?? null },
		});
	return done;
}

/** Takes one row back; why it was not, or null. */
async function undo(
	{ collection, syncId, localKey, before, after }: LogEntry,
	model: SyncModel,
	tx: ApplyTransaction,
	{ identityOf, newId }: Pick<IdentifyPorts, 'identityOf' | 'newId'>,
): Promise<string | null> {
	const ports = { reads: tx.reads, identityOf, newId };
	const key = (await localKeysOf(collection, [syncId], ports)).get(syncId) ?? localKey;
	const row = key === null ? null : ((await tx.reads.rows(collection, [key], columnsOf(model))).get(key) ?? null);
	if (after === null) {
		if (row) return 'it is here, or somebody has made it again';
		const values = await asLocal(before ?? {}, model, ports);
		const own = isKnownByKey(identityOf(collection)) || model.keyType === 'text' ? { [model.primary]: key } : {};
		const made = await tx.create(collection, { ...values, ...own });
		if (made !== key && !isKnownByKey(identityOf(collection)))
			await tx.keepIds([], [{ collection, syncId, localKey: made }]);
		return null;
	}
	if (!row || key === null) return before === null ? 'it is gone already' : 'somebody has deleted it';
	const known = await identify(new Map([[collection, new Map([[key, row]])]]), new Map([[collection, model]]), ports);
	const now = readAs(row, model, known, { keepsMs: tx.reads.keepsMs, agreed: after });
	if (before && Object.keys(after).every((field) => sameWire(now[field], before[field])))
		return 'it is already what it was before';
	const touched = Object.keys(after).filter((field) => !sameWire(now[field], after[field]));
	if (before === null) {
		if (touched.length > 0) return `somebody has changed ${touched.join(', ')} since it arrived`;
		await tx.remove(collection, [key]);
		return null;
	}
	const back = Object.fromEntries(Object.entries(before).filter(([field]) => !touched.includes(field)));
	const isPartly = Object.keys(back).length > 0;
	if (isPartly) await tx.update(collection, [key], await asLocal(back, model, ports));
	if (touched.length === 0) return null;
	return `somebody has changed ${touched.join(', ')} since${isPartly ? '; the rest was taken back' : ''}`;
}

/** Values in wire form as they are written here; what they refer to may be gone. */
async function asLocal(values: Row, model: SyncModel, ports: IdentifyPorts): Promise<Row> {
	const keys = new Map<string, string>();
	for (const [field, value] of Object.entries(values)) {
		const related = model.fields.get(field)?.related;
		const ref = (value as { $ref?: string; of?: string } | null)?.$ref;
		const collection = (value as { of?: string } | null)?.of ?? related;
		if (ref === undefined || !collection) continue;
		for (const [syncId, key] of await localKeysOf(collection, [ref], ports)) {
			if ((await ports.reads.rows(collection, [key], [])).has(key)) keys.set(`${collection}/${syncId}`, key);
		}
	}
	return fromWire(ports.reads.keepsMs ? values : inWholeSeconds(values, model), model, {
		syncId: () => null,
		localKey: (collection, syncId) => keys.get(`${collection}/${syncId}`) ?? null,
		userForm: () => null,
		userId: (form) => (form.startsWith('id:') ? form.slice(3) : null),
	}).values;
}
