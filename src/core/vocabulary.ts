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
