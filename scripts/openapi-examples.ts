/** Examples for `docs/openapi.json`; a test reads each by the schema of its route. */
import type { z } from 'zod';
import type { IncidentMessage } from '../src/contract/incident-message.js';
import type { FlushedChange } from '../src/contract/flushed-change.js';
import { webhookExamples } from './webhook-examples.js';
import type { AnswerOf, RouteName, routes } from '../src/contract/routes.js';

type Examples = {
	[Name in RouteName]?: { input?: z.input<(typeof routes)[Name]['input']>; answer?: AnswerOf<Name> };
} & { flush: FlushedChange[]; incident: IncidentMessage };

const target = '0d3c6f5e-8f1b-4f0a-9a53-6f1d2b7c9e10';
const remote = '7b1f3f0e-5c55-4d9c-8a6e-2f2c1c1f8a31';
const delivery = '01956f3e-7a10-7c3e-9f2b-0c9a4b7d1e55';
const operation = '01956f40-1b2c-7d4e-8a5f-6b7c8d9e0f11';

const request = {
	method: 'POST',
	url: 'https://www.example.com/api/flush',
	headers: { 'content-type': 'application/json', authorization: '**********' },
	body: '[{"collection":"articles","event":"update","fields":{"id":1,"slug":"new"},"previous":{"slug":"old"},"timestamp":1795224103627}]',
};
const failedDelivery = {
	id: delivery,
	kind: 'flush' as const,
	target,
	status: 'failed' as const,
	collection: 'articles',
	item: '1',
	event: 'update' as const,
	reason: 'title changed',
	created_at: '2026-11-20T09:21:43.627Z',
	next_at: null,
	delivered_at: null,
	tries: 1,
	error: { code: 'HTTP_404', message: 'the target answered 404' },
};
const page = { total: 1, limit: 25, page: 1 };

