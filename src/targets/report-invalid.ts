import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import type { createIncidents } from '../delivery/incidents.js';
import type { Target } from './target.js';
import { acquireLease } from '../kernel/database/leases.js';

/**
 * Reports published targets with an invalid rule or option, as an incident: in the log and to the target's users once,
 * by one of the nodes, and over when it is fixed. Called whenever the rules were read.
 */
export function createInvalidReport(ports: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	incidents: ReturnType<typeof createIncidents>;
}) {
	const { database, clock, logger, incidents } = ports;
	const known = new Map<string, string>();

	return async function reportInvalid(targets: Target[]): Promise<void> {
		for (const target of targets) {
			const issues = target.status === 'published' ? target.issues : [];
			const text = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
			if ((known.get(target.id) ?? '') === text) continue;
			known.set(target.id, text);
			if (text === '') {
				await incidents.succeeded(target.id);
				continue;
			}
			const saysIt = await acquireLease(database, `invalid:${target.id}`.slice(0, 58), clock.id(), 5_000, clock.now());
			if (!saysIt) continue;
			const message = `a rule is invalid and turned off: ${text}`;
			logger.warn(`[downstream] "${target.name}": ${message}`);
			await incidents.failed(target.id, 1, { code: 'RULE_INVALID', message }, true);
		}
	};
}
