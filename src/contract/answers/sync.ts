import { z } from 'zod';
import { bucketRows, collectionDigests, syncApplied, syncResult } from '../sync-messages.js';
import { DELIVERY_STATUSES } from '../vocabulary.js';
import { collectionPreview } from './previews.js';
import { time, whole } from './shapes.js';

/** How many there are, and the first of them. */
const counted = <Row extends z.ZodType>(row: Row) => z.object({ count: whole, rows: z.array(row) });
const collectionMessages = z.array(z.object({ collection: z.string(), message: z.string() }));

export const collectionComparison = z.object({
	collection: z.string(),
	problem: z.string().nullable().meta({ description: 'Why it could not be compared.' }),
	equal: whole,
	different: counted(z.object({ sync_id: z.string(), item: z.string(), fields: z.array(z.string()) })),
	missing_here: counted(z.object({ sync_id: z.string(), item: z.string() })),
	missing_there: counted(z.object({ sync_id: z.string().nullable(), item: z.string() })),
	not_compared: z.array(z.string()).meta({ description: 'Fields that the remote does not have, or does not show.' }),
});
export type CollectionComparison = z.output<typeof collectionComparison>;

export const comparison = z
	.object({ at: time, equal: z.boolean(), collections: z.array(collectionComparison) })
	.meta({ id: 'SyncComparison' });
/** What differs between two instances, by collection. */
export type Comparison = z.output<typeof comparison>;

export const run = z
	.object({
		id: z.string(),
		action: z.enum(['backfill', 'repair']),
		target: z.string(),
		status: z.enum(['running', 'sending', 'done', 'cancelled', 'failed']),
		started_at: time,
		user: z.string().nullable(),
		collections: z.array(
			z.object({ collection: z.string(), total: whole, read: whole, queued: whole, done: z.boolean() }),
		),
		deliveries: z.record(z.enum(DELIVERY_STATUSES), whole),
		asked: collectionMessages.meta({ description: 'What the remote was asked to send, or why it could not be.' }),
		error: z.string().nullable(),
	})
	.meta({ id: 'SyncRun' });
/** A backfill or repair, and what has become of its deliveries so far. */
export type Run = z.output<typeof run>;

const backfillPreview = z
	.object({
		dry_run: z.literal(true),
		collections: z.array(collectionPreview),
		asks: z.array(z.string()).meta({ description: 'Collections that the remote would be asked for.' }),
	})
	.meta({ id: 'BackfillPreview' });
export type BackfillPreview = z.output<typeof backfillPreview>;
export const backfill = z.union([backfillPreview, run]).meta({ id: 'SyncBackfill' });

const collectionRepair = z.object({
	collection: z.string(),
	send: z.object({ count: whole, items: z.array(z.string()) }),
	fetch: z.object({ count: whole, sync_ids: z.array(z.string()) }),
	problem: z.string().nullable(),
	preview: collectionPreview.optional().meta({ description: 'Of a dry run: what would become of the rows there.' }),
});
export type CollectionRepair = z.output<typeof collectionRepair>;

export const repair = z
	.object({
		run: z.string().nullable().meta({ description: 'null for a dry run.' }),
		collections: z.array(collectionRepair),
		asked: collectionMessages,
	})
	.meta({ id: 'SyncRepair' });
/** What a repair did, or would do. */
export type Repair = z.output<typeof repair>;

export const received = z
	.object({
		run: z.string(),
		peer: z.string().meta({ description: 'The instance that sent it.' }),
		target: z.string().nullable().meta({ description: 'The remote for that instance.' }),
		at: time,
		collections: z.array(z.object({ collection: z.string(), created: whole, updated: whole, deleted: whole })),
	})
	.meta({ id: 'SyncReceived' });
/** What another instance wrote, by run or by request. */
export type Received = z.output<typeof received>;

export const undone = z
	.object({
		undone: whole.meta({ description: 'Rows that are as they were before the run.' }),
		left: z
			.array(z.object({ collection: z.string(), item: z.string().nullable(), reason: z.string() }))
			.meta({ description: 'Rows that stay as they are, and why.' }),
	})
	.meta({ id: 'SyncUndone' });
/** What taking a run back did, or would do. */
export type Undone = z.output<typeof undone>;

export const digests = z
	.union([collectionDigests, bucketRows])
	.meta({ id: 'SyncDigests', description: 'Sums by bucket; or, if buckets were named, their rows by sync id.' });

/** Rows that cannot be read are answered, too: with what they say of themselves, or nothing. */
const rowResult = syncResult.extend({ collection: z.string(), sync_id: z.string() }).meta({ id: 'SyncResult' });
export const applied = syncApplied.extend({ results: z.array(rowResult) }).meta({ id: 'SyncApplied' });

export const receivedFile = z.object({ file: z.string(), sha256: z.string() }).meta({ id: 'SyncFile' });
