import { z } from 'zod';
import { counts, promotion } from './previews.js';
import { time, whole } from './shapes.js';
import { collectionComparison } from './sync.js';

export const release = z
	.object({
		id: z.string(),
		target: z.string(),
		status: z.enum(['planned', 'running', 'done', 'failed', 'cancelled']),
		at: time.meta({ description: 'When somebody asked for it.' }),
		due: time.meta({ description: 'When it is released.' }),
		user: z.string().nullable(),
		reason: z.string().nullable(),
		items: z
			.array(z.object({ collection: z.string(), item: z.string(), deleted: z.boolean() }))
			.meta({ description: 'At most 100 of them.' }),
		items_count: whole.meta({ description: 'How many there are.' }),
		expect: z.string().nullable(),
		counts: counts.nullable(),
		error: z.string().nullable(),
	})
	.meta({ id: 'Release' });
export type Release = z.output<typeof release>;

export const released = z.union([promotion, release]).meta({ id: 'Released' });

const copiedCollection = collectionComparison.extend({
	by: z.array(z.string()).meta({
		description: 'The fields by which an item is the same one on both sides; none for the only item of a singleton.',
	}),
	same: whole.meta({ description: 'Items that are the same ones on both sides, equal or edited since.' }),
	apart: z.int().meta({ description: 'Items on this instance that are not the ones of the same number there.' }),
});

export const linkedCopy = z
	.object({
		source: z.string().nullable().meta({ description: 'The new remote; null for a dry run.' }),
		equal: z.boolean(),
		collections: z.array(copiedCollection),
	})
	.meta({ id: 'LinkedCopy' });
export type LinkedCopy = z.output<typeof linkedCopy>;
