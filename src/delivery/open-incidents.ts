import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { Clock, Logger } from '../kernel/ports.js';
import { createIncidents } from './incidents.js';
import type { TargetKind } from '../contract/vocabulary.js';
import { createNotifications } from './notifications.js';
import { countAffected, hasRetrying } from './tables/history-table.js';
import { latestIncident, runningIncidents, saveIncident } from './tables/incident-table.js';

/** Opens incidents with what they need, and says who is told of them. */
export function openIncidents(ports: {
	database: Knex;
	services: DirectusServices;
	getSchema(): Promise<SchemaOverview>;
	logger: Logger;
	environment: Pick<Environment, 'PUBLIC_URL'>;
	clock: Clock;
	kindOf(target: string): TargetKind;
	nameOf(target: string): string;
	usersOf(target: string): Promise<string[]>;
}) {
	const { database, services, getSchema, logger, environment, clock } = ports;
	return createIncidents({
		clock,
		latest: (target) => latestIncident(database, target),
		running: () => runningIncidents(database),
		save: (incident) => saveIncident(database, incident),
		hasRetrying: (target) => hasRetrying(database, target),
		kindOf: ports.kindOf,
		notify: createNotifications({
			database,
			services,
			getSchema,
			logger,
			publicUrl: environment.PUBLIC_URL,
			usersToNotify: ports.usersOf,
			targetName: ports.nameOf,
			affected: (target, since) => countAffected(database, target, since),
		}),
	});
}
