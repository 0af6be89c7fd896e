import { isSyncPolicy } from '../../../identity/core/sync-account.js';
import {
	FLUSH_TARGETS,
	FLUSH_TARGETS_USERS,
	REMOTE_SOURCES,
	REMOTE_SOURCES_USERS,
} from '../../../contract/vocabulary.js';
import type { Bundle, Element, Snapshot } from '../../../contract/bundle.js';

/**
 * Collections that Downstream installs on every instance by itself, and the id map. An instance that runs Downstream has
 * them, so that they are no part of anybody's configuration unless asked for.
 */
const OWN_COLLECTIONS = new Set([
	FLUSH_TARGETS,
	FLUSH_TARGETS_USERS,
	REMOTE_SOURCES,
	REMOTE_SOURCES_USERS,
	'directus_sync_id_map',
]);

export const isOwnCollection = (collection: string): boolean =>
	OWN_COLLECTIONS.has(collection) || collection.startsWith('downstream_');

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

/** Downstream's own policy, and what that permits. */
export function ownElements({ policies = [], permissions = [] }: Bundle['elements']): Bundle['elements'] {
	const own = policies.filter(isSyncPolicy);
	const ids = new Set(own.map(({ _syncId }) => _syncId));
	return { policies: own, permissions: permissions.filter(({ policy }) => ids.has(String(policy))) };
}

/** A bundle without Downstream's own collections and its policy with what that permits. */
export function withoutOwn(bundle: Bundle): Bundle {
	const own = new Set(Object.values(ownElements(bundle.elements)).flat());
	const others = (elements: Element[] | undefined) => elements?.filter((element) => !own.has(element));
	const { policies, permissions } = bundle.elements;
	return {
		...bundle,
		schema: bundle.schema && schemaWithoutOwn(bundle.schema),
		elements: {
			...bundle.elements,
			...(policies ? { policies: others(policies) } : {}),
			...(permissions ? { permissions: others(permissions) } : {}),
		},
	};
}
