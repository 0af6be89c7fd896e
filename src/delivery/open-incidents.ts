import type { Knex } from 'knex';
import type { Clock, Logger } from '../kernel/ports.js';
import { createIncidents } from './incidents.js';
import type { TargetKind } from '../contract/vocabulary.js';
import { createIncidentWebhook } from './incident-webhook.js';
import { createNotifications, type NotifyUsers } from './notifications.js';
import { countAffected, hasRetrying } from './tables/history-table.js';
import { latestIncident, runningIncidents, saveIncident } from './tables/incident-table.js';

/** Opens incidents with what they need, and says who is told of them. `tick` tells webhooks what they have not taken yet. */
export function openIncidents(
	ports: Parameters<typeof createIncidentWebhook>[0] & {
		database: Knex;
		logger: Logger;
		notifyUsers: NotifyUsers;
		clock: Clock;
		kindOf(target: string): TargetKind;
		nameOf(target: string): string;
		usersOf(target: string): Promise<string[]>;
	},
) {
	const { database, logger, notifyUsers, clock } = ports;
	const webhook = createIncidentWebhook(ports);
	const incidents = createIncidents({
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
			counts: (target, since) => countAffected(database, target, since),
			tellWebhooks: webhook.tell,
		}),
	});
	return { ...incidents, tick: webhook.tick };
}
