import type { ItemChange, RecordedChange } from '../../capture/core/item-change.js';
import type { Unplanned } from '../../capture/core/unplanned.js';
import { keyOfNone } from '../core/merge/absent-key.js';
import type { SyncIdEntry } from '../core/merge/row-version.js';
import { versionId } from '../core/merge/row-version.js';
import type { SyncField, SyncModel } from '../core/rules/sync-model.js';
import type { RowToPlan } from '../outgoing/plan-deliveries.js';
import type { SyncReads } from '../rows/sync-reads.js';
import type { PlanSyncPorts } from '../outgoing/plan-sync-ports.js';

/** How much younger than all that is known of a key's row another row of that key is: a creation may be told of late. */
const YOUNGER_MS = 10_000;

const GONE = { created: false, updated: false, deleted: true, existedBefore: true, madeAt: null };
const EDITED = { created: false, updated: true, deleted: false, existedBefore: true, madeAt: null };

/** Numbers that belong to other rows by now. */
export interface Reused {
	/** The former rows, which have no row here any more. */
	released: SyncIdEntry[];
	/** Those of them that were deleted, to be looked at under the keys that they have now, by place. */
	ended: Map<string, RowToPlan>;
	/** What happened to the rows that have the numbers of those. */
	made: ItemChange[];
}

/** Whether a key is a number that may be given to one row after another. */
export const isNumbered = (model: Pick<SyncModel, 'keyType' | 'singleton'> | null | undefined): boolean =>
	model?.keyType === 'integer' && !model.singleton;

/** Of rows whose number was given again in these changes, only what happened since. */
export function sinceMadeAgain(
	recorded: readonly RecordedChange[],
	modelOf: PlanSyncPorts['modelOf'],
): readonly RecordedChange[] {
	const deleted = new Set<string>();
	const from = new Map<string, number>();
	for (const [index, { collection, item, event, received }] of recorded.entries()) {
		const place = `${collection}\u0000${item}`;
		if (event === 'delete') deleted.add(place);
		else if (event === 'create' && !received && deleted.has(place) && isNumbered(modelOf(collection)))
			from.set(place, index);
	}
	if (from.size === 0) return recorded;
	return recorded.filter(({ collection, item }, index) => index >= (from.get(`${collection}\u0000${item}`) ?? 0));
}

/**
 * Whether the row that has this number by now was made after what is planned here: what is planned is of the row before
 * it, which is gone.
 */
export function isOfLaterRow({ change }: Pick<RowToPlan, 'change'>, noted: Unplanned | undefined): boolean {
	const made = noted?.madeHere;
	if (!made || made.id <= (change?.lastId ?? 0)) return false;
	return change?.deleted === true || (made.after !== null && made.after.id > (change?.lastId ?? 0));
}

/**
 * Numbers that were given a second time. What was made now is another row than the one that others know by that number.
 * That one was deleted, or, where nobody has told of it (a collection was emptied with its counter, or dropped and made
 * again), it is missing here, and nobody has deleted it.
 */
export async function reusedKeys(
	looked: ReadonlyMap<string, RowToPlan>,
	ports: Pick<PlanSyncPorts, 'reads' | 'modelOf'>,
): Promise<Reused> {
	const { reads } = ports;
	const reused: Reused = { released: [], ended: new Map(), made: [] };
	const made = [...looked.values()].filter(({ change }) => change?.madeAt != null && !change.existedBefore);
	for (const [collection, ones] of Map.groupBy(made, (row) => row.collection)) {
		if (!isNumbered(ports.modelOf(collection))) continue;
		const changes = new Map(ones.flatMap(({ key, change }) => (change ? [[key, change] as const] : [])));
		const entries = await reads.byLocalKey(collection, [...changes.keys()]);
		if (entries.length === 0) continue;
		const versions = await reads.versions(entries);
		const noted = await reads.unplanned(entries.map(({ localKey }) => ({ collection, key: localKey })));
		for (const entry of entries) {
			const version = versions.get(versionId(entry));
			const change = changes.get(entry.localKey);
			if (!version || version.revision === 0 || !change) continue;
			const released = { ...entry, localKey: keyOfNone(entry.syncId) };
			const deletion = noted.get(`${collection}/${entry.localKey}`)?.madeHere?.after;
			if (deletion || version.state.deleted !== null) {
				reused.released.push(released);
				reused.made.push(change);
				const at = deletion?.at ?? version.changedAt;
				reused.ended.set(`${collection}\u0000${released.localKey}`, rowOf(released, { ...change, ...GONE, at }));
			} else if (version.changedAt > 0 && version.changedAt + YOUNGER_MS <= (change.madeAt ?? 0))
				reused.released.push(released);
		}
	}
	return reused;
}

const rowOf = (
	{ collection, localKey }: Omit<SyncIdEntry, 'syncId'>,
	change: ItemChange,
	wasDeleted = true,
): RowToPlan => ({
	collection,
	key: localKey,
	change: { ...change, collection, item: localKey },
	wasDeleted,
	referredFor: new Set(),
});

/**
 * Rows that lead to a number that was given again, as many-to-any references do, which stay when their row goes: they
 * lead to the new row from now on, though nobody has written them.
 */
export async function leadingToReused(
	looked: ReadonlyMap<string, RowToPlan>,
	{ made }: Reused,
	{ synced, modelOf, reads }: Pick<PlanSyncPorts, 'synced' | 'modelOf' | 'reads'>,
): Promise<Map<string, RowToPlan>> {
	const leading = new Map<string, RowToPlan>();
	for (const [collection, ones] of Map.groupBy(made, (change) => change.collection)) {
		const byKey = new Map(ones.map((change) => [change.item, change]));
		for (const name of synced()) {
			const { primary = 'id', fields = new Map<string, SyncField>() } = modelOf(name) ?? {};
			for (const { field, related, typeField } of fields.values()) {
				if (related !== collection && typeField === null) continue;
				const columns = typeField === null ? [field] : [field, typeField];
				for (const row of await reads.having(name, field, [...byKey.keys()], columns)) {
					const entry = { collection: name, localKey: String(row[primary]) };
					const place = `${name}\u0000${entry.localKey}`;
					const change = byKey.get(String(row[field]));
					if ((typeField !== null && row[typeField] !== collection) || !change || looked.has(place)) continue;
					leading.set(place, rowOf(entry, { ...change, ...EDITED }, false));
				}
			}
		}
	}
	return leading;
}

/** What is read of sync ids once these rows are known to have none of the keys here any more. */
export function withoutReleased(reads: SyncReads, released: SyncIdEntry[]): SyncReads {
	if (released.length === 0) return reads;
	const releasedIds = new Map(released.map((entry) => [`${entry.collection}/${entry.syncId}`, entry]));
	const of = ({ collection, syncId }: SyncIdEntry) => releasedIds.get(`${collection}/${syncId}`);
	return {
		...reads,
		byLocalKey: async (collection, keys) => [
			...(await reads.byLocalKey(collection, keys)).filter((entry) => of(entry) === undefined),
			...released.filter((entry) => entry.collection === collection && keys.includes(entry.localKey)),
		],
		bySyncId: async (collection, ids) => (await reads.bySyncId(collection, ids)).map((entry) => of(entry) ?? entry),
	};
}
