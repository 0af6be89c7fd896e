/** The shapes that the endpoint answers, as JSON Schema, by the names they have in `docs/openapi.json`. */
import { LIMITS } from '../schema.js';
import {
	ADAPTERS,
	DELIVERY_STATUSES,
	EVENTS,
	MASK,
	OPERATIONS,
	TARGET_KINDS,
	TARGET_STATES,
} from '../src/core/vocabulary.js';

export type Json = { [key: string]: unknown };

export const text = { type: 'string' };
export const whole = { type: 'integer' };
const time = { type: 'string', format: 'date-time' };
const orNull = (schema: Json) => ({ anyOf: [schema, { type: 'null' }] });
export const listOf = (items: Json) => ({ type: 'array', items });
const oneOf = (values: readonly string[]) => ({ type: 'string', enum: [...values] });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const object = (properties: Json, optional: string[] = []): Json => ({
	type: 'object',
	properties,
	required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const deliveryFields = {
	id: text,
	kind: oneOf(TARGET_KINDS),
	target: text,
	status: oneOf(DELIVERY_STATUSES),
	collection: text,
	item: text,
	event: oneOf([...EVENTS, 'test']),
	reason: text,
	created_at: time,
	next_at: orNull(time),
	delivered_at: orNull(time),
	tries: whole,
	error: orNull(ref('Failure')),
};

/** What is answered, by name (contract §5). */
export const schemas: Record<string, Json> = {
	Failure: object({ code: text, message: text }),
	Errors: object({
		errors: listOf(
			object({
				message: text,
				extensions: { ...object({ code: text, issues: listOf(ref('Issue')) }, ['issues']), additionalProperties: true },
			}),
		),
	}),
	Issue: object(
		{
			path: { type: 'string', description: 'A JSON pointer (RFC 6901) into what was sent.' },
			code: text,
			message: text,
			suggestion: text,
		},
		['suggestion'],
	),
	Request: object({
		method: text,
		url: text,
		headers: { type: 'object', additionalProperties: text, description: `Credentials are shown as "${MASK}".` },
		body: orNull({ type: 'string', description: `Cut at ${LIMITS.historyBody} bytes.` }),
	}),
	Response: object({ status: whole, headers: { type: 'object', additionalProperties: text }, body: text }),
	Attempt: object({
		at: time,
		duration_ms: { type: 'number' },
		outcome: oneOf(['delivered', 'retry', 'failed', 'gone']),
		deliveries: whole,
		request: ref('Request'),
		response: orNull(ref('Response')),
		error: orNull(ref('Failure')),
	}),
	Cause: object({
		target: text,
		status: oneOf(DELIVERY_STATUSES),
		code: text,
		message: { type: 'string', description: 'What the newest of them was told.' },
		count: whole,
		oldest: time,
		newest: time,
	}),
	Delivery: object(deliveryFields),
	DeliveryDetail: object({
		...deliveryFields,
		rule: orNull({ type: 'object' }),
		changed_at: time,
		user: orNull(text),
		operation: orNull(text),
		webhook_id: orNull(text),
		attempts: listOf(ref('Attempt')),
	}),
	Incident: object({
		id: text,
		target: text,
		kind: oneOf(TARGET_KINDS),
		started_at: time,
		resolved_at: orNull(time),
		count: whole,
		last_error: ref('Failure'),
	}),
	Operation: object({
		id: text,
		at: time,
		user: orNull(text),
		action: oneOf(OPERATIONS),
		target: orNull(text),
		reason: orNull(text),
		detail: { type: 'object', description: 'What it was done to, and what came of it.' },
	}),
	Diagnostic: object({ level: oneOf(['warning', 'error']), code: text, message: text }),
	Target: object({
		id: text,
		kind: oneOf(TARGET_KINDS),
		name: text,
		state: oneOf(TARGET_STATES),
		pending: whole,
		lag_ms: whole,
		last_success_at: orNull(time),
		last_failure_at: orNull(time),
		last_error: orNull(ref('Failure')),
		p50_ms: orNull({ type: 'number' }),
		p95_ms: orNull({ type: 'number' }),
		mode: {
			...orNull(oneOf(['sync', 'plain'])),
			description: 'Of remote sources: `plain` where the other side lacks the extension and is sent items one way.',
		},
		conflicts: whole,
	}),
	Status: object({
		version: text,
		engine: oneOf(['embedded', 'bullmq']),
		enabled: { type: 'boolean' },
		nodes: whole,
		outbox: object({ pending: whole, lag_ms: whole, error: orNull(text) }),
		deliveries: object(Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, whole]))),
		conflicts: { ...whole, description: "Those between instances that wait for somebody's decision." },
		targets: listOf(ref('Target')),
		diagnostics: listOf(ref('Diagnostic')),
	}),
	Validation: object({ valid: { type: 'boolean' }, issues: listOf(ref('Issue')) }),
	Throughput: object({
		hours: listOf({ ...time, description: 'When the hour starts; oldest first, the running hour last.' }),
		targets: {
			...listOf(
				object({
					id: text,
					delivered: listOf(whole),
					failed: listOf(whole),
					retried: listOf(whole),
					requests: listOf(whole),
					p95_ms: listOf(orNull(whole)),
				}),
			),
			description: 'Targets that had anything in these hours; each list has one entry per hour.',
		},
	}),
	Adapter: object({
		name: oneOf(ADAPTERS),
		title: text,
		description: text,
		signs: { type: 'boolean', description: 'Whether requests are signed where the target has a signing secret.' },
		options: { type: 'object', description: "The JSON Schema of the adapter's own options." },
		common: { type: 'object', description: 'The JSON Schema of the options that every target has.' },
	}),
	DryRun: object({
		targets: listOf(
			object({
				id: text,
				name: text,
				matched: { type: 'boolean' },
				reason: text,
				rule: orNull({ type: 'object' }),
				requests: listOf(ref('Request')),
				rules: listOf(
					object({
						index: { ...whole, description: "The rule's place in the target's schema." },
						collection: text,
						matched: { type: 'boolean' },
						items: listOf(object({ item: text, send: { type: 'boolean' }, reason: text })),
					}),
				),
				issues: listOf(ref('Issue')),
			}),
		),
	}),
	Test: object({
		delivery: text,
		delivered: { type: 'boolean' },
		outcome: oneOf(['delivered', 'retry', 'failed', 'gone', 'nothing']),
		duration_ms: { type: 'number' },
		request: orNull(ref('Request')),
		response: orNull(ref('Response')),
		error: orNull(ref('Failure')),
	}),
	Flush: {
		anyOf: [
			object({ operation: text, count: whole }),
			object({ dry_run: { type: 'boolean', const: true }, count: whole, requests: listOf(ref('Request')) }),
		],
	},
	State: object({ id: text, state: oneOf(TARGET_STATES) }),
	Bulk: object(
		{
			operation: { type: 'string', description: 'A filter of GET /deliveries: what this action touched.' },
			count: whole,
			per_second: whole,
		},
		['per_second'],
	),
};
