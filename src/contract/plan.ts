import { z } from 'zod';
import { ELEMENT_KINDS, SCHEMA_KINDS } from './bundle.js';

/**
 * What makes a change worth a second look.
 * `destructive`: something ceases to exist · `data_loss`: values that people entered go with it · `rights`: who may do
 * what changes · `breaking`: what uses it from outside may stop working (a webhook's url, a renamed field) ·
 * `untracked`: only the target has it, and no earlier push brought it there · `secret`: looks like a credential ·
 * `environment`: differs between environments on purpose, such as the name of the project.
 */
export const RISKS = ['destructive', 'data_loss', 'rights', 'breaking', 'untracked', 'secret', 'environment'] as const;
export type Risk = (typeof RISKS)[number];

/**
 * One value that differs. `field` is a path (`options.url`) where it lies within JSON; values as in a bundle. What is
 * missing (not null) was not there at all, or is not any more.
 */
export const fieldChange = z.strictObject({
	field: z.string(),
	from: z.unknown().optional(),
	to: z.unknown().optional(),
});
export type FieldChange = z.output<typeof fieldChange>;

/** One step of a plan; steps are applied in their order. */
export const change = z.strictObject({
	kind: z.enum([...SCHEMA_KINDS, ...ELEMENT_KINDS, 'extensions']),
	/** SyncID of an element; of the schema `articles`, `articles.title`; of an extension its name. */
	sync_id: z.string(),
	/** What a person calls it. */
	name: z.string(),
	/** `move`: a collection or field gets another name, with what it holds; `sync_id` is the new one. */
	action: z.enum(['create', 'update', 'delete', 'move', 'none']),
	fields: z.array(fieldChange),
	risk: z.array(z.enum(RISKS)),
	/** The key of the element on the instance that the plan is for; null as long as there is none. */
	local_id: z.string().nullable(),
	/** Steps (`kind:sync_id`) that had to come before this one, and because of which field. */
	after: z.array(z.strictObject({ step: z.string(), because: z.string() })),
	/** Whether it sets what an earlier step of the same element had to leave open, since two elements refer to each other. */
	completes: z.boolean(),
	/** Shown, but not applied: consent to it is missing. */
	kept: z.boolean(),
	/** What goes with it, for a person who is asked for consent: "3 rows", "2 users lose their role". */
	impact: z.array(z.string()),
});
export type Change = z.output<typeof change>;

/** An element of the target that is taken for one of the bundle, though nothing has recorded it yet. */
export const adoption = z.strictObject({
	kind: z.enum(ELEMENT_KINDS),
	sync_id: z.string(),
	local_id: z.string(),
	/** By what it was recognised: `id`, `default`, or the field names of its natural key. */
	by: z.string(),
});
export type Adoption = z.output<typeof adoption>;

/** What an instance would have to do to become what a bundle says. */
export const plan = z.strictObject({
	version: z.literal(1),
	/** A hash of the state that it was computed from: all that it would change, and all that it was compared with. */
	fingerprint: z.string(),
	changes: z.array(change),
	adoptions: z.array(adoption),
	/** What people call the elements that the changes name by SyncID: `roles:4f…` ⇒ `Editor`. */
	names: z.record(z.string(), z.string()).optional(),
	summary: z.strictObject({
		create: z.int(),
		update: z.int(),
		delete: z.int(),
		none: z.int(),
		kept: z.int(),
		/** Collections and fields that are renamed; absent where none is. */
		move: z.int().optional(),
	}),
});
export type Plan = z.output<typeof plan>;

export const configIssue = z
	.object({
		file: z.string().nullable().meta({ description: 'null if it did not come from a file.' }),
		path: z.string().meta({ description: 'kind:sync_id, or a JSON pointer into the bundle.' }),
		code: z.string(),
		message: z.string(),
		suggestion: z.string().optional(),
		moved: fieldChange.optional().meta({
			description: 'Where somebody changed the instance since: the field, what it was, and what it is now.',
		}),
		candidates: z
			.array(z.object({ key: z.string(), name: z.string() }))
			.optional()
			.meta({
				description:
					'Where it is not certain which element is meant: those that it may be, by their key on this instance.',
			}),
	})
	.meta({ id: 'ConfigIssue' });
/** What stands in the way of a plan, each with its place. */
export type ConfigIssue = z.output<typeof configIssue>;
