/** The endpoint as an OpenAPI 3.1 document, made from the routes themselves; `generate-docs.mjs` writes it down. */
import { z } from 'zod';
import { routes, type RouteName } from '../src/core/routes.js';
import { configSchemas } from './openapi-config.js';
import { conflictSchemas } from './openapi-conflicts.js';
import { syncSchemas } from './openapi-sync.js';
import { listOf, object, ref, schemas, text, whole, type Json } from './openapi-schemas.js';

/** Which of them each route answers; null for text. */
const answers: Record<RouteName, { schema: string; list?: 'paged' | 'whole'; notes?: true } | null> = {
	status: { schema: 'Status' },
	metrics: null,
	throughput: { schema: 'Throughput' },
	validate: { schema: 'Validation' },
	adapters: { schema: 'Adapter', list: 'whole' },
	dryRun: { schema: 'DryRun' },
	testTarget: { schema: 'Test' },
	flushTarget: { schema: 'Flush' },
	pauseTarget: { schema: 'State' },
	resumeTarget: { schema: 'State' },
	deliveries: { schema: 'Delivery', list: 'paged' },
	causes: { schema: 'Cause', list: 'whole' },
	delivery: { schema: 'DeliveryDetail' },
	retryMany: { schema: 'Bulk' },
	cancelMany: { schema: 'Bulk' },
	retry: { schema: 'Delivery' },
	cancel: { schema: 'Delivery' },
	incidents: { schema: 'Incident', list: 'paged' },
	operations: { schema: 'Operation', list: 'paged' },
	configPull: { schema: 'Bundle', notes: true },
	configDiff: { schema: 'Plan', notes: true },
	configPush: { schema: 'Push', notes: true },
	configIds: { schema: 'Ids' },
	configUntrack: { schema: 'Untracked' },
	configHistory: { schema: 'Pushed', list: 'paged' },
	configPushed: { schema: 'PushedPlan' },
	configRevertPlan: { schema: 'Plan', notes: true },
	configRevert: { schema: 'Push', notes: true },
	syncConflicts: { schema: 'Conflict', list: 'paged' },
	syncConflict: { schema: 'Conflict' },
	syncResolveMany: { schema: 'Resolved' },
	syncResolve: { schema: 'Conflict' },
	syncOptions: { schema: 'JsonSchema' },
	syncClosure: { schema: 'RuleClosure', list: 'whole' },
	syncCheck: { schema: 'LinkCheck' },
	syncHello: { schema: 'SyncWelcome' },
	syncApply: { schema: 'SyncApplied' },
	syncDigests: { schema: 'SyncDigests' },
	syncResend: { schema: 'SyncAsked' },
	syncFile: { schema: 'SyncFile' },
	syncCompare: { schema: 'SyncComparison' },
	syncBackfill: { schema: 'SyncRun' },
	syncRepair: { schema: 'SyncRepair' },
	syncProgress: { schema: 'SyncRun' },
	syncReceived: { schema: 'SyncReceived', list: 'paged' },
	syncUndo: { schema: 'SyncUndone' },
};

/** The whole document. */
export function openapi(version: string): Json {
	const paths: Record<string, Json> = {};
	for (const name of Object.keys(routes) as RouteName[]) {
		const { method, path } = routes[name];
		const known = `/downstream${path.replace(/:(\w+)/g, '{$1}')}`;
		paths[known] = { ...paths[known], [method]: operation(name) };
	}
	return {
		openapi: '3.1.0',
		info: {
			title: 'Downstream',
			version,
			description:
				'The endpoint of directus-extension-downstream, beneath the URL of Directus. For admins only, except where said; the routes between instances are for users with the policy "Data Sync" too. Made by `npm run docs` from src/core/routes.ts.',
			license: { name: 'MIT', identifier: 'MIT' },
		},
		servers: [{ url: '/' }],
		security: [{ directus: [] }],
		paths,
		components: {
			schemas: { ...schemas, ...configSchemas, ...syncSchemas, ...conflictSchemas },
			securitySchemes: {
				directus: { type: 'http', scheme: 'bearer', description: "An admin's token." },
				metrics: { type: 'http', scheme: 'bearer', description: 'DOWNSTREAM_METRICS_TOKEN.' },
			},
		},
	};
}

function operation(name: RouteName): Json {
	const { method, path, access, summary, input } = routes[name];
	const { $schema: _, ...given } = z.toJSONSchema(input as z.ZodType, { io: 'input', unrepresentable: 'any' }) as Json;
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
	return {
		operationId: name,
		summary,
		...(access !== 'admin-or-metrics-token' ? {} : { security: [{ directus: [] }, { metrics: [] }] }),
		...(named.length + query.length > 0 ? { parameters: [...named, ...query] } : {}),
		...(takesBody ? { requestBody: { required: true, content: { 'application/json': { schema: given } } } } : {}),
		responses: {
			200: answer(name),
			...(Object.keys(properties).length > 0 || name === 'flushTarget' ? { 400: failure(failures[400]) } : {}),
			401: failure('Directus does not know the token, or it has expired.'),
			403: failure('Not an admin.'),
			...(named.length > 0 ? { 404: failure(failures[404]) } : {}),
			...(answers[name]?.schema === 'Push' ? conflicts : {}),
		},
	};
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

function answer(name: RouteName): Json {
	const answered = answers[name];
	if (!answered) return { description: 'Prometheus text.', content: { 'text/plain': { schema: text } } };
	const paging = object(
		{
			total: whole,
			total_is_estimate: { type: 'boolean' },
			searched: whole,
			limit: whole,
			page: whole,
			next_cursor: text,
		},
		['total_is_estimate', 'searched', 'next_cursor'],
	);
	const schema = object({
		data: answered.list ? listOf(ref(answered.schema)) : ref(answered.schema),
		...(answered.list === 'paged' ? { meta: paging } : {}),
		...(answered.notes ? { meta: ref('Notes') } : {}),
	});
	return {
		description: answered.list === 'paged' ? 'One page.' : 'Done.',
		content: { 'application/json': { schema } },
	};
}

const failure = (description: string) => ({
	description,
	content: { 'application/json': { schema: ref('Errors') } },
});
