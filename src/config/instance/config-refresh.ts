import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { DirectusServices } from '../../kernel/directus-services.js';

const ADMIN = { admin: true, app: true, user: null, role: null, roles: [], ip: null };

/**
 * Clears the caches of this node and all others (schema, permissions, answers), and reloads their flows, once, if any
 * changed. Call it after the commit, so that they read what was written.
 */
export async function refreshDirectus(
	{
		database,
		services,
		getSchema,
	}: { database: Knex; services: DirectusServices; getSchema: () => Promise<SchemaOverview> },
	{ flows }: { flows: boolean },
): Promise<void> {
	// Before the caches are cleared: nothing is written by it, so that an older one does, and to read it anew takes long.
	const schema = flows ? await getSchema() : { collections: {}, relations: [] };
	await new services.UtilsService({ knex: database, schema, accountability: ADMIN }).clearCache({ system: true });
	if (!flows) return;
	// To change no flow at all is all it takes for Directus to tell every node to load them again.
	const service = new services.FlowsService({ knex: database, schema, accountability: null });
	await service.updateMany([], {}, { emitEvents: false });
}
