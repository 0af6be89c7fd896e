import type { Issue } from '../../../contract/issue.js';
import { collectionRefusal } from '../../../kernel/core/never-sent.js';

/** Directus' own collections that are content. */
const CONTENT = ['directus_files', 'directus_folders'];

/** Why none of Directus' other collections is synced, where there is more to say than that it is not content. */
const REASONS: Record<string, string> = {
	directus_users: 'users are never created or changed by sync; references to them are matched by e-mail',
	directus_access: 'who may do what is decided by each instance',
	directus_permissions: 'who may do what is decided by each instance',
	directus_policies: 'who may do what is decided by each instance',
	directus_roles: 'who may do what is decided by each instance',
	directus_settings: 'settings are configuration, which config push and pull carry',
	directus_flows: 'flows are configuration, which config push and pull carry',
	directus_operations: 'flows are configuration, which config push and pull carry',
	directus_collections: 'the data model is configuration, which config push and pull carry',
	directus_fields: 'the data model is configuration, which config push and pull carry',
	directus_relations: 'the data model is configuration, which config push and pull carry',
	directus_dashboards: 'dashboards are configuration, which config push and pull carry',
	directus_panels: 'dashboards are configuration, which config push and pull carry',
	directus_presets: 'presets are configuration, which config push and pull carry',
	directus_translations: 'translations of the Studio are configuration, which config push and pull carry',
};

/** Why a collection is never synced; null if it may be. */
export function refusedCollection(collection: string): Issue | null {
	const secret = collectionRefusal(collection);
	if (secret === null && (!collection.startsWith('directus_') || CONTENT.includes(collection))) return null;
	const reason =
		secret === null ? (REASONS[collection] ?? 'it belongs to this instance, and is not content') : `it ${secret}`;
	return { path: '/collection', code: 'refused_collection', message: `"${collection}" cannot be synced: ${reason}` };
}
