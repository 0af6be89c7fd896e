import { z } from 'zod';
import { ALL_ITEMS_WRITTEN, CHANGE_TYPES, EVENTS } from './vocabulary.js';

const values = z.record(z.string(), z.unknown());

/** One change, as a flush target with the adapter `webhook` or `nextjs` receives it. */
export const flushedChange = z
	.object({
		collection: z.string(),
		event: z.enum([...EVENTS, 'test']).meta({ description: '`test`: the one request of "Test target".' }),
		type: z.enum(CHANGE_TYPES).optional().meta({
			description:
				'With the option `details`. What has become of the item. `published`: it began to pass `when`; `unpublished`: it no longer does; `purged`: somebody purges by hand.',
		}),
		gone: z.boolean().optional().meta({
			description: 'The item is deleted, unpublished, or no longer passes `when`: the values are those it had.',
		}),
		keys: z
			.literal(ALL_ITEMS_WRITTEN)
			.optional()
			.meta({ description: 'The change is about every item of the collection; `fields` is empty.' }),
		fields: values.meta({
			description: "The values of the rule's payload; the primary key under its own name, and as `id`.",
		}),
		previous: values.optional().meta({ description: 'The old values of what changed.' }),
		tags: z.array(z.string()).optional(),
		paths: z.array(z.string()).optional(),
		user: z.string().optional().meta({
			description: 'With the option `details`. The id of the user who made the change, where it was made by one.',
		}),
		timestamp: z.number().meta({ description: 'When the change was made, in ms since 1970.' }),
	})
	.meta({ id: 'FlushedChange' });
export type FlushedChange = z.output<typeof flushedChange>;
