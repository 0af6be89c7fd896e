import type { Released } from '../core/rules/held-back.js';
import { SCHEMA_STOPS } from '../outgoing/outgoing-changes.js';
import type { RemoteSource } from '../remote-source.js';
import { countRows } from '../rows/sync-rows.js';
import type { SyncPorts } from '../sync-ports.js';
import { hurryFailed } from '../../delivery/tables/delivery-table.js';
import { insertRun, latestRun, type RunCollection } from '../tables/sync-run-table.js';
import type { SyncRuns } from './sync-runs.js';

/**
 * What was held back from a source because it did not fit there flows, now that it does: what was owed is due again, and
 * collections that arrived in part are sent again by a backfill. False where another one is still at work.
 */
export async function releaseHeld(
	ports: SyncPorts<'clock' | 'database' | 'engine' | 'logger'> & { runs: Pick<SyncRuns, 'continue'> },
	source: RemoteSource,
	{ collections, again, unwatched }: Released,
): Promise<boolean> {
	const { database, clock, engine, logger } = ports;
	const known = await latestRun(database, source.id);
	const toSend = [...again, ...unwatched];
	if (toSend.length > 0 && known?.action === 'backfill' && known.status === 'running') return false;
	let due = 0;
	for (const collection of collections)
		due += await hurryFailed(database, { target: source.id, collection, error: SCHEMA_STOPS, now: clock.now() });
	const parts: RunCollection[] = [];
	for (const collection of toSend) {
		const total = await countRows(database, collection);
		const progress = { total, read: 0, queued: 0, after: null, done: false };
		parts.push({ collection, ...progress, again: again.includes(collection) });
	}
	if (parts.length > 0) {
		await insertRun(database, {
			id: clock.id(),
			action: 'backfill',
			target: source.id,
			at: clock.now(),
			user: null,
			status: 'running',
			collections: parts,
			to_ask: [],
			asked: [],
			error: null,
		});
		void ports.runs.continue();
	}
	const what = [...new Set([...collections, ...toSend])].join(', ');
	logger.info(`[downstream] "${source.name}": ${what} fits again, and what was held back of it is sent (${due} owed)`);
	engine.wake(source.id);
	return true;
}
