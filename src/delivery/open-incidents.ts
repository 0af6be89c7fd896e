import type { Knex } from 'knex';
import type { Clock, Logger } from '../kernel/ports.js';
import { createIncidents } from './incidents.js';
import type { TargetKind } from '../contract/vocabulary.js';
import { createNotifications, type NotifyUsers } from './notifications.js';
import { countAffected, hasRetrying } from './tables/history-table.js';
import { latestIncident, runningIncidents, saveIncident } from './tables/incident-table.js';

/** Opens incidents with what they need, and says who is told of them. */
export function openIncidents(ports: {
	database: Knex;
	logger: Logger;
	notifyUsers: NotifyUsers;
	clock: Clock;
	kindOf(target: string): TargetKind;
	nameOf(target: string): string;
	usersOf(target: string): Promise<string[]>;
}) {
	const { database, logger, notifyUsers, clock } = ports;
	return createIncidents({
		clock,
		latest: (target) => latestIncident(database, target),
		running: () => runningIncidents(database),
		save: (incident) => saveIncident(database, incident),
		hasRetrying: (target) => hasRetrying(database, target),
		kindOf: ports.kindOf,
		notify: createNotifications({
			logger,
			notifyUsers,
			usersToNotify: ports.usersOf,
			targetName: ports.nameOf,
			affected: (target, since) => countAffected(database, target, since),
		}),
	});
}
