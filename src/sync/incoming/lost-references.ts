import type { ItemChange } from '../../capture/core/item-change.js';
import { versionId, type RowVersion } from '../core/merge/row-version.js';
import { targetsOf } from '../core/wire/wire-values.js';
import { localKeysOf } from './identify.js';
import type { RowToPlan } from '../outgoing/plan-deliveries.js';
import type { Known, RowsByKey } from './identify-ports.js';
import type { PlanSyncPorts } from '../outgoing/plan-sync-ports.js';

const EDITED = { created: false, updated: true, deleted: false, existedBefore: true };

/**
 * Rows that lead to one that was deleted and is made again here: their references were left empty because it was gone,
 * and are empty from now on, as those are that the database emptied along with it.
 */
export async function referencesToRestored(
	looked: Map<string, RowToPlan>,
	{ known, rows, versions }: { known: Known; rows: Map<string, RowsByKey>; versions: Map<string, RowVersion> },
	ports: PlanSyncPorts,
): Promise<{ looked: Map<string, RowToPlan>; fields: Map<string, Set<string>> }> {
	const left = { looked: new Map<string, RowToPlan>(), fields: new Map<string, Set<string>>() };
	const back = new Map<string, ItemChange>();
	for (const { collection, key, change } of looked.values()) {
		const syncId = rows.get(collection)?.get(key) ? known.syncId(collection, key) : null;
		const version = syncId === null ? undefined : versions.get(versionId({ collection, syncId }));
		if (change && version?.state.deleted) back.set(`${collection}\u0000${syncId}`, change);
	}
	if (back.size === 0) return left;
	for (const version of await ports.reads.leftEmpty()) {
		const { collection, syncId, state, overrides } = version;
		const leading = targetsOf(state, ports.modelOf(collection)?.fields).flatMap(({ name, to }) => {
			const change = name in overrides ? back.get(`${to.collection}\u0000${to.syncId}`) : undefined;
			return change ? [{ name, change }] : [];
		});
		const [first] = leading;
		const key = first && (await localKeysOf(collection, [syncId], ports)).get(syncId);
		if (!first || key === undefined) continue;
		left.fields.set(versionId(version), new Set(leading.map(({ name }) => name)));
		const place = `${collection}\u0000${key}`;
		const change: ItemChange = { ...first.change, ...EDITED, collection, item: key };
		if (!looked.has(place))
			left.looked.set(place, { collection, key, change, wasDeleted: false, referredFor: new Set() });
	}
	return left;
}

/** The record without what it says of these fields. */
export const withoutLeft = (version: RowVersion, fields: Set<string> | undefined): RowVersion =>
	fields
		? {
				...version,
				overrides: Object.fromEntries(Object.entries(version.overrides).filter(([field]) => !fields.has(field))),
			}
		: version;
