import { WAITING, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import { versionId } from '../core/merge/row-version.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Prepared } from './prepared.js';
import { isNumbered } from './reused-keys.js';

/**
 * Has a change wait whose row was deleted here, while another row was made with its number: until that is planned, the
 * map leads from the change to the other row, which it says nothing of.
 */
export function waitsForPlan(
	{ collection, sync_id: syncId }: SyncChange,
	model: SyncModel,
	{ keys, rows, versions, edited }: Prepared,
): SyncResult | null {
	const key = keys.get(collection)?.get(syncId);
	if (key === undefined || !isNumbered(model) || !rows.get(collection)?.has(key)) return null;
	const made = edited.get(`${collection}/${key}`)?.madeHere;
	const isGone = Boolean(versions.get(versionId({ collection, syncId }))?.state.deleted);
	if (!made || (made.after === null && !isGone)) return null;
	const message = `${collection} ${key} was deleted here and its number given to another item, which is not planned yet`;
	return { collection, sync_id: syncId, outcome: 'waiting', code: WAITING, message };
}
