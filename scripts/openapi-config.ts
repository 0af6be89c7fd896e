/** The shapes of the configuration's routes, by the names they have in `docs/openapi.json`; made from their own zod where they have one. */
import { z } from 'zod';
import { bundle } from '../src/core/config/bundle.js';
import { plan } from '../src/core/config/plan-shape.js';
import { listOf, object, ref, text, whole, type Json } from './openapi-schemas.js';

/** A shape that the package itself reads or answers with. */
export function fromZod(schema: z.ZodType): Json {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }) as Json;
	return rest;
}

const time = { type: 'string', format: 'date-time' };
const orNull = (schema: Json) => ({ anyOf: [schema, { type: 'null' }] });

const pushed = {
	id: text,
	at: time,
	duration_ms: whole,
	user: orNull(text),
	status: { type: 'string', enum: ['applied', 'failed', 'partial'] },
	reverts: orNull({ ...text, description: 'The push that this one took back.' }),
	reverted_by: orNull(text),
	summary: object({ create: whole, update: whole, delete: whole, none: whole, kept: whole }),
	error: orNull(ref('Failure')),
};

export const configSchemas: Record<string, Json> = {
	Bundle: fromZod(bundle),
	Plan: fromZod(plan),
	Notes: object(
		{
			issues: { ...listOf(ref('ConfigIssue')), description: 'What stands in the way.' },
			warnings: { ...listOf(ref('ConfigIssue')), description: 'What does not, but should be known.' },
			recorded: { ...whole, description: 'How many elements got a SyncID.' },
			specs: {
				...object({ openapi: { type: 'object' }, items: text, system: text }),
				description: 'Of this instance: OpenAPI, and GraphQL of its items and of the system.',
			},
		},
		['issues', 'warnings', 'recorded', 'specs'],
	),
	ConfigIssue: object(
		{
			file: orNull(text),
			path: { type: 'string', description: 'kind:sync_id, or a JSON pointer into the bundle.' },
			code: text,
			message: text,
			suggestion: text,
			candidates: {
				...listOf(object({ key: text, name: text })),
				description: 'Where it is not certain which element is meant: those that it may be, by their key here.',
			},
		},
		['suggestion', 'candidates'],
	),
	Push: object({
		id: orNull({ ...text, description: 'In the history; null where nothing was written.' }),
		dry_run: { type: 'boolean' },
		plan: ref('Plan'),
		duration_ms: whole,
	}),
	Ids: {
		type: 'object',
		description: 'By table.',
		additionalProperties: listOf(object({ sync_id: text, local_id: text })),
	},
	Untracked: object({ untracked: { type: 'boolean' } }),
	Pushed: object(pushed),
	PushedPlan: object({ ...pushed, plan: ref('Plan'), revertible: { type: 'boolean' } }),
};
