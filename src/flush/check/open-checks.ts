import type { Knex } from 'knex';
import { Counter, Histogram, type Registry } from 'prom-client';
import type { HttpClient } from '../../kernel/http.js';
import type { Clock, Logger } from '../../kernel/ports.js';
import { insertCheck } from '../tables/check-table.js';
import { createPageChecks } from './check-pages.js';
import { staleText } from './core/summarize-checks.js';

/** Looks at pages after deliveries, with what that needs. */
export function openPageChecks(host: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	http: Pick<HttpClient, 'send'>;
	registry: Registry;
	incidents: {
		failed(target: string, times: number, error: { code: string; message: string }, final: boolean): Promise<boolean>;
		succeeded(target: string): Promise<void>;
	};
}) {
	const { database, clock, logger, http, registry, incidents } = host;
	const durations = new Histogram({
		name: 'downstream_time_to_fresh_seconds',
		help: 'From a save until this process saw the new page as a visitor.',
		labelNames: ['target'],
		buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
		registers: [registry],
	});
	const pages = new Counter({
		name: 'downstream_checked_pages_total',
		help: 'Pages that this process looked at after deliveries, by what they were found to be.',
		labelNames: ['target', 'state'],
		registers: [registry],
	});
	return createPageChecks({
		clock,
		logger,
		http,
		save: (check) => insertCheck(database, check),
		checked(check, target) {
			pages.inc({ target: target.id, state: check.state });
			if (check.tookMs !== null) durations.observe({ target: target.id }, check.tookMs / 1_000);
			const told =
				check.state === 'stale'
					? incidents.failed(target.id, 1, { code: 'STALE_PAGE', message: staleText(check) }, true)
					: check.state === 'fresh'
						? incidents.succeeded(target.id)
						: Promise.resolve();
			told.catch((error: unknown) => logger.warn(`[downstream] ${String(error)}`));
		},
	});
}
