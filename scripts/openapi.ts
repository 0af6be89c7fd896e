/** The endpoint as an OpenAPI 3.1 document, made from the routes themselves; `generate-docs.mjs` writes it down. */
import { z } from 'zod';
import { routes, type RouteName } from '../src/contract/routes.js';
import { configIssue } from '../src/contract/plan.js';
import { incidentMessage } from '../src/contract/incident-message.js';
import { flushedChange } from '../src/contract/flushed-change.js';
import { issue } from '../src/contract/issue.js';
import { examples } from './openapi-examples.js';
import { jsonSchema, type Components, type Json } from './openapi-schemas.js';

/** What routes are listed under; in this order. */
const TAGS = {
	Status: 'How things are, and who this instance is.',
	Targets: 'Flush targets: checks, previews, and what is sent by hand.',
	Deliveries: 'What was sent, what was not, and what people did about it.',
	Configuration: 'Schema and settings as data: pulled, planned, pushed and reverted.',
	Sync: 'Remotes: what they need, what differs, what is sent.',
	Conflicts: 'Rows that two instances changed differently.',
	'Between instances': 'What instances ask of each other. Not for people.',
} as const;
type Tag = keyof typeof TAGS;

const PUSHES: readonly RouteName[] = ['configPush', 'configRevert', 'configFinish'];

const text = { type: 'string' };
const errors = z
	.object({
		errors: z.array(
			z.object({
				message: z.string(),
				extensions: z.looseObject({ code: z.string(), issues: z.array(z.union([issue, configIssue])).optional() }),
			}),
		),
	})
	.meta({ id: 'Errors' });

/** The whole document. */
export function openapi(version: string): Json {
	const components: Components = {};
	const paths: Record<string, Json> = {};
	jsonSchema(errors, components);
	for (const name of Object.keys(routes) as RouteName[]) {
		const { method, path } = routes[name];
		const known = `/downstream${path.replace(/:(\w+)/g, '{$1}')}`;
		paths[known] = { ...paths[known], [method]: operation(name, components) };
	}
	const webhooks = { flush: { post: flushWebhook(components) }, incident: { post: incidentWebhook(components) } };
	return {
		openapi: '3.1.0',
		info: {
			title: 'Downstream',
			version,
			description:
				'The endpoint of directus-extension-downstream, beneath the URL of Directus. For admins only, except where said; the routes between instances are for users with the policy "Data Sync" too. Made by `npm run docs` from src/contract/routes.ts.',
			license: { name: 'MIT', identifier: 'MIT' },
		},
		servers: [{ url: '/' }],
		security: [{ directus: [] }],
		tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
		paths,
		webhooks,
		components: {
			schemas: Object.fromEntries(Object.entries(components).toSorted(([a], [b]) => (a < b ? -1 : 1))),
			securitySchemes: {
				directus: { type: 'http', scheme: 'bearer', description: "An admin's token." },
				metrics: { type: 'http', scheme: 'bearer', description: 'DOWNSTREAM_METRICS_TOKEN.' },
				pages: { type: 'http', scheme: 'bearer', description: 'DOWNSTREAM_PAGES_TOKEN.' },
			},
		},
	};
}

function operation(name: RouteName, components: Components): Json {
	const { method, path, access, summary, input } = routes[name];
	const given = jsonSchema(input, components);
	const properties = (given['properties'] ?? {}) as Record<string, Json>;
	const named = [...path.matchAll(/:(\w+)/g)].map(([, id]) => ({ name: id, in: 'path', required: true, schema: text }));
	const query = method === 'get' ? Object.entries(properties).map(([key, schema]) => parameter(key, schema)) : [];
	const takesBody = method === 'post' && Object.keys(properties).length > 0;
	const conflicts = {
		409: failure('The configuration was changed by somebody else meanwhile.'),
		422: failure('It may not be pushed: limits, missing consent, what is ambiguous. All of it is listed.'),
		423: failure('Another push is running, and by whom.'),
	};
	const failures = { 400: 'Something in it is wrong, and is named.', 404: 'There is no such thing.' };
	const sent = examples[name]?.input;
	return {
		operationId: name,
		tags: [tagOf(name)],
		summary,
		...(access === 'admin-or-metrics-token' ? { security: [{ directus: [] }, { metrics: [] }] } : {}),
		...(access === 'admin-or-pages-token' ? { security: [{ directus: [] }, { pages: [] }] } : {}),
		...(named.length + query.length > 0 ? { parameters: [...named, ...query] } : {}),
		...(takesBody
			? {
					requestBody: {
						required: true,
						content: { 'application/json': { schema: given, ...(sent === undefined ? {} : { example: sent }) } },
					},
				}
			: {}),
		responses: {
			200: answered(name, components),
			...(Object.keys(properties).length > 0 || name === 'flushTarget' ? { 400: failure(failures[400]) } : {}),
			401: failure('Directus does not know the token, or it has expired.'),
			403: failure('Not an admin.'),
			...(named.length > 0 ? { 404: failure(failures[404]) } : {}),
			...(PUSHES.includes(name) ? conflicts : {}),
		},
	};
}

