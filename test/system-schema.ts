import type { SchemaOverview } from '@directus/types';
import { requireOfDirectus, type DirectusVersion } from './kit/playground.js';
import { collection, field, relation } from './schema-overview.js';

interface SystemData {
	systemCollectionRows: { collection: string }[];
	systemFieldRows: { collection: string; field: string; special: string[] | null }[];
	systemRelationRows: {
		many_collection: string;
		many_field: string;
		one_collection: string | null;
		one_field: string | null;
		junction_field: string | null;
	}[];
}

/** Primary keys that are not `id`. */
const PRIMARY: Record<string, string> = {
	directus_sessions: 'token',
	directus_collections: 'collection',
	directus_migrations: 'version',
	directus_oauth_clients: 'client_id',
};

/** Directus' own data model of a version, and a project's collections that lead into it from all sides. */
export function systemSchema(version: DirectusVersion): SchemaOverview {
	const data = requireOfDirectus(version)('@directus/system-data') as SystemData;
	const collections = data.systemCollectionRows.map(({ collection: name }) => {
		const primary = PRIMARY[name] ?? 'id';
		const fields = data.systemFieldRows
			.filter((row) => row.collection === name)
			.toSorted((a, b) => Number(b.field === primary) - Number(a.field === primary))
			.map((row) => {
				const special = row.special ?? [];
				const isAlias = special.some((one) => ['alias', 'o2m', 'm2m'].includes(one));
				return field(row.field, isAlias ? 'alias' : 'string', special);
			});
		return collection(name, fields);
	});
	const own = [
		collection('articles', [
			field('id', 'string'),
			field('title', 'string'),
			field('pin', 'string', ['encrypt']),
			field('api_key', 'string'),
			field('author', 'string', ['m2o']),
			field('last_session', 'string', ['m2o']),
			field('shared_by', 'string', ['m2o']),
			field('settings', 'string', ['m2o']),
			field('target', 'string', ['m2o']),
			field('parts', 'alias', ['m2a']),
		]),
		collection('articles_parts', [
			field('id', 'string'),
			field('articles_id', 'string'),
			field('collection', 'string'),
			field('item', 'string'),
		]),
		collection('cache_flush_targets', [field('id', 'string'), field('url', 'string'), field('api_key', 'string')]),
		collection('downstream_attempts', [field('id', 'string'), field('request', 'string')]),
	];
	return {
		collections: Object.fromEntries([...collections, ...own].map((overview) => [overview.collection, overview])),
		relations: [
			...data.systemRelationRows.map((row) =>
				relation([row.many_collection, row.many_field], row.one_collection, {
					...(row.one_field ? { one_field: row.one_field } : {}),
					...(row.junction_field ? { junction_field: row.junction_field } : {}),
				}),
			),
			relation(['articles', 'author'], 'directus_users'),
			relation(['articles', 'last_session'], 'directus_sessions'),
			relation(['articles', 'shared_by'], 'directus_shares'),
			relation(['articles', 'settings'], 'directus_settings'),
			relation(['articles', 'target'], 'cache_flush_targets'),
			relation(['articles_parts', 'articles_id'], 'articles', { one_field: 'parts', junction_field: 'item' }),
			relation(['articles_parts', 'item'], null, {
				one_collection_field: 'collection',
				allowed: ['directus_users', 'directus_files'],
				junction_field: 'articles_id',
			}),
		],
	};
}

/** What no output may hold, by what is known of each version; kept apart from the list that is tested. */
export function isPlanted(schema: SchemaOverview, collectionName: string, name: string): boolean {
	const special = schema.collections[collectionName]?.fields[name]?.special ?? [];
	if (special.some((one) => ['hash', 'conceal', 'encrypt'].includes(one))) return true;
	return [
		'directus_sessions.token',
		'directus_sessions.next_token',
		'directus_users.auth_data',
		'directus_users.external_identifier',
		'directus_shares.id',
		'directus_settings.mapbox_key',
		'directus_settings.ai_openai_compatible_headers',
		'directus_operations.options',
		'directus_flows.options',
		'directus_revisions.data',
		'directus_revisions.delta',
		'directus_versions.delta',
		'cache_flush_targets.api_key',
		'downstream_attempts.request',
	].includes(`${collectionName}.${name}`);
}
