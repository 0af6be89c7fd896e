import { z } from 'zod';
import { LIMITS } from '../../schema.js';
import { CONFLICT_KINDS } from './vocabulary.js';

/** Both sides of a link speak one protocol; another number is refused with a word about which side is older. */
export const PROTOCOL = 1;

/** Changes in one request, at the most. */
const MOST_CHANGES = LIMITS.syncBatch;

/** The id of an instance. */
export const instance = z.string().regex(/^[0-9a-z]{12}$/, 'expected the id of an instance');

/** Texts that every database can keep as they are, and that mean nothing to JavaScript. */
const isPlain = (text: string) => text !== '__proto__' && text.isWellFormed() && !text.includes('\0');
const name = z.string().min(1).max(255).refine(isPlain, 'expected a name that can be stored');

/** As long as a collection's name can be where it is kept. */
const collection = name.max(64);
const stamp = z.string().regex(/^[0-9a-z]{11}-[0-9a-z]{12}$/, 'expected a stamp');
/** More instances than any project has: identities of copies that are gone are counted, too. */
export const MOST_INSTANCES = 256;

/** Fields of one row. */
export const MOST_FIELDS = 1_000;

const knows = z.record(instance, stamp);

const plainValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const rowState = z.strictObject({
	groups: z
		.array(
			z.strictObject({
				stamp,
				knows,
				decided: z.literal(true).optional(),
				values: z.record(name, z.unknown()),
			}),
		)
		.max(MOST_FIELDS),
	deleted: z.strictObject({ stamp, knows }).nullable(),
});

/** One row as it is sent to another instance: its state, cut to the fields of the rule, and who has it. */
export const syncChange = z.strictObject({
	collection,
	sync_id: name,
	/** Its key at the sender: proposed where keys are text, shown to people. */
	key: name,
	state: rowState,
	seen_by: z.array(instance).max(MOST_INSTANCES),
	/** Fields that find the row on the other side before it was ever synced, and how many rows have them here. */
	match: z.strictObject({ fields: z.array(name).min(1).max(100), count: z.number().int().min(0) }).optional(),
	/** The backfill or repair that it belongs to, to be able to take all of it back. */
	run: z
		.string()
		.regex(/^[\w-]{1,36}$/, 'expected an id')
		.optional(),
	/** A user has looked at it and wants it sent all the same. */
	forced: z.literal(true).optional(),
	/** A new row is to have the sender's number, where that is free. */
	keep_key: z.literal(true).optional(),
	/** Values that the row is given there: as a new one, or whenever something of it is written. */
	on_arrival: z
		.strictObject({ create: z.record(name, plainValue).optional(), always: z.record(name, plainValue).optional() })
		.optional(),
});

/** The body of `POST /downstream/sync/apply`. */
export const syncApply = z.strictObject({
	protocol: z.number().int(),
	from: instance,
	changes: z.array(syncChange).max(MOST_CHANGES),
});

/** The same as it is received: each row is read by itself (`readChanges`), so that a bad one keeps no other out. */
export const syncReceived = syncApply.extend({
	changes: z
		.array(z.unknown())
		.max(MOST_CHANGES)
		.meta({ description: 'The rows, each with its state. One that cannot be read is refused by itself.' }),
});
export type SyncChange = z.infer<typeof syncChange>;

/** Rows that one row is said to wait for, at the most. */
export const MOST_AWAITED = 100;

/**
 * What became of one row: `waiting` for what it refers to (an optional reference was left empty meanwhile); `parked`
 * until an admin decides.
 */
export const syncResult = z.object({
	collection: name,
	sync_id: name,
	outcome: z.enum(['applied', 'unchanged', 'waiting', 'parked']),
	code: z.string().optional(),
	message: z.string().optional(),
	/** The SHA-256 of bytes that have to follow for the row to be whole. */
	needs: z.string().optional(),
	/** The row without which this one cannot be written. */
	waits_for: z.object({ collection: name, sync_id: name }).optional(),
	/** Rows that this one leads to, and which have not arrived. */
	awaits: z
		.array(z.object({ field: name, collection: name, sync_id: name }))
		.max(MOST_AWAITED)
		.optional(),
	/** Fields that the receiving user may not write, or that are not there. */
	refused: z.array(z.string()).optional(),
});
export type SyncResult = z.infer<typeof syncResult>;

/** The code of a row that waits for what it refers to. */
export const WAITING = 'WAITING_FOR_REFERENCE';

/** The code of a row that cannot be there as long as one that it needs is parked. */
export const REFERENCE_PARKED = 'REFERENCE_PARKED';

/** Why a row is parked because of another one. */
export const needsParked = (other: { collection: string; sync_id: string }, why: string): string =>
	`it needs ${other.collection} ${other.sync_id}, which is parked: ${why}`;

/** What an instance can read of a request: a body that is packed. */
const takes = z.object({ gzip: z.boolean().optional() }).optional();

/**
 * The answer to it, under `data`. `offers`: the fingerprint of what this instance offers of each collection that was sent
 * (`collectionOffer`), by which the sender sees that it changed.
 */
