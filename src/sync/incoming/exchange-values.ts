import type { SyncChange } from '../../contract/sync-messages.js';
import type { RowState } from '../core/merge/row-state.js';
import { sameWire, valuesOf } from '../core/merge/stamp-edits.js';
import type { ApplyTransaction } from './apply-ports.js';
import { versionId } from '../core/merge/row-version.js';
import type { Prepared } from './prepared.js';

/** Fields, by collection, whose values may be in each other's way while rows are written. */
export type Exchanged = ReadonlyMap<string, ReadonlySet<string>>;

/** A value that was taken out of a row until the row is written. */
interface Taken {
	collection: string;
	key: string;
	field: string;
	value: unknown;
}

/**
 * Rows that exchange values of which each may be there only once: two pages that swap their addresses. Neither can be
 * written before the other, so the values are taken out of all of them first, where nobody sees it: in the transaction
 * in which they are written.
 * @returns what puts back the values of rows that were not written after all
 */
export async function takeOutValues(
	changes: readonly SyncChange[],
	exchanged: Exchanged,
	{ keys, rows, intakes, versions }: Pick<Prepared, 'keys' | 'rows' | 'intakes' | 'versions'>,
	tx: ApplyTransaction,
): Promise<{ written(collection: string, key: string, fields: Iterable<string>): void; putBack(): Promise<void> }> {
	const taken = new Map<string, Taken>();
	for (const { collection, sync_id: syncId, state } of changes) {
		const fields = exchanged.get(collection);
		const key = keys.get(collection)?.get(syncId);
		const row = key === undefined ? undefined : rows.get(collection)?.get(key);
		if (!fields || key === undefined || !row || state.deleted) continue;
		const theirs = valuesOf(state as RowState);
		const ours = valuesOf(versions.get(versionId({ collection, syncId }))?.state ?? { groups: [], deleted: null });
		for (const field of fields) {
			const known = intakes.get(collection)?.model.fields.get(field);
			if (known?.kind !== 'value' || !(field in theirs) || sameWire(theirs[field], ours[field])) continue;
			if ((row[field] ?? null) === null) continue;
			await tx.takeOut(collection, key, field);
			taken.set(`${collection}/${key}/${field}`, { collection, key, field, value: row[field] });
		}
	}
	return {
		written(collection, key, fields) {
			for (const field of fields) taken.delete(`${collection}/${key}/${field}`);
		},
		async putBack() {
			for (const { collection, key, field, value } of taken.values()) await tx.putBack(collection, key, field, value);
		},
	};
}