function tagOf(name: RouteName): Tag {
	const { path, access } = routes[name];
	const [, family = ''] = path.split('/');
	if (access === 'peer' || access === 'code') return 'Between instances';
	if (family === 'sync') return path.startsWith('/sync/conflicts') ? 'Conflicts' : 'Sync';
	if (family === 'config') return 'Configuration';
	if (['deliveries', 'incidents', 'operations'].includes(family)) return 'Deliveries';
	return ['targets', 'validate', 'adapters', 'dry-run', 'pages'].includes(family) ? 'Targets' : 'Status';
}

function parameter(name: string, { description, ...schema }: Json): Json {
	return {
		name,
		in: 'query',
		...(description === undefined ? {} : { description }),
		...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
		schema,
	};
}

function answered(name: RouteName, components: Components): Json {
	const { answer, streams } = routes[name];
	if (answer === 'text') return { description: 'Prometheus text.', content: { 'text/plain': { schema: text } } };
	const schema = jsonSchema(answer, components);
	const example = examples[name]?.answer;
	return {
		description: streams ? 'Done; with another `Accept`, one such object after the other.' : 'Done.',
		content: {
			'application/json': { schema, ...(example === undefined ? {} : { example }) },
			...(streams ? { 'application/x-ndjson': { schema }, 'text/event-stream': { schema: text } } : {}),
		},
	};
}

const header = (name: string, description: string, required: boolean) => ({
	name,
	in: 'header',
	required,
	description,
	schema: text,
});
const signatureHeaders = (retried: string) => [
	header('webhook-id', retried, true),
	header('webhook-timestamp', 'Seconds since 1970, of this attempt.', true),
	header('webhook-signature', '`v1,` and the signature; two, separated by a space, while secrets rotate.', false),
	header('user-agent', 'directus-extension-downstream and its version.', true),
];

/** What a webhook of `DOWNSTREAM_INCIDENT_WEBHOOK` receives. */
function incidentWebhook(components: Components): Json {
	const schema = jsonSchema(incidentMessage, components);
	return {
		operationId: 'incident',
		summary: 'What a webhook for incidents receives: one message when one begins, each day, and when it is over.',
		description:
			'Sent to each address of `DOWNSTREAM_INCIDENT_WEBHOOK` whose format is `generic`, and signed as Standard Webhooks 1.0 with `DOWNSTREAM_INCIDENT_WEBHOOK_SECRET`.',
		security: [],
		parameters: signatureHeaders('The same on every retry: a receiver that knows it has had the message.'),
		requestBody: { required: true, content: { 'application/json': { schema, example: examples.incident } } },
		responses: {
			'2XX': { description: 'Taken.' },
			'4XX': { description: 'Given up; but 408, 425 and 429 are tried again.' },
			'5XX': { description: 'Tried again later, ten times over about a day.' },
		},
	};
}

/** What a flush target with the adapter `webhook` receives. */
function flushWebhook(components: Components): Json {
	return {
		operationId: 'flush',
		summary: 'What a flush target receives: changes, those of a batch in one request.',
		description:
			'Sent to the `url` of targets with the adapter `webhook`, and signed as Standard Webhooks 1.0 if the target has a signing secret. The target’s `api_key` comes in the header that its `auth_header` names.',
		security: [],
		parameters: signatureHeaders('The same on every retry: a receiver that knows it has had the changes.'),
		requestBody: {
			required: true,
			content: {
				'application/json': {
					schema: { type: 'array', items: jsonSchema(flushedChange, components) },
					example: examples.flush,
				},
			},
		},
		responses: {
			'2XX': { description: 'Delivered.' },
			'4XX': {
				description:
					'Failed; but 408, 425 and 429 are tried again (`Retry-After` is obeyed), 410 pauses the target, and after 400, 413 and 422 the batch is divided.',
			},
			'5XX': { description: 'Tried again later.' },
		},
	};
}

const failure = (description: string) => ({
	description,
	content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } },
});