export const examples: Examples = {
	...webhookExamples,
	status: {
		answer: {
			data: {
				version: '0.1.0',
				engine: 'embedded',
				engine_reason: 'Directus has no Redis.',
				enabled: true,
				overall: { code: 'retrying', names: ['Website'], count: 1 },
				nodes: 1,
				background: { share: 1, waiting_ms: 0, spent_ms: 1250 },
				identity: { state: 'known', reason: null },
				outbox: { pending: 0, lag_ms: 0, error: null },
				deliveries: { pending: 0, sending: 0, delivered: 1840, retrying: 2, failed: 0, cancelled: 3 },
				conflicts: 0,
				targets: [
					{
						id: target,
						kind: 'flush',
						name: 'Website',
						state: 'degraded',
						conditions: [{ code: 'retrying', count: 2, error: null }],
						pending: 2,
						lag_ms: 4200,
						last_success_at: '2026-11-20T09:21:40.112Z',
						last_failure_at: '2026-11-20T09:21:43.900Z',
						last_error: { code: 'HTTP_503', message: 'the target answered 503' },
						next_probe_at: null,
						held_until: null,
						fresh: { p50_ms: 640, p95_ms: 1900, checked: 212, stale: 0 },
						batch_bytes: null,
						p50_ms: 38,
						p95_ms: 120,
						drain_ms: 38,
						mode: null,
						clock_ahead_ms: null,
						conflicts: 0,
						conflicts_there: 0,
						on_release: false,
						opens_at: null,
					},
				],
				triggers: { enabled: false, collections: [], problems: [] },
				settings: [],
				diagnostics: [],
			},
		},
	},
	validate: {
		input: { kind: 'flush', schema: [{ collection: 'articles', events: ['update'], payload: ['id', 'titel'] }] },
		answer: {
			data: {
				valid: false,
				issues: [
					{
						path: '/0/payload/1',
						code: 'unknown_field',
						message: 'articles has no field "titel"',
						suggestion: 'title',
					},
				],
			},
		},
	},
	dryRun: {
		input: { collection: 'articles', event: 'update', keys: ['1'], payload: { slug: 'new' } },
		answer: {
			data: {
				targets: [
					{
						id: target,
						name: 'Website',
						matched: true,
						reason: 'slug changed',
						rule: { collection: 'articles', events: ['update'], payload: ['id', 'slug'] },
						requests: [request],
						rules: [
							{
								index: 0,
								collection: 'articles',
								matched: true,
								items: [{ item: '1', send: true, reason: 'slug changed' }],
							},
						],
						issues: [],
					},
				],
				pages: { total: 2, paths: ['/blog/ant', '/blog'] },
			},
		},
	},
	pages: {
		answer: { data: [{ path: '/blog/ant', seen_at: '2026-11-20T09:21:43.627Z', certain: true }], meta: page },
	},
	reportPages: {
		input: { pages: [{ path: '/blog/ant', tags: ['articles-1', 'authors-3', '..'], read_at: 1795224103627 }] },
		answer: { data: { kept: ['/blog/ant'] } },
	},
	testTarget: {
		answer: {
			data: {
				delivery,
				delivered: true,
				outcome: 'delivered',
				duration_ms: 41,
				request,
				response: { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' },
				error: null,
			},
		},
	},
	flushTarget: { input: { collection: 'articles', keys: ['1', '2'] }, answer: { data: { operation, count: 2 } } },
	purgeTarget: { input: { tags: ['articles-5'], prefixes: ['/blog/'] }, answer: { data: { operation, count: 1 } } },
	tryTarget: { answer: { data: { id: target, state: 'healthy' } } },
	item: {
		input: { collection: 'posts', item: '7' },
		answer: { data: [{ name: 'Website', kind: 'flush', state: 'never', since: null, path: null }] },
	},
	pauseTarget: { input: { reason: 'moving to a new host' }, answer: { data: { id: target, state: 'paused' } } },
	deliveries: { answer: { data: [failedDelivery], meta: page } },
	causes: {
		answer: {
			data: [
				{
					target,
					status: 'failed',
					code: 'HTTP_404',
					message: 'the target answered 404',
					count: 12,
					oldest: '2026-11-20T09:00:00.000Z',
					newest: '2026-11-20T09:21:43.627Z',
				},
			],
		},
	},
	delivery: {
		answer: {
			data: {
				...failedDelivery,
				rule: { collection: 'articles', events: ['update'], payload: ['id', 'slug'] },
				changed_at: '2026-11-20T09:21:43.627Z',
				user: null,
				operation: null,
				pages: [],
				webhook_id: '01956f3e-7a44-7b1c-8d2e-3f4a5b6c7d88',
				attempts: [
					{
						at: '2026-11-20T09:21:43.700Z',
						duration_ms: 35,
						outcome: 'failed',
						deliveries: 1,
						request,
						response: { status: 404, headers: {}, body: 'not found' },
						error: { code: 'HTTP_404', message: 'the target answered 404' },
					},
				],
			},
		},
	},
	retryMany: {
		input: { filter: { status: ['failed'], target } },
		answer: { data: { operation, count: 12, per_second: 50 } },
	},
	incidents: {
		answer: {
			data: [
				{
					id: '01956f41-0000-7000-8000-000000000001',
					target,
					kind: 'flush',
					started_at: '2026-11-20T09:00:00.000Z',
					resolved_at: '2026-11-20T09:12:30.000Z',
					count: 9,
					last_error: { code: 'HTTP_503', message: 'the target answered 503' },
				},
			],
			meta: page,
		},
	},
	configHistory: {
		answer: {
			data: [
				{
					id: '01956f42-0000-7000-8000-000000000001',
					at: '2026-11-20T10:00:00.000Z',
					duration_ms: 840,
					user: null,
					status: 'applied',
					reverts: null,
					reverted_by: null,
					summary: { create: 2, update: 1, delete: 0, none: 40, kept: 0 },
					git: { commit: '3f2c1ab', author: 'Ada', dirty: false },
					error: null,
				},
			],
			meta: page,
		},
	},
	syncCompare: {
		answer: {
			data: {
				at: '2026-11-20T11:00:00.000Z',
				equal: false,
				collections: [
					{
						collection: 'articles',
						problem: null,
						equal: 118,
						different: { count: 1, rows: [{ sync_id: '9d1c…', item: '7', fields: ['title'] }] },
						missing_here: { count: 0, rows: [] },
						missing_there: { count: 1, rows: [{ sync_id: null, item: '120' }] },
						not_compared: [],
					},
				],
			},
		},
	},
	syncRepair: {
		input: { collections: ['articles'], dry_run: false },
		answer: {
			data: {
				run: '01956f43-0000-7000-8000-000000000001',
				collections: [
					{
						collection: 'articles',
						send: { count: 2, items: ['7', '120'] },
						fetch: { count: 0, sync_ids: [] },
						problem: null,
					},
				],
				asked: [],
			},
		},
	},
	syncConflicts: {
		answer: {
			data: [
				{
					id: '01956f44-0000-7000-8000-000000000001',
					status: 'open',
					kind: 'fields',
					target: remote,
					peer: 'k3v9x0q2m4ab',
					collection: 'articles',
					sync_id: '9d1c2b3a-0000-4000-8000-000000000007',
					item: '7',
					deleted: null,
					fields: [{ field: 'title', base: 'Hello', here: 'Hello there', there: 'Hi', took: 'held' }],
					message: 'title was changed on both sides',
					at: '2026-11-20T11:05:00.000Z',
					resolved_at: null,
					resolved_by: null,
					resolution: null,
				},
			],
			meta: page,
		},
	},
};
