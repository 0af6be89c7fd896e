import { z } from 'zod';
import { CHECK_STATES, DELIVERY_STATUSES, EVENTS, OPERATIONS, TARGET_KINDS } from '../vocabulary.js';
import { failure, jsonObject, request, response, time, whole } from './shapes.js';

const deliveryShape = {
	id: z.string(),
	kind: z.enum(TARGET_KINDS),
	target: z.string(),
	status: z.enum(DELIVERY_STATUSES),
	collection: z.string(),
	item: z.string(),
	event: z.enum([...EVENTS, 'test']),
	reason: z.string(),
	created_at: time,
	next_at: time.nullable(),
	delivered_at: time.nullable(),
	tries: whole,
	error: failure.nullable(),
};

export const delivery = z.object(deliveryShape).meta({ id: 'Delivery' });
export type Delivery = z.output<typeof delivery>;

const attempt = z
	.object({
		at: time,
		duration_ms: z.number(),
		outcome: z.enum(['delivered', 'retry', 'failed', 'gone']),
		deliveries: whole.meta({ description: 'How many deliveries it carried.' }),
		request,
		response: response.nullable(),
		error: failure.nullable(),
	})
	.meta({ id: 'Attempt' });
/** One HTTP request, as the history shows it. */
export type Attempt = z.output<typeof attempt>;

export const deliveryDetail = z
	.object({
		...deliveryShape,
		rule: jsonObject.nullable(),
		changed_at: time,
		user: z.string().nullable(),
		operation: z.string().nullable(),
		webhook_id: z.string().nullable(),
		attempts: z.array(attempt),
		pages: z
			.array(
				z.object({
					path: z.string(),
					state: z.enum(CHECK_STATES),
					at: time,
					took_ms: z.number().nullable().meta({ description: 'From the save until a visitor got the new page.' }),
					detail: z.string().meta({ description: 'What the last answer said of itself.' }),
				}),
			)
			.meta({ description: 'Pages that were looked at after it (option `check`).' }),
	})
	.meta({ id: 'DeliveryDetail' });
export type DeliveryDetail = z.output<typeof deliveryDetail>;

export const cause = z
	.object({
		target: z.string(),
		status: z.enum(DELIVERY_STATUSES),
		code: z.string(),
		message: z.string().meta({ description: 'That of the newest delivery.' }),
		count: whole,
		oldest: time,
		newest: time,
	})
	.meta({ id: 'Cause' });
/** Deliveries that failed, or wait for another try, for the same reason. */
export type Cause = z.output<typeof cause>;

export const causes = z.object({
	data: z.array(cause),
	meta: z
		.object({ searched: whole })
		.optional()
		.meta({ description: 'How many deliveries were searched, newest first, if not all.' }),
});

export const incident = z
	.object({
		id: z.string(),
		target: z.string(),
		kind: z.enum(TARGET_KINDS),
		started_at: time,
		resolved_at: time.nullable(),
		count: whole,
		last_error: failure,
	})
	.meta({ id: 'Incident' });
export type Incident = z.output<typeof incident>;

export const operation = z
	.object({
		id: z.string(),
		at: time,
		user: z.string().nullable(),
		action: z.enum(OPERATIONS),
		target: z.string().nullable(),
		reason: z.string().nullable(),
		detail: z
			.looseObject({
				count: whole.optional(),
				undone: whole.optional(),
				items: z.array(z.unknown()).optional().meta({ description: 'Of a release: at most 100 of its items.' }),
				items_count: whole.optional(),
				counts: z.looseObject({ create: whole, update: whole, delete: whole }).nullable().optional(),
				collections: z.array(z.unknown()).optional(),
			})
			.meta({ description: 'What it was done to, and what came of it.' }),
	})
	.meta({ id: 'Operation' });
/** Something that a user did to a target, to deliveries or to conflicts. */
export type Operation = z.output<typeof operation>;

export const bulk = z
	.object({
		operation: z.string().meta({ description: 'A filter of GET /deliveries: what this action touched.' }),
		count: whole,
		per_second: whole.optional().meta({ description: 'Of a retry: how many are sent again each second.' }),
	})
	.meta({ id: 'Bulk' });
export type BulkResult = z.output<typeof bulk>;
