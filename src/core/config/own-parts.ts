import { FLUSH_TARGETS, FLUSH_TARGETS_USERS } from '../vocabulary.js';
import type { Bundle, Element, Snapshot } from './bundle.js';

/**
 * Collections that Downstream installs on every instance by itself, and the id map. An instance that runs Downstream has
 * them, so that they are no part of anybody's configuration unless asked for.
 */
const OWN_COLLECTIONS = new Set([
	FLUSH_TARGETS,
	FLUSH_TARGETS_USERS,
	'data_sync_remote_sources',
	'data_sync_remote_sources_directus_users',
	'directus_sync_id_map',
]);

/** By name: in a dump that `directus-sync` wrote, nothing else tells which policy it is. */
const OWN_POLICY = 'Data Sync';

const isOwnCollection = (collection: string): boolean =>
	OWN_COLLECTIONS.has(collection) || collection.startsWith('downstream_');

export const isOwnPolicy = (policy: Record<string, unknown>): boolean =>
	policy['name'] === OWN_POLICY && policy['admin_access'] !== true && policy['app_access'] !== true;

/** A schema without Downstream's collections. Relations of others to them stay: wherever it goes, those are there. */
export function schemaWithoutOwn(schema: Snapshot): Snapshot {
	const isOther = ({ collection }: { collection: string }) => !isOwnCollection(collection);
	return {
		...schema,
		collections: schema.collections.filter(isOther),
		fields: schema.fields.filter(isOther),
		relations: schema.relations.filter(isOther),
	};
}

/** A bundle without Downstream's own collections and its policy with what that permits. */
export function withoutOwn(bundle: Bundle): Bundle {
	const { policies, permissions } = bundle.elements;
	const own = new Set((policies ?? []).filter(isOwnPolicy).map((policy) => policy._syncId));
	const isOther = (element: Element) => !own.has(element._syncId);
	return {
		...bundle,
		schema: bundle.schema && schemaWithoutOwn(bundle.schema),
		elements: {
			...bundle.elements,
			...(policies && own.size > 0 ? { policies: policies.filter(isOther) } : {}),
			...(permissions && own.size > 0
				? { permissions: permissions.filter((permission) => !own.has(String(permission['policy']))) }
				: {}),
		},
	};
}
