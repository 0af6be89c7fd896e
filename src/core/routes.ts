import { z } from 'zod';
import { LIMITS } from '../../schema.js';
import { define } from './define-route.js';
import { configRoutes } from './config-routes.js';
import { syncRoutes } from './sync-routes.js';
import { DELIVERY_STATUSES, EVENTS, OPERATIONS, TARGET_KINDS } from './vocabulary.js';

/**
 * How far a list goes in a history of millions: it counts so many rows, and where no index tells which rows fit, it looks
 * through so many, newest first unless sorted otherwise. What lies beyond is reached by `next_cursor`.
 */
export const LIST_BOUNDS = { counted: 100_000, searched: 20_000 } as const;

const time = z.union([z.number(), z.string()]).transform((value, context) => {
	const at = typeof value === 'number' || /^\d+$/.test(value) ? Number(value) : Date.parse(value);
	// Beyond that there are no dates, and no room in a database's big integers.
	if (Math.abs(at) <= 8.64e15) return Math.round(at);
	context.addIssue({ code: 'custom', message: `expected a time in ms since 1970 or as ISO 8601, got "${value}"` });
	return z.NEVER;
});
/** PostgreSQL has no text with a NUL in it, so nothing can be found by one. */
const NO_NUL = { message: 'must not contain a NUL character' };
const withoutNul = (value: string) => !value.includes('\0');
const text = z.string().max(1_000).refine(withoutNul, NO_NUL);
const key = z.union([z.string().min(1).max(255).refine(withoutNul, NO_NUL), z.number()]).transform(String);
const listOf = <T extends z.ZodType>(entry: T) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
		z.array(entry).min(1).max(LIMITS.listRows),
	);

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

const paging = (fields: readonly [string, ...string[]], fallback: string) => ({
	limit: z.coerce.number().int().min(1).max(LIMITS.listRows).default(25),
	page: z.coerce.number().int().min(1).max(10_000_000).default(1),
	sort: z
		.string()
		.regex(
			new RegExp(`^-?(${fields.join('|')})$`),
			`expected one of ${fields.join(', ')}, with a "-" in front for descending`,
		)
		.default(fallback),
});

const draft = z.strictObject({
	id: text.nullish().meta({ description: 'The stored target whose secrets are used, and whatever is left out here.' }),
	name: text.nullish(),
	url: z.string().max(10_000).nullish(),
	adapter: text.nullish(),
	auth_header: text.nullish(),
	schema: z.unknown(),
	options: z.unknown().optional(),
});

const reason = text.optional().meta({ description: 'Why; kept with who did it, and when.' });
const why = z.strictObject({ reason });

const some = z
	.strictObject({ ids: z.array(text).min(1).max(10_000).optional(), filter: deliveryFilter.optional(), reason })
	.refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), {
		message: 'expected either "ids" or "filter"',
	});

const none = z.strictObject({});

