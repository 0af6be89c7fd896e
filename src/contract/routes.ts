import { z } from 'zod';
import { answer } from './answers/shapes.js';
import { identityStatus, status, throughput, triggersRemoved } from './answers/status.js';
import { configRoutes } from './config-routes.js';
import { define, type TextAnswer } from './define-route.js';
import { deliveryRoutes } from './delivery-routes.js';
import { none, reason } from './inputs.js';
import { pageRoutes } from './page-routes.js';
import { syncRoutes } from './sync-routes.js';
import { targetRoutes } from './target-routes.js';
import { IDENTITY_DECISIONS } from './vocabulary.js';

/** The endpoint's surface as data: what is served, what goes in and out, and who may. Read by the endpoint and by the docs. */
export const routes = {
	status: define({
		method: 'get',
		path: '/status',
		access: 'admin',
		summary: 'How everything is: engine, outbox, deliveries, the health of every target, and what to look into.',
		input: none,
		answer: answer(status),
	}),
	identity: define({
		method: 'post',
		path: '/identity',
		access: 'admin',
		summary:
			'Says what an instance is that woke up in another place and holds everything: `moved` (go on as the same), `copy` (new identity; queues that came along are dropped, targets and remotes become drafts) or `restored` (new identity; remotes are paused until they are compared).',
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
		summary: 'The same as Prometheus text.',
		input: none,
		answer: 'text',
	}),
	throughput: define({
		method: 'get',
		path: '/throughput',
		access: 'admin',
		summary: 'How much went to each target in each of the latest hours, and how quickly it answered.',
		input: z.strictObject({
			hours: z.coerce.number().int().min(1).max(168).default(24).meta({ description: 'The running hour is the last.' }),
		}),
		answer: answer(throughput),
	}),
	...targetRoutes,
	...pageRoutes,
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