export const syncApplied = z.object({
	instance,
	results: z.array(syncResult),
	offers: z.record(z.string(), z.string()).optional(),
	takes,
});
export type SyncApplied = z.infer<typeof syncApplied>;

/** The body of `POST /downstream/sync/digests`: sums of a collection's rows, or the rows of some buckets. */
export const syncDigests = z.strictObject({
	protocol: z.number().int(),
	from: instance,
	collection: name,
	fields: z.array(name).max(1_000),
	buckets: z
		.array(z.string().regex(/^[0-9a-f]{3}$/))
		.max(4_096)
		.optional(),
	/** Rows are called by their keys, and not by sync ids: one instance is a copy of the other. */
	by_key: z.literal(true).optional(),
});

/**
 * What an instance says of one collection's rows: as sums first, then row by row where they differ. `rows` have a sync id;
 * `unmapped` were never synced, so that no other instance can have them; `fields` are those asked for that are there and may be.
 */
export const collectionDigests = z.object({
	rows: z.number().int(),
	unmapped: z.number().int(),
	unmapped_keys: z.array(z.string()),
	fields: z.array(z.string()),
	buckets: z.record(z.string(), z.string()),
	/** Whether digests are made with the named key (`digest-key.ts`). */
	keyed: z.boolean().optional(),
	/** Whether digests include milliseconds, as requested (`kept-times.ts`). */
	ms: z.boolean().optional(),
	/** Fields among those asked for of which the answering side has its own values. */
	local: z.array(z.string()).optional(),
});
export type CollectionDigests = z.infer<typeof collectionDigests>;

/** Rows of some buckets, by sync id. */
export const bucketRows = z.record(
	z.string(),
	z.object({ key: z.string(), digest: z.string(), fields: z.record(z.string(), z.string()) }),
);
export type BucketRows = z.infer<typeof bucketRows>;

/** The body of `POST /downstream/sync/resend`: rows that the asking instance wants sent again, or all of some collections. */
export const syncResend = z.strictObject({
	protocol: z.number().int(),
	from: instance,
	collections: z
		.array(z.strictObject({ collection: name, sync_ids: z.array(name).max(10_000).optional() }))
		.min(1)
		.max(500),
});

/** The answer to it, under `data`: what becomes of each collection, in words. */
export const syncAsked = z.object({ asked: z.array(z.object({ collection: name, message: z.string() })) });

const fieldAccess = z.object({
	type: z.string(),
	nullable: z.boolean(),
	required: z.boolean(),
	related: z.string().nullable(),
	create: z.boolean(),
	update: z.boolean(),
});

/** What an instance offers of one of its collections to an instance that wants to sync it. */
const collectionOffer = z.object({
	exists: z.boolean(),
	primary: z.string().nullable(),
	key_type: z.enum(['uuid', 'integer', 'text']).nullable(),
	singleton: z.boolean(),
	create: z.boolean(),
	update: z.boolean(),
	delete: z.boolean(),
	/** Set if fields may be missing because the user has no permission for them. */
	fields: z.record(z.string(), fieldAccess),
	partial: z.literal(true).optional(),
});
export type CollectionOffer = z.infer<typeof collectionOffer>;

/** The answer to `POST /downstream/sync/pair`, under `data`. */
export const syncPaired = z.object({ instance, credential: z.string().min(20).max(200) });

/** What this instance says of itself. */
export const TAKES = { gzip: true } as const;

/** The body of `POST /downstream/sync/hello`. */
export const syncHello = z.strictObject({
	protocol: z.number().int(),
	from: instance,
	collections: z.array(name).max(1_000),
});
export type SyncHello = z.infer<typeof syncHello>;

/** Most conflicts that are named to the instance that they are with. */
export const MOST_NAMED_CONFLICTS = 100;

/** What an instance tells another of the conflicts with it that wait for a decision: no values. */
const openConflicts = z.object({
	total: z.number().int(),
	named: z
		.array(
			z.object({
				id: z.string().max(255),
				kind: z.enum(CONFLICT_KINDS),
				collection: name,
				sync_id: name,
				fields: z.array(name).max(1_000),
				at: z.number(),
			}),
		)
		.max(MOST_NAMED_CONFLICTS),
});
export type OpenConflicts = z.infer<typeof openConflicts>;

/** The answer to it, under `data`. */
export const syncWelcome = z.object({
	instance,
	version: z.string().max(100),
	protocol: z.number().int(),
	takes,
	/** ms since 1970, to see whether the clocks agree. */
	now: z.number(),
	/** Whether its database keeps milliseconds; absent in versions that compare whole seconds. */
	keeps_ms: z.boolean().optional(),
	/** Whether a published remote source for the asking instance is here. */
	knows_you: z.boolean(),
	collections: z.record(z.string(), collectionOffer),
	/** Of the collections asked for; absent in versions that do not tell. */
	open_conflicts: openConflicts.optional(),
	/** One for each of them. */
	fingerprints: z.record(z.string(), z.string()).optional(),
	/** By collection, how what the asking instance sends is taken in by the rules there. */
	policies: z.record(z.string(), z.object({ on_delete_conflict: z.string(), match: z.array(z.string()) })).optional(),
});
export type SyncWelcome = z.infer<typeof syncWelcome>;
