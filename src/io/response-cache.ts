import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import type { DirectusServices } from './directus-services.js';

/**
 * Directus tells of a created item before it clears its response cache; a front end that refetches at once would be
 * served the old answer. Clearing it once more, right before values are read and sent, closes that gap.
 */
export function createResponseCache(doors: {
	database: Knex;
	services: DirectusServices;
	getSchema: () => Promise<SchemaOverview>;
	environment: Pick<Environment, 'CACHE_ENABLED' | 'CACHE_AUTO_PURGE'>;
}) {
	const { database, services, getSchema, environment } = doors;
	return async function clear(): Promise<void> {
		if (!environment.CACHE_ENABLED || !environment.CACHE_AUTO_PURGE) return;
		const accountability = { admin: true, app: true, user: null, role: null, roles: [], ip: null };
		const utils = new services.UtilsService({ schema: await getSchema(), knex: database, accountability });
		await utils.clearCache({ system: false });
	};
}
