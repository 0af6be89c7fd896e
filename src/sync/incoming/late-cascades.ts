import type { ItemChange } from '../../capture/core/item-change.js';
import { targetsOf } from '../core/wire/wire-values.js';
import { localKeysOf, syncIdsOf } from './identify.js';
import type { RowToPlan } from '../outgoing/plan-deliveries.js';
import type { PlanSyncPorts } from '../outgoing/plan-sync-ports.js';

/** How long before a deletion is recorded what goes along with it may have been looked for. */
const LOOKED_FOR_MS = 10_000;

const GONE_ALONG = { created: false, updated: false, deleted: true, existedBefore: true };

/**
 * Rows that another instance's changes have brought between the moment in which somebody looked for what goes along with
 * a deletion, and the deletion: the database deletes or empties them, too, and nobody was told. What a deletion has to
 * say of its own rows is recorded with it; of these, the records that are as young as that are looked at.
 * @returns rows to look at, by place
 */
export async function lateVictims(
	looked: ReadonlyMap<string, RowToPlan>,
	ports: PlanSyncPorts,
): Promise<Map<string, RowToPlan>> {
	const victims = new Map<string, RowToPlan>();
	const deleted = new Map<string, ItemChange>();
	const referring = new Set<string>();
	const deletions = [...looked.values()].filter(({ wasDeleted }) => wasDeleted);
	for (const [collection, ones] of Map.groupBy(deletions, (deletion) => deletion.collection)) {
		const children = ports.referring(collection);
		if (children.length === 0) continue;
		for (const child of children) referring.add(child);
		const keys = ones.map(({ key }) => key);
		const ids = await syncIdsOf(collection, keys, ports);
		for (const { key, change } of ones) {
			const syncId = ids.get(key);
			if (change && syncId !== undefined) deleted.set(`${collection}/${syncId}`, change);
		}
	}
	if (deleted.size === 0) return victims;
	const since = Math.min(...[...deleted.values()].map(({ at }) => at)) - LOOKED_FOR_MS;
	for (const { collection, syncId, state } of await ports.reads.changedSince([...referring], since)) {
		const [cause] = targetsOf(state, ports.modelOf(collection)?.fields).flatMap(
			({ to }) => deleted.get(`${to.collection}/${to.syncId}`) ?? [],
		);
		const key = cause && (await localKeysOf(collection, [syncId], ports)).get(syncId);
		if (!cause || key === undefined) continue;
		const place = `${collection}\u0000${key}`;
		const known = looked.get(place);
		const change: ItemChange = known?.change ?? { ...cause, ...GONE_ALONG, collection, item: key };
		const referredFor = known?.referredFor ?? new Set<string>();
		victims.set(place, { collection, key, change, wasDeleted: true, referredFor });
	}
	return victims;
}
