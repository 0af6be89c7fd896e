import { z } from 'zod';
import { bulk, causes, delivery, deliveryDetail, incident, operation } from './answers/deliveries.js';
import { answer, page } from './answers/shapes.js';
import { define } from './define-route.js';
import { key, listOf, NO_NUL, none, paging, reason, text, time, why, withoutNul } from './inputs.js';
import { DELIVERY_STATUSES, EVENTS, OPERATIONS, TARGET_KINDS } from './vocabulary.js';

/**
 * How far a list goes in a history of millions: it counts so many rows, and where no index tells which rows fit, it looks
 * through so many, newest first unless sorted otherwise. What lies beyond is reached by `next_cursor`.
 */
export const LIST_BOUNDS = { counted: 100_000, searched: 20_000 } as const;

const deliveryFilterShape = {
	target: text.optional(),
	kind: z.enum(TARGET_KINDS).optional(),
	status: listOf(z.enum(DELIVERY_STATUSES)).optional().meta({ description: 'One or several, separated by commas.' }),
	collection: text.optional(),
	item: key.optional(),
	event: z.enum([...EVENTS, 'test']).optional(),
	since: time.optional(),
	until: time.optional(),
	q: text.optional().meta({ description: 'Text in the collection, item, reason or error.' }),
	error: text.optional().meta({ description: 'An error code, to see what failed for the same cause.' }),
	operation: text.optional().meta({ description: 'What one bulk action touched.' }),
};

const deliveryFilter = z.strictObject(deliveryFilterShape);
export type DeliveryFilter = Partial<z.output<typeof deliveryFilter>> & { ids?: string[] };

const some = z
	.strictObject({ ids: z.array(text).min(1).max(10_000).optional(), filter: deliveryFilter.optional(), reason })
	.refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
		message: 'expected either "ids" or "filter"',
	});

/** Deliveries, incidents, and what people did. */
export const deliveryRoutes = {
	deliveries: define({
		method: 'get',
		path: '/deliveries',
		access: 'admin',
		summary: `Deliveries, newest first. The total is exact up to ${LIST_BOUNDS.counted}; text, events, kinds and times are looked for in the latest ${LIST_BOUNDS.searched} that the other filters leave, and further by cursor.`,
		input: z
			.strictObject({
				...deliveryFilterShape,
				...paging(
					['created_at', 'next_at', 'delivered_at', 'tries', 'status', 'collection', 'target', 'id'],
					'-created_at',
				),
				cursor: z.string().min(1).max(36).refine(withoutNul, NO_NUL).optional(),
			})
			.refine(({ cursor, sort }) => cursor === undefined || ['created_at', '-created_at', 'id', '-id'].includes(sort), {
				message: 'a cursor goes with sorting by created_at; use "page" with other orders',
				path: ['cursor'],
			}),
		answer: page(delivery),
	}),
	causes: define({
		method: 'get',
		path: '/deliveries/causes',
		access: 'admin',
		summary:
			'Why deliveries fail: those with an error by target, status and error code, biggest group first, 200 at the most.',
		input: z.strictObject({
			...deliveryFilterShape,
			status: deliveryFilterShape.status.meta({
				description: 'One or several, separated by commas; failed and retrying, if not said.',
			}),
		}),
		answer: causes,
	}),
	exportDeliveries: define({
		method: 'get',
		path: '/deliveries/export',
		access: 'admin',
		summary:
			'The log of deliveries as lines of JSON or as CSV, oldest first, streamed. What is added meanwhile is left out. Secrets are masked.',
		input: z
			.strictObject({
				...deliveryFilterShape,
				format: z.enum(['ndjson', 'csv']).default('ndjson'),
				attempts: z
					.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
					.default(false)
					.meta({ description: 'Every request and answer with each delivery; as lines of JSON only.' }),
			})
			.refine(({ format, attempts }) => !(attempts && format === 'csv'), {
				message: 'attempts do not fit into CSV: use format=ndjson',
				path: ['attempts'],
			}),
		answer: 'text',
	}),
	delivery: define({
		method: 'get',
		path: '/deliveries/:id',
		access: 'admin',
		summary: 'One delivery: the change, its rule, and every attempt.',
		input: none,
		answer: answer(deliveryDetail),
	}),
	retryMany: define({
		method: 'post',
		path: '/deliveries/retry',
		access: 'admin',
		summary: 'Sends failed, cancelled, retrying or delivered deliveries again, at a bounded rate.',
		input: some,
		answer: answer(bulk),
	}),
	cancelMany: define({
		method: 'post',
		path: '/deliveries/cancel',
		access: 'admin',
		summary: 'Cancels deliveries that are not over yet, or failed.',
		input: some,
		answer: answer(bulk),
	}),
	retry: define({
		method: 'post',
		path: '/deliveries/:id/retry',
		access: 'admin',
		summary: 'Sends one delivery again.',
		input: why,
		answer: answer(delivery),
	}),
	cancel: define({
		method: 'post',
		path: '/deliveries/:id/cancel',
		access: 'admin',
		summary: 'Cancels one delivery.',
		input: why,
		answer: answer(delivery),
	}),
	incidents: define({
		method: 'get',
		path: '/incidents',
		access: 'admin',
		summary: 'Incidents, newest first: times in which a target kept failing.',
		input: z.strictObject({
			target: text.optional(),
			resolved: z
				.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
				.optional(),
			...paging(['started_at', 'resolved_at', 'count'], '-started_at'),
		}),
		answer: page(incident),
	}),
	operations: define({
		method: 'get',
		path: '/operations',
		access: 'admin',
		summary:
			'What people did to targets, deliveries and conflicts, newest first: who, when, to how much, and the reason that was given.',
		input: z.strictObject({
			target: text.optional(),
			user: text.optional(),
			action: z.enum(OPERATIONS).optional(),
			...paging(['at', 'action'], '-at'),
		}),
		answer: page(operation),
	}),
} as const;
