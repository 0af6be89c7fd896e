import type { SchemaOverview } from '@directus/types';
import { FLUSH_TARGETS, FLUSH_TARGETS_USERS, REMOTE_SOURCES, REMOTE_SOURCES_USERS } from '../../contract/vocabulary.js';

/**
 * The one list of what never leaves this instance: not by a flush rule, not by sync, not as configuration. A field is on
 * it by what Directus' schema says of it, or by name among Directus' own collections, whose every collection of 11 and 12
 * is either here or in `SYSTEM` (`never-sent.e2e.ts` holds the list against both).
 */

/** Directus' own collections that rules may be about. One that a later Directus adds stays in until it is looked at. */
const SYSTEM = new Set(
	(
		'access collections comments dashboards deployment_projects deployment_runs extensions fields files flows folders ' +
		'notifications operations panels permissions policies presets relations roles settings translations users versions'
	)
		.split(' ')
		.map((name) => `directus_${name}`),
);

/** Collections of which nothing is sent, and why, as the end of a sentence. */
const COLLECTIONS: Record<string, string> = {
	directus_sessions: 'holds the tokens of people who are logged in',
	directus_shares: 'holds the addresses and passwords of shared items',
	directus_activity: 'says what everybody did, and names shares and flows by their ids',
	directus_revisions: 'holds old values of every collection',
	directus_deployments: 'holds the credentials of other services',
	directus_migrations: 'belongs to the database of this instance',
	directus_oauth_clients: 'holds the secrets of OAuth clients',
	directus_oauth_codes: 'holds OAuth codes',
	directus_oauth_consents: 'says who let which OAuth client in',
	directus_oauth_tokens: 'holds OAuth tokens',
	[FLUSH_TARGETS]: 'says where this instance sends its changes',
	[FLUSH_TARGETS_USERS]: 'says where this instance sends its changes',
	[REMOTE_SOURCES]: 'says where this instance sends its changes',
	[REMOTE_SOURCES_USERS]: 'says where this instance sends its changes',
};

/** Fields that never leave, besides those that Directus hashes, conceals or encrypts. */
const FIELDS: Record<string, string[]> = {
	directus_users: ['password', 'token', 'tfa_secret', 'auth_data', 'external_identifier'],
	directus_settings: [
		'ai_openai_api_key',
		'ai_anthropic_api_key',
		'ai_google_api_key',
		// As a whole: without the licence for it Directus reads all of it as null, which must not overwrite what is there.
		'ai_openai_compatible_name',
		'ai_openai_compatible_base_url',
		'ai_openai_compatible_api_key',
		'ai_openai_compatible_headers',
		'ai_openai_compatible_models',
		'license_key',
		'license_token',
		'mapbox_key',
	],
};

/** Fields that hold whatever people put in, credentials too. No rule sends them; a push of configuration carries flows. */
const NOT_BY_RULE: Record<string, string[]> = {
	directus_flows: ['options'],
	directus_operations: ['options'],
	directus_versions: ['delta'],
};

/** Why nothing of a collection is ever sent, as the end of a sentence; null where something may be. */
export function collectionRefusal(collection: string): string | null {
	if (Object.hasOwn(COLLECTIONS, collection)) return COLLECTIONS[collection] as string;
	if (collection.startsWith('downstream_')) return 'is a table of Downstream itself';
	if (collection.startsWith('directus_') && !SYSTEM.has(collection))
		return 'belongs to Directus, and is not known to be without secrets';
	return null;
}

/** The names of a collection's fields that never leave, whatever their specials: for configuration, which has no schema. */
export const secretFieldsOf = (collection: string): readonly string[] =>
	Object.hasOwn(FIELDS, collection) ? (FIELDS[collection] as string[]) : [];

/** Whether Directus itself keeps the values of a field with these specials from everybody. */
export const isKeptSecret = (specials: readonly string[]) =>
	specials.some((special) => ['hash', 'conceal', 'encrypt'].includes(special));

/** Why a field's value is never sent, as the end of a sentence; null where it may be. The field need not be there. */
export function fieldRefusal(schema: SchemaOverview, collection: string, name: string): string | null {
	const collections = schema.collections;
	const fields = Object.hasOwn(collections, collection) ? collections[collection]?.fields : undefined;
	const field = fields && Object.hasOwn(fields, name) ? fields[name] : undefined;
	if (field && isKeptSecret(field.special)) return 'is hashed, concealed or encrypted: its value is never sent';
	if (secretFieldsOf(collection).includes(name)) return 'is a secret: its value is never sent';
	if (Object.hasOwn(NOT_BY_RULE, collection) && NOT_BY_RULE[collection]?.includes(name))
		return 'may hold credentials and values of any collection: it is never sent';
	const led = schema.relations.find((relation) => relation.collection === collection && relation.field === name);
	const ends = led?.related_collection ? [led.related_collection] : (led?.meta?.one_allowed_collections ?? []);
	const refused = ends.find((end) => collectionRefusal(end) !== null);
	// The key of a session is its token, that of a share its address.
	return refused === undefined ? null : `names an item of ${refused}, which ${collectionRefusal(refused)}`;
}

const ALONE = new Set(['password', 'passwd', 'passphrase', 'pwd', 'secret', 'secrets', 'apikey', 'apikeys']);
const LAST = new Set(['token', 'tokens', 'credential', 'credentials']);
const KEYS = new Set(
	'api access private secret signing encryption license licence auth master service client webhook'.split(' '),
);

/**
 * Whether a field's name says that it holds a credential (`api_key`, `refreshToken`). Only a guess: `*` leaves such a field
 * out of a flush, and a rule that names it sends it.
 */
export function soundsSecret(name: string): boolean {
	const words = name
		.replace(/([a-z\d])([A-Z])/g, '$1_$2')
		.toLowerCase()
		.split(/[^a-z\d]/)
		.filter((word) => word !== '' && word !== 'hash' && word !== 'hashed');
	return (
		LAST.has(words.at(-1) ?? '') ||
		words.some((word, at) => ALONE.has(word) || (/^keys?$/.test(word) && KEYS.has(words[at - 1] ?? '')))
	);
}
