/**
 * The words of the public contract, as values. No imports: the browser, the server and the docs all read this file.
 */

/** What can happen to one item. */
export const EVENTS = ['create', 'update', 'delete'] as const;
export type EventName = (typeof EVENTS)[number];

/** Where a delivery stands. `pending` has never been tried; `retrying` has been, and waits for its next try. */
export const DELIVERY_STATUSES = ['pending', 'sending', 'delivered', 'retrying', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** A target's health: `degraded` = its last try failed and will be repeated, `open` = its circuit breaker is open. */
export const TARGET_STATES = ['healthy', 'degraded', 'open', 'paused', 'invalid'] as const;
export type TargetState = (typeof TARGET_STATES)[number];

/** What a target is: a front end or CDN (`flush`), or another Directus (`sync`). */
export const TARGET_KINDS = ['flush', 'sync'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

/** What is kept of what people do: `retry` of what had been given up is also how a row is forced through. */
export const OPERATIONS = [
	'pause',
	'resume',
	'retry',
	'cancel',
	'flush',
	'test',
	'backfill',
	'repair',
	'undo',
	'resolve',
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** Only published targets are served. */
export const TARGET_STATUSES = ['published', 'draft', 'archived'] as const;
export type TargetStatus = (typeof TARGET_STATUSES)[number];

/** How a flush target wants it on the wire. */
export const ADAPTERS = ['webhook', 'nextjs', 'cloudflare', 'fastly', 'vercel', 'netlify', 'varnish'] as const;
export type AdapterName = (typeof ADAPTERS)[number];

/** Stands for every item of a collection, where a change touches more items than are worth naming. */
export const ALL_ITEMS = '*';

export const FLUSH_TARGETS = 'cache_flush_targets';
export const FLUSH_TARGETS_USERS = 'cache_flush_targets_directus_users';

/** What an encrypted or concealed value looks like to everybody who may not see it (Directus' own mask). */
export const MASK = '**********';

export const REMOTE_SOURCES = 'data_sync_remote_sources';
export const REMOTE_SOURCES_USERS = 'data_sync_remote_sources_directus_users';

/** As whom other instances write here. The ids are those of the predecessor, so that what it made is recognised. */
export const DATA_SYNC = {
	policy: '2e76994c-a4eb-47ac-b811-e4692ad9de5e',
	policyName: 'Data Sync',
	user: '7c6b6863-d298-453d-a192-4a343eb7ddd3',
	userName: 'Data Sync Directus',
	access: 'c40c6bec-bfaf-4b22-8045-bbfb42081c2a',
} as const;

/** The collections that hold targets, of either kind. */
export const TARGET_COLLECTIONS: readonly string[] = [FLUSH_TARGETS, REMOTE_SOURCES];

/** What happens where a field was changed differently on both sides: the newest change wins, one side does, or a person decides. */
export const CONFLICT_POLICIES = ['newest', 'local', 'remote', 'manual'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];

/** Where changes of a collection go: to the remote source, from it, or both. */
export const DIRECTIONS = ['push', 'pull', 'both'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** What happens where one side deleted a row that the other changed without knowing. */
export const DELETE_POLICIES = ['park', 'delete', 'update'] as const;
export type DeletePolicy = (typeof DELETE_POLICIES)[number];

/** What a sync rule may say. */
export const SYNC_RULE_KEYS: readonly string[] = [
	'collection',
	'fields',
	'when',
	'direction',
	'conflict',
	'match',
	'on_delete_conflict',
	'references',
	'rewrite_ids',
];