/** The endpoint's surface as data: what is served, what goes in, and who may. Read by the endpoint and by the docs. */
export const routes = {
	status: define({
		method: 'get',
		path: '/status',
		access: 'admin',
		summary: 'How everything is: engine, outbox, deliveries, the health of every target, and what to look into.',
		input: none,
	}),
	metrics: define({
		method: 'get',
		path: '/metrics',
		access: 'admin-or-metrics-token',
		summary: 'The same as Prometheus text.',
		input: none,
	}),
	throughput: define({
		method: 'get',
		path: '/throughput',
		access: 'admin',
		summary: 'How much went to each target in each of the latest hours, and how quickly it answered.',
		input: z.strictObject({
			hours: z.coerce.number().int().min(1).max(168).default(24).meta({ description: 'The running hour is the last.' }),
		}),
	}),
	validate: define({
		method: 'post',
		path: '/validate',
		access: 'admin',
		summary: 'Checks rules and options without storing them.',
		input: z.strictObject({
			kind: z.enum(TARGET_KINDS),
			schema: z.unknown(),
			options: z.unknown().optional(),
			adapter: z.unknown().optional(),
		}),
	}),
	adapters: define({
		method: 'get',
		path: '/adapters',
		access: 'admin',
		summary: 'Every adapter, with the JSON Schema of its own options and of those that every target has.',
		input: none,
	}),
	dryRun: define({
		method: 'post',
		path: '/dry-run',
		access: 'admin',
		summary: 'What a change would send to each target, and why or why not; sends nothing.',
		input: z
			.strictObject({
				collection: z.string().min(1).max(255),
				event: z.enum(EVENTS),
				keys: z.array(key).max(100).default([]),
				payload: z.record(z.string(), z.unknown()).optional(),
				target: text.optional(),
				draft: draft.optional().meta({
					description: 'A target that is not saved, or not saved yet with these values; it alone is previewed.',
				}),
			})
			.refine((input) => input.target === undefined || input.draft === undefined, {
				message: 'expected either "target" or "draft"',
				path: ['draft'],
			}),
	}),
	testTarget: define({
		method: 'post',
		path: '/targets/:id/test',
		access: 'admin',
		summary: 'Sends one signed test request and shows its answer.',
		input: none,
	}),
	flushTarget: define({
		method: 'post',
		path: '/targets/:id/flush',
		access: 'admin',
		summary: 'Queues deliveries by hand: chosen items, a collection, or everything that the target has rules for.',
		input: z
			.strictObject({
				collection: z.string().min(1).max(255).optional(),
				keys: z.array(key).min(1).max(LIMITS.fanOut).optional(),
				all: z.boolean().optional(),
				dry_run: z.boolean().default(false),
			})
			.refine(({ collection, all }) => (collection !== undefined) !== (all === true), {
				message: 'expected either "collection" (and "keys", for chosen items) or "all": true',
			})
			.refine(({ keys, all }) => !(keys && all), { message: '"keys" goes with "collection", not with "all"' }),
	}),
	pauseTarget: define({
		method: 'post',
		path: '/targets/:id/pause',
		access: 'admin',
		summary: 'Stops sending to a target; its changes are collected.',
		input: why,
	}),
	resumeTarget: define({
		method: 'post',
		path: '/targets/:id/resume',
		access: 'admin',
		summary: 'Sends again, beginning with what was collected.',
		input: why,
	}),
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
	}),
	delivery: define({
		method: 'get',
		path: '/deliveries/:id',
		access: 'admin',
		summary: 'One delivery: the change, its rule, and every attempt.',
		input: none,
	}),
	retryMany: define({
		method: 'post',
		path: '/deliveries/retry',
		access: 'admin',
		summary: 'Sends failed, cancelled, retrying or delivered deliveries again, at a bounded rate.',
		input: some,
	}),
	cancelMany: define({
		method: 'post',
		path: '/deliveries/cancel',
		access: 'admin',
		summary: 'Cancels deliveries that are not over yet, or failed.',
		input: some,
	}),
	retry: define({
		method: 'post',
		path: '/deliveries/:id/retry',
		access: 'admin',
		summary: 'Sends one delivery again.',
		input: why,
	}),
	cancel: define({
		method: 'post',
		path: '/deliveries/:id/cancel',
		access: 'admin',
		summary: 'Cancels one delivery.',
		input: why,
	}),
	incidents: define({
		method: 'get',
		path: '/incidents',
		access: 'admin',
		summary: "Targets' failing spells, newest first.",
		input: z.strictObject({
			target: text.optional(),
			resolved: z
				.preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
				.optional(),
			...paging(['started_at', 'resolved_at', 'count'], '-started_at'),
		}),
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
	}),
	...configRoutes,
	...syncRoutes,
} as const;

export type RouteName = keyof typeof routes;
export type InputOf<Name extends RouteName> = z.output<(typeof routes)[Name]['input']>;
