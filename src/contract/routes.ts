import { z } from 'zod';
import { answer } from './answers/shapes.js';
import { identityStatus, status, throughput, triggersRemoved } from './answers/status.js';
import { configRoutes } from './config-routes.js';
import { define, type TextAnswer } from './define-route.js';
import { deliveryRoutes } from './delivery-routes.js';
import { none, reason } from './inputs.js';
import { itemRoutes } from './item-routes.js';
import { pageRoutes } from './page-routes.js';
import { syncRoutes } from './sync-routes.js';
import { targetRoutes } from './target-routes.js';
import { IDENTITY_DECISIONS } from './vocabulary.js';

/** All routes as data: paths, inputs, answers and access. The endpoint serves them, and the docs are made from them. */
export const routes = {
	status: define({
		method: 'get',
		path: '/status',
		access: 'admin',
		summary: 'The state of the engine, the outbox, deliveries and every target, with diagnostics.',
		input: none,
		answer: answer(status),
	}),
	identity: define({
		method: 'post',
		path: '/identity',
		access: 'admin',
		summary:
			'Answers the question that an instance asks, holding everything, when its database runs in another place: `moved` (go on as the same), `copy` (new identity; queues that came along are dropped, targets and remotes become drafts) or `restored` (new identity; remotes are paused until they are compared).',
		input: z.strictObject({ decision: z.enum(IDENTITY_DECISIONS), reason }),
		answer: answer(identityStatus),
	}),
	triggersRemove: define({
		method: 'post',
		path: '/triggers/remove',
		access: 'admin',
		summary:
			'Removes all database triggers of Downstream, before it is uninstalled. They stay away until a process starts with DOWNSTREAM_TRIGGERS.',
		input: none,
		answer: answer(triggersRemoved),
	}),
	metrics: define({
		method: 'get',
		path: '/metrics',
		access: 'admin-or-metrics-token',
		summary: 'Metrics in Prometheus’ text format.',
		input: none,
		answer: 'text',
	}),
	throughput: define({
		method: 'get',
		path: '/throughput',
		access: 'admin',
		summary: 'Deliveries and response times of each target, by hour.',
		input: z.strictObject({
			hours: z.coerce
				.number()
				.int()
				.min(1)
				.max(168)
				.default(24)
				.meta({ description: 'How many hours, the current one included.' }),
		}),
		answer: answer(throughput),
	}),
	...targetRoutes,
	...pageRoutes,
	...itemRoutes,
	...deliveryRoutes,
	...configRoutes,
	...syncRoutes,
} as const;

export type RouteName = keyof typeof routes;
export type InputOf<Name extends RouteName> = z.output<(typeof routes)[Name]['input']>;
/** The body of a route's answer. */
export type AnswerOf<Name extends RouteName> = (typeof routes)[Name]['answer'] extends infer Answer
	? Answer extends z.ZodType
		? z.output<Answer>
		: TextAnswer
	: never;
/** What is under `data` in it. */
export type DataOf<Name extends RouteName> = AnswerOf<Name> extends { data: infer Data } ? Data : never;
