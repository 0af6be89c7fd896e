import type { Clock } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { TOMBSTONES_KEPT_MS } from '../sync/core/merge/long-away.js';
import type { createIncidents } from '../delivery/incidents.js';
import { removeOldNotices } from '../delivery/tables/notice-table.js';
import { removeOld } from '../delivery/tables/history-table.js';
import { removeOldHours } from '../delivery/tables/hour-table.js';
import { removeOldPushes } from '../config/tables/config-history.js';
import { removeOldChecks } from '../flush/tables/check-table.js';
import { acquireLease } from '../kernel/database/leases.js';
import { removeOldConflicts } from '../sync/tables/sync-conflict-table.js';
import { removeOldLog } from '../sync/tables/sync-log-table.js';
import { removeOldTombstones } from '../sync/tables/sync-version-table.js';
import { removeOldPages } from '../flush/tables/page-table.js';
import { removeOldJobs } from '../config/tables/config-job-table.js';

const HOUR_MS = 3_600_000;

/** Twice the longest time that `/throughput` looks back. */
const HOURS_KEPT_MS = 14 * 86_400_000;

/** Longer than they are tried. */
const NOTICES_KEPT_MS = 7 * 86_400_000;

/** Deletes what has been kept long enough, and reminds people of open incidents: once an hour, on one node. */
export function createTidy(ports: {
	database: Knex;
	clock: Clock;
	/** How long the history is kept, in ms. */
	retention: number;
	/** How long a page is kept that no front end has reported again, in ms. */
	pagesRetention: number;
	incidents: Pick<ReturnType<typeof createIncidents>, 'digest'>;
}): () => Promise<void> {
	const { database, clock, retention, pagesRetention, incidents } = ports;
	let tidiedAt = 0;
	return async function tidy() {
		const now = clock.now();
		if (now - tidiedAt < HOUR_MS) return;
		tidiedAt = now;
		if (!(await acquireLease(database, 'tidy', clock.id(), HOUR_MS - 600_000, now))) return;
		await removeOld(database, now - retention);
		await removeOldHours(database, now - HOURS_KEPT_MS);
		await removeOldPushes(database, now);
		await removeOldJobs(database, now);
		await removeOldPages(database, now - pagesRetention);
		await removeOldLog(database, now - retention);
		await removeOldChecks(database, now - retention);
		await removeOldNotices(database, now - NOTICES_KEPT_MS);
		await removeOldConflicts(database, now - retention);
		await removeOldTombstones(database, now - TOMBSTONES_KEPT_MS);
		await incidents.digest();
	};
}
