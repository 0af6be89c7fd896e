import { measure } from '../../app/status/measure.js';
import type { ItemAt } from '../../contract/item-routes.js';
import { itemAt } from '../../delivery/core/item-at.js';
import type { StoredDelivery } from '../../delivery/stored.js';
import { listDeliveries } from '../../delivery/tables/delivery-lists.js';
import { checksOf } from '../../flush/tables/check-table.js';
import { listConflicts } from '../../sync/tables/sync-conflict-list.js';
import type { Runtime } from '../../app/runtime.js';
import { RequestError } from '../request-error.js';
import type { Asked, Handler } from '../respond.js';

/** Newest deliveries of an item that are looked through, one of each target. */
const LOOKED_BACK = 100;

/** No errors, addresses or reasons: they may say what an editor may not know. */
export const item: Handler<'item'> = async ({ input, accountability, runtime }) => {
	const { collection, item: key } = input;
	await mustRead({ collection, key, accountability }, runtime);
	const { database } = runtime;
	const about = { collection, item: key };
	const newestFirst = { field: 'created_at', descending: true };
	const [status, { rows }, conflicts] = await Promise.all([
		measure(runtime),
		listDeliveries(database, about, { limit: LOOKED_BACK, page: 1, cursor: undefined, sort: newestFirst }),
		listConflicts(database, { ...about, status: 'open' }, { limit: LOOKED_BACK, page: 1, sort: newestFirst }),
	]);
	const newest = new Map<string, StoredDelivery>();
	for (const row of rows) if (!newest.has(row.target)) newest.set(row.target, row);
	const inConflict = new Map(conflicts.rows.map(({ target, at }) => [target, at]));
	const ruled = new Set(
		runtime.rules
			.targets()
			.filter(({ rules }) => rules.some(({ rule }) => rule.collection === collection))
			.map(({ id }) => id),
	);
	const told: ItemAt[] = [];
	for (const { id, name, kind, conditions } of status.targets) {
		const latest = newest.get(id) ?? null;
		const conflictAt = inConflict.get(id);
		if (conflictAt !== undefined)
			told.push({ name, kind, state: 'conflict', since: new Date(conflictAt).toISOString(), path: null });
		else if (latest || ruled.has(id)) {
			const checks = latest?.status === 'delivered' ? await checksOf(database, latest.id) : [];
			const stale = checks.findLast(({ state }) => state === 'stale')?.path ?? null;
			told.push({ name, kind, ...itemAt(latest, conditions, stale) });
		}
	}
	return { data: told };
};

/** Directus says whether a user may read the item, as it does for the item's page. */
async function mustRead(
	{ collection, key, accountability }: { collection: string; key: string } & Pick<Asked<'item'>, 'accountability'>,
	{ services, getSchema, database }: Pick<Runtime, 'services' | 'getSchema' | 'database'>,
): Promise<void> {
	const refused = new RequestError(403, 'FORBIDDEN', "You don't have permission to access this.");
	const schema = await getSchema();
	const primary = schema.collections[collection]?.primary;
	if (primary === undefined) throw refused;
	const items = new services.ItemsService(collection, { accountability, knex: database, schema });
	const rows = await items.readMany([key], { fields: [primary], limit: 1 }).catch(() => []);
	if (rows.length === 0) throw refused;
}
