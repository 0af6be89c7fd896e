/** The shapes of the routes about conflicts, by the names they have in `docs/openapi.json`. */
import { CHECK_STEPS } from '../src/core/sync/check-link.js';
import { listOf, object, ref, text, whole, type Json } from './openapi-schemas.js';

const time = { type: 'string', format: 'date-time' };
const orNull = (schema: Json) => ({ anyOf: [schema, { type: 'null' }] });
const oneOf = (values: readonly string[]) => ({ type: 'string', enum: [...values] });
const value = { description: 'In the form in which it travels: references by sync id.' };

export const conflictSchemas: Record<string, Json> = {
	Conflict: object({
		id: text,
		status: oneOf(['open', 'resolved', 'automatic']),
		kind: oneOf(['fields', 'delete', 'identity', 'unique']),
		target: orNull({ ...text, description: 'The remote source for that instance, where there is one.' }),
		peer: { ...text, description: 'The other instance.' },
		collection: text,
		sync_id: text,
		item: orNull({ ...text, description: 'The key of the row here.' }),
		deleted: orNull({ ...oneOf(['here', 'there']), description: 'Of a deletion: who deleted the row.' }),
		fields: listOf(
			object({ field: text, base: value, here: value, there: value, took: oneOf(['here', 'there', 'held']) }),
		),
		message: text,
		at: time,
		resolved_at: orNull(time),
		resolved_by: orNull(text),
		resolution: { description: 'What was decided, or in words what has settled it; null while it is open.' },
	}),
	JsonSchema: { type: 'object', additionalProperties: true, description: 'A JSON Schema.' },
	RuleClosure: object({
		index: { ...whole, description: "The rule's place." },
		collection: text,
		count: { ...whole, description: 'Items that match the rule.' },
		needs: listOf(
			object({
				field: text,
				collection: text,
				through: orNull({ ...text, description: 'The junction or translations collection in between.' }),
				state: oneOf(['followed', 'mapped', 'stopped', 'missing']),
				required: { type: 'boolean' },
				count: orNull(whole),
			}),
		),
	}),
	LinkCheck: object({
		ok: { type: 'boolean' },
		at: time,
		steps: listOf(
			object({ step: oneOf(CHECK_STEPS), state: oneOf(['ok', 'missing', 'warning', 'unknown']), message: text }),
		),
		instance: orNull(text),
		version: orNull(text),
		collections: orNull(
			listOf(
				object({
					collection: text,
					index: whole,
					implied: { type: 'boolean', description: 'It travels along with another rule.' },
					stops: listOf(ref('Issue')),
					warnings: listOf(ref('Issue')),
				}),
			),
		),
	}),
	Resolved: object({
		operation: text,
		count: whole,
		resolved: listOf(text),
		refused: listOf(object({ id: text, code: text, message: text })),
	}),
};
