import { NEEDS_EXTENSION } from '../engine/sync/plain-channel.js';
import { localKeysOf } from '../engine/sync/identify.js';
import type { RemoteSource } from '../engine/stored.js';
import type { Runtime } from '../runtime.js';
import { openItems } from '../tables/delivery-lists.js';
import { rowsInScope } from '../tables/sync-version-table.js';
import { cancelDeliveries } from './bulk-actions.js';
import { sendAgain } from './sync-runs.js';

/**
 * What a source was sent, or owed, before anybody there could keep a record of it: it is sent once more, so that both
 * sides agree on it from now on. Nothing is written there where it says the same.
 */
export async function sendWhatWentPlain(runtime: Runtime, source: RemoteSource): Promise<void> {
	const { database, clock, sync, logger } = runtime;
	const rows = await rowsInScope(database, source.id);
	if (rows.length === 0) return;
	const operation = clock.id();
	const owed = await openItems(database, source.id);
	let sent = 0;
	for (const [collection, ones] of Map.groupBy(rows, (row) => row.collection)) {
		const syncIds = ones.map(({ syncId }) => syncId);
		const keys = await localKeysOf(collection, syncIds, sync);
		sent += await sendAgain(runtime, source, {
			collection,
			keys: [...keys.values()].filter((key) => !owed.has(`${collection}/${key}`)),
			operation,
			// What was sent to it when it was known before, it has.
			force: false,
		});
	}
	// What these ask for is among what was queued just now.
	await cancelDeliveries(runtime, { target: source.id, error: NEEDS_EXTENSION, status: ['failed'] }, { user: null });
	if (sent > 0) logger.info(`[downstream] "${source.name}" is sent ${sent} items that it had no record of`);
}
