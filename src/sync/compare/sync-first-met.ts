import { NEEDS_EXTENSION } from '../plain/plain-channel.js';
import { localKeysOf } from '../incoming/identify.js';
import type { RemoteSource } from '../remote-source.js';
import type { SyncPorts } from '../sync-ports.js';
import { openItems } from '../../delivery/tables/delivery-lists.js';
import { rowsInScope } from '../tables/sync-version-table.js';
import { cancelDeliveries } from '../../delivery/bulk-actions.js';
import { sendAgain } from './send-again.js';

/**
 * What a source was sent, or owed, before anybody there could keep a record of it: it is sent once more, so that both
 * sides agree on it from now on. Nothing is written there where it says the same.
 */
export async function resendPlainRows(
	ports: SyncPorts<
		'clock' | 'database' | 'engine' | 'getSchema' | 'logger',
		'hasMoved' | 'identityOf' | 'keepPlan' | 'planFor' | 'reads'
	>,
	source: RemoteSource,
): Promise<void> {
	const { database, clock, sync, logger } = ports;
	const rows = await rowsInScope(database, source.id);
	if (rows.length === 0) return;
	const operation = clock.id();
	const owed = await openItems(database, source.id);
	let sent = 0;
	for (const [collection, ones] of Map.groupBy(rows, (row) => row.collection)) {
		const syncIds = ones.map(({ syncId }) => syncId);
		const keys = await localKeysOf(collection, syncIds, sync);
		sent += await sendAgain(ports, source, {
			collection,
			keys: [...keys.values()].filter((key) => !owed.has(`${collection}/${key}`)),
			operation,
			// It has the rows that were sent to it when it was known before.
			force: false,
		});
	}
	// What these ask for is among what was queued just now.
	await cancelDeliveries(ports, { target: source.id, error: NEEDS_EXTENSION, status: ['failed'] }, { user: null });
	if (sent > 0) logger.info(`[downstream] "${source.name}" is sent ${sent} items that it had no record of`);
}
