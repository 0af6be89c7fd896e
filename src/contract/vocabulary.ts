/**
 * The words of the public contract, as values. Imports nothing else: the browser, the server and the docs all read this file.
 */

/** What can happen to one item. */
export const EVENTS = ['create', 'update', 'delete'] as const;
export type EventName = (typeof EVENTS)[number];

/** What has become of an item, in the words that a receiver acts by; the last two are no changes of items. */
export const CHANGE_TYPES = ['created', 'updated', 'published', 'unpublished', 'deleted', 'purged', 'test'] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** Where a delivery stands. `pending` has never been tried; `retrying` has been, and waits for its next try. */
export const DELIVERY_STATUSES = ['pending', 'sending', 'delivered', 'retrying', 'failed', 'cancelled'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * A target's health: `degraded` = its last try failed and will be repeated, `open` = its circuit breaker is open,
 * `failed` = it refused deliveries for good, `held` = it asked to be left alone for a while, `unused` = it has no rules.
 */
export const TARGET_STATES = ['healthy', 'degraded', 'open', 'paused', 'invalid', 'failed', 'held', 'unused'] as const;
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
	'purge',
	'test',
	'backfill',
	'repair',
	'promote',
	'release',
	'copy',
	'undo',
	'resolve',
	'identity',
	'pair',
	'unpair',
] as const;
export type OperationName = (typeof OPERATIONS)[number];

/** The error code of a delivery for which the adapter makes no request: it ends as `cancelled`, not as delivered. */
export const NOTHING_TO_PURGE = 'NOTHING_TO_PURGE';

/** The error code of a delivery that the remote keeps as a conflict: it ends as `cancelled`, and the conflict by a decision there. */
export const IN_CONFLICT = 'IN_CONFLICT';

/** Directus' types of fields that hold a moment. */
export const DATE_TYPES: readonly string[] = ['timestamp', 'dateTime', 'date'];

/** Only published targets are served. */
export const TARGET_STATUSES = ['published', 'draft', 'archived'] as const;
export type TargetStatus = (typeof TARGET_STATUSES)[number];

/** How a flush target wants it on the wire. */
export { ADAPTERS, type AdapterName } from './adapter-names.js';

/** What a user can purge at a target by hand. */
export const PURGE_KINDS = ['tags', 'paths', 'prefixes', 'everything'] as const;
export type PurgeKind = (typeof PURGE_KINDS)[number];

/** Where the tags of a flush target come from: its rules, or what the reads that a change makes out of date carry. */
export const TAG_WAYS = ['rules', 'automatic'] as const;

/** How a page was found after a delivery; `unknown`: nothing of its answer says when it was made. */
export const CHECK_STATES = ['fresh', 'stale', 'unknown'] as const;

/**
 * Stands for every item of a collection, when a change touches too many items to name them. It is half a character, which
 * no database stores: unlike `*`, no item can have it as its key.
 */
export const ALL_ITEMS = '\uDFFF*';

/** The same in tables, answers and requests. */
export const ALL_ITEMS_WRITTEN = '*';

/** An item in tables and answers: a key that would read as every item gets a backslash, and so does `\*`. */
export const writtenItem = (item: string): string =>
	item === ALL_ITEMS ? ALL_ITEMS_WRITTEN : /^\\*\*$/.test(item) ? `\\${item}` : item;

/** What `writtenItem` has written. */
export const itemOfWritten = (written: string): string =>
	written === ALL_ITEMS_WRITTEN ? ALL_ITEMS : /^\\+\*$/.test(written) ? written.slice(1) : written;

/** Fields that Directus writes by itself, when a user logs in or opens a page: no user has changed the item. */
export const BUMPED: Record<string, readonly string[]> = {
	directus_users: ['last_access', 'last_page'],
};

/** Drafts of items, by item and key; what they hold is never sent. */
export const CONTENT_VERSIONS = 'directus_versions';

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

/**
 * What a conflict is about: fields that both sides changed, a deleted row that the other side changed, which row is meant,
 * or a unique value that two rows have.
 */
export const CONFLICT_KINDS = ['fields', 'delete', 'identity', 'unique'] as const;
export type ConflictKind = (typeof CONFLICT_KINDS)[number];

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
	'keep_ids',
	'local_fields',
	'on_arrival',
	'languages',
];

/** What an admin can say an instance is whose database turned up in another place. */
export const IDENTITY_DECISIONS = ['moved', 'copy', 'restored'] as const;
export type IdentityDecision = (typeof IDENTITY_DECISIONS)[number];

/** The message of a push whose job is `lost`. */
export const PUSH_LOST = {
	code: 'LOST',
	message: 'Directus ended while it pushed: the history says whether the push was applied or is half done.',
};
