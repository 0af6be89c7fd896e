import type { Logger } from '../../kernel/ports.js';
import type { Accountability, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { installedExtensions } from '../core/elements/extension-states.js';
import { QUIET } from '../core/plan/quiet-writes.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import type { InstalledExtension } from '../core/elements/config-state.js';

/** In ms; Directus itself does not wait for a reload either, and it ends the very code that asks for it. */
const AFTER_THE_ANSWER = 500;

/** The extensions that Directus has found, and whether they are switched on. */
export async function readExtensions(database: Knex): Promise<InstalledExtension[]> {
	const rows = await database('directus_extensions').select<
		{ id: string; enabled: unknown; folder: string; source: string; bundle: string | null }[]
	>('id', 'enabled', 'folder', 'source', 'bundle');
	return installedExtensions(rows.map((row) => ({ ...row, enabled: row.enabled === true || row.enabled === 1 })));
}

/**
 * Through the service for items, not the one for extensions: that one would reload all extensions at once, in the middle
 * of the transaction. Of a bundle all entries are in the configuration too, so that nothing has to follow from it.
 */
export async function switchExtension(
	{
		database,
		services,
		accountability,
	}: { database: Knex; services: DirectusServices; accountability: Accountability },
	schema: SchemaOverview,
	{ id, enabled }: { id: string; enabled: boolean },
): Promise<void> {
	const service = new services.ItemsService('directus_extensions', { knex: database, schema, accountability });
	await service.updateOne(id, { enabled }, { ...QUIET });
}

/** Has this node and all others load their extensions again, once the answer is out: this one is among them. */
export function reloadExtensions({
	services,
	schema,
	database,
	logger,
}: {
	services: DirectusServices;
	schema: SchemaOverview;
	database: Knex;
	logger: Logger;
}): void {
	const { extensionsManager: manager } = new services.ExtensionsService({
		knex: database,
		schema,
		accountability: null,
	});
	const reload = async () => {
		await manager.reload();
		await manager.broadcastReloadNotification();
	};
	setTimeout(() => {
		reload().catch((error: unknown) =>
			logger.error(`[downstream] the extensions could not be reloaded: restart Directus (${String(error)})`),
		);
	}, AFTER_THE_ANSWER).unref();
}
