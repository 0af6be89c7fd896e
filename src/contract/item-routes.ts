import { z } from 'zod';
import { answer, time } from './answers/shapes.js';
import { define } from './define-route.js';
import { key } from './inputs.js';
import { TARGET_KINDS } from './vocabulary.js';

/** How an item stands at a target, in the words of those who edit it. */
const ITEM_STATES = ['live', 'stale', 'on_the_way', 'late', 'failed', 'conflict', 'nothing', 'never'] as const;

const itemAt = z
	.object({
		name: z.string(),
		kind: z.enum(TARGET_KINDS),
		state: z.enum(ITEM_STATES).meta({
			description:
				'`stale`: it was told, and a page was seen that is still old. `late`: it waits because the target is failing, paused or the like. `nothing`: no page shows it.',
		}),
		since: time.nullable(),
		path: z.string().nullable().meta({ description: 'The page that is still old.' }),
	})
	.meta({ id: 'ItemAt' });
export type ItemAt = z.output<typeof itemAt>;

export const itemRoutes = {
	item: define({
		method: 'get',
		path: '/item',
		access: 'user',
		summary: 'Whether an item is live, since when, and why not: for everybody who may read it.',
		input: z.strictObject({ collection: z.string().min(1).max(255), item: key }),
		answer: answer(z.array(itemAt)),
	}),
} as const;
