import type { SyncChange } from '../../contract/sync-messages.js';
import type { WireValue } from '../core/merge/row-state.js';
import { sameWire, valuesOf } from '../core/merge/stamp-edits.js';
import type { ApplyPorts, ApplyTransaction, StoredConflict } from './apply-ports.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import { knownOf } from './prepare-apply.js';
import { readWire } from '../rows/read-wire.js';
import { versionId } from '../core/merge/row-version.js';
import type { Sender } from './batch.js';

/** Keeps a row that has the same unique value as another one here, with both, until a user decides. */
export async function parkUnique(change: SyncChange, error: unknown, from: Sender, ports: ApplyPorts): Promise<void> {
	const { collection, sync_id: syncId } = change;
	const version = versionId({ collection, syncId });
	const { field, value } = (error as { extensions?: { field?: string | null; value?: unknown } }).extensions ?? {};
	await ports.transaction(collection, async (transaction) => {
		const rival = await findRival(change, { field, value }, transaction, ports);
		const open = await transaction.openConflicts([version]);
		const what = field
			? `the same ${field}${value === undefined ? '' : ` (${String(value)})`}`
			: 'the same unique value';
		const conflict: StoredConflict = {
			id: ports.newId(),
			status: 'open',
			kind: 'unique',
			target: ports.target,
			peer: from.instance,
			version,
			collection,
			syncId,
			localKey: rival?.key ?? null,
			fields: rival?.fields ?? [],
			theirs: change.state,
			message: `a row of the other side and ${rival ? `${collection} ${rival.key}` : 'another row'} here have ${what}, which only one may have`,
			at: ports.now(),
		};
		const closed = open.filter(({ kind, peer }) => kind === 'unique' && peer === from.instance).map(({ id }) => id);
		await transaction.keep({ versions: [], conflicts: [conflict], closed, log: [], touched: [] });
	});
}

/** The row here that has the value, and in what the two differ or agree. */
async function findRival(
	change: SyncChange,
	{ field, value }: { field?: string | null | undefined; value?: unknown },
	tx: ApplyTransaction,
	ports: ApplyPorts,
): Promise<{ key: string; fields: StoredConflict['fields'] } | null> {
	const { collection } = change;
	const intake = ports.intakeOf(collection);
	if (!intake || !field) return null;
	const theirs = valuesOf(change.state as Parameters<typeof valuesOf>[0]);
	const sought = value ?? theirs[field];
	if (sought === undefined || sought === null || typeof sought === 'object') return null;
	const [key] = await tx.reads.matching(collection, intake.model.primary, { [field]: sought });
	if (key === undefined) return null;
	const rows = new Map([[collection, await tx.reads.rows(collection, [key], columnsOf(intake.model))]]);
	const intakes = new Map([[collection, intake]]);
	const known = await knownOf(rows, intakes, { reads: tx.reads, identityOf: ports.identityOf, newId: ports.newId });
	const row = rows.get(collection)?.get(key);
	const ours: Record<string, WireValue> = row ? readWire(row, intake.model, known) : {};
	const fields = Object.keys(theirs)
		.filter((name) => name in ours && (name === field || !sameWire(ours[name], theirs[name])))
		.map((name) => ({
			field: name,
			base: null,
			here: ours[name] ?? null,
			there: theirs[name] ?? null,
			took: 'held' as const,
		}));
	return { key, fields };
}
