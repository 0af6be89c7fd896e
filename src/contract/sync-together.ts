import { z } from 'zod';
import { LIMITS } from '../../schema.js';
import { syncReceived } from './sync-messages.js';

/** The body of `POST /downstream/sync/together`: rows that are taken in all or none. */
export const syncTogether = syncReceived.extend({
	changes: z
		.array(z.unknown())
		.max(LIMITS.syncTogether)
		.meta({ description: 'The rows, each with its state. One that cannot be read is refused, and with it all.' }),
	dry_run: z.boolean().meta({ description: 'Nothing is written: the answer says what would become of each row.' }),
	expect: z
		.string()
		.max(64)
		.optional()
		.meta({ description: 'The fingerprint of a preview: nothing is written if it would come out differently by now.' }),
	shown: z
		.number()
		.int()
		.min(0)
		.max(LIMITS.syncTogether)
		.default(1_000)
		.meta({ description: 'Of so many rows that change, the fields are named.' }),
});

export const OUTCOME_ACTIONS = ['create', 'update', 'delete', 'none', 'refused'] as const;

const name = z.string();
const reference = z.object({ field: name, collection: name, sync_id: name });

/** What becomes of one row. */
export const rowOutcome = z.object({
	collection: name,
	sync_id: name,
	/** Its key at the receiver, where it has one. */
	item: z.string().nullable(),
	action: z.enum(OUTCOME_ACTIONS),
	/** Set if the row there had never been synced: how it was recognised. */
	found: z.object({ by: z.enum(['key', 'ends', 'match']), fields: z.array(z.string()) }).optional(),
	/** Values only where the sender may read them there. */
	fields: z.array(z.object({ field: name, from: z.unknown().optional(), to: z.unknown().optional() })).optional(),
	/** Fields that both sides have changed, and which value stays. */
	decided: z.array(z.object({ field: name, took: z.enum(['here', 'there', 'held']) })).optional(),
	code: z.string().optional(),
	message: z.string().optional(),
	/** Fields that the receiving user may not write. */
	refused: z.array(z.string()).optional(),
	/** References whose rows are not there: an optional one is left empty. */
	awaits: z.array(reference).optional(),
	/** Rows that are deleted, or lose their reference, along with this one. */
	along: z.array(z.object({ collection: name, item: name, event: z.enum(['update', 'delete']) })).optional(),
	/** The SHA-256 of bytes that have to follow. */
	needs: z.string().optional(),
});
export type RowOutcome = z.infer<typeof rowOutcome>;

/** The answer to it, under `data`. */
export const syncTakenTogether = z.object({
	instance: z.string(),
	/** Whether it was written. */
	written: z.boolean(),
	fingerprint: z.string(),
	rows: z.array(rowOutcome),
});
export type TakenTogether = z.infer<typeof syncTakenTogether>;
