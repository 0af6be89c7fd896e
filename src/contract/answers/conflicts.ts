import { z } from 'zod';
import { CONFLICT_KINDS, CONFLICT_POLICIES } from '../vocabulary.js';
import { time, whole } from './shapes.js';

const value = z.unknown().optional().meta({ description: 'As it travels: references by sync id.' });

export const conflict = z
	.object({
		id: z.string(),
		status: z.enum(['open', 'resolved', 'automatic']),
		kind: z.enum(CONFLICT_KINDS),
		target: z.string().nullable().meta({ description: 'The remote, if there is one for that instance.' }),
		peer: z.string().meta({ description: 'The id of the other instance.' }),
		collection: z.string(),
		sync_id: z.string(),
		item: z.string().nullable().meta({ description: "The row's key on this instance." }),
		deleted: z.enum(['here', 'there']).nullable().meta({ description: 'Of a deletion: who deleted the row.' }),
		fields: z.array(
			z.object({
				field: z.string(),
				base: value,
				here: value,
				there: value,
				took: z.enum(['here', 'there', 'held']),
				policy: z.enum(CONFLICT_POLICIES).optional().meta({ description: 'What decided, or left it to somebody.' }),
			}),
		),
		message: z.string(),
		at: time,
		resolved_at: time.nullable(),
		resolved_by: z.string().nullable(),
		resolution: z
			.unknown()
			.meta({ description: 'What was decided, or in words what settled it; null while it is open.' }),
	})
	.meta({ id: 'Conflict' });
/** A row that two instances changed differently. */
export type Conflict = z.output<typeof conflict>;

export const conflictThere = z
	.object({
		id: z.string().meta({ description: 'Its id on the remote.' }),
		target: z.string().meta({ description: 'The remote.' }),
		kind: z.enum(CONFLICT_KINDS),
		collection: z.string(),
		item: z.string().nullable().meta({ description: "The row's key on this instance; null if it has none." }),
		fields: z.array(z.string()),
		at: time,
		link: z.string().meta({ description: 'Where it is decided: the page of the Studio of the remote.' }),
	})
	.meta({ id: 'ConflictThere' });
/** A conflict with this instance that waits for a decision on a remote. */
export type ConflictThere = z.output<typeof conflictThere>;

export const resolved = z
	.object({
		operation: z.string(),
		count: whole,
		resolved: z.array(z.string()),
		refused: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
	})
	.meta({ id: 'Resolved' });
/** What became of several conflicts that were decided in the same way. */
export type Resolved = z.output<typeof resolved>;
