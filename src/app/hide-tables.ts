import type { Host } from './runtime.js';

/** Downstream's plain tables, as the migrations make them. */
export const OWN_TABLES: readonly string[] = [
	'downstream_attempts',
	'downstream_checks',
	'downstream_config_jobs',
	'downstream_config_pushes',
	'downstream_config_reference',
	'downstream_deliveries',
	'downstream_hours',
	'downstream_incidents',
	'downstream_meta',
	'downstream_nodes',
	'downstream_notices',
	'downstream_operations',
	'downstream_outbox',
	'downstream_page_tags',
	'downstream_pages',
	'downstream_publishers',
	'downstream_rules',
	'downstream_sync_conflicts',
	'downstream_sync_credentials',
	'downstream_sync_files',
	'downstream_sync_ids',
	'downstream_sync_log',
	'downstream_sync_peers',
	'downstream_sync_users',
	'downstream_sync_versions',
	'downstream_targets',
];

/** Directus' setting: the tables that are no part of its schema. */
const SETTING = 'DB_EXCLUDE_TABLES';

/**
 * Takes Downstream's tables out of Directus' schema. Directus copies its whole schema for every request that it gets,
 * whatever is asked, and these tables are two in five of the columns of a small project. Nobody asks Directus for them:
 * they are no collections. One that somebody has made a collection stays.
 *
 * @param env as Directus hands it to extensions: the settings that it reads itself
 */
export async function hideTables({
	database,
	services,
	getSchema,
	env,
}: Pick<Host, 'database' | 'services' | 'getSchema'> & { env: Record<string, unknown> }): Promise<void> {
	const registered = await database('directus_collections').select<{ collection: string }[]>('collection');
	const shown = new Set(registered.map(({ collection }) => collection));
	const hidden = OWN_TABLES.filter((table) => !shown.has(table));
	const before = listOf(env[SETTING]);
	env[SETTING] = [...before, ...hidden.filter((table) => !before.includes(table))];
	// Directus has read its schema before it loads extensions, and keeps it until it changes.
	const schema = await getSchema();
	if (!hidden.some((table) => table in schema.collections)) return;
	await new services.RolesService({ knex: database, schema, accountability: null }).clearCaches?.({
		autoPurgeCache: false,
	});
}

function listOf(setting: unknown): string[] {
	if (Array.isArray(setting)) return setting.map(String);
	return typeof setting === 'string' && setting !== '' ? setting.split(',') : [];
}
