import { z } from 'zod';
import { ids, planned, pulled, pushed, pushedPlan, pushJob, pushOrJob, untracked } from './answers/config.js';
import { answer, page } from './answers/shapes.js';
import { define } from './define-route.js';
import { ELEMENT_KINDS, SCHEMA_KINDS } from './bundle.js';
import { plan } from './plan.js';

const elementKind = z.enum(ELEMENT_KINDS);
const configKind = z.enum([...SCHEMA_KINDS, ...ELEMENT_KINDS, 'extensions']);
const name = z.string().min(1).max(600);
const syncId = z.union([z.string().min(1).max(255), z.number()]).transform(String);
const table = z.string().min(1).max(255);

/** A bundle or a plan may also be sent as it is, with what else there is to say beside it. */
function unwrap(body: unknown): unknown {
	if (typeof body !== 'object' || body === null || 'bundle' in body || 'plan' in body) return body;
	if ('elements' in body) {
		const {
			version,
			directus = null,
			schema = null,
			elements,
			extensions,
			moved,
			...rest
		} = body as Record<string, unknown>;
		const known = { ...(extensions === undefined ? {} : { extensions }), ...(moved === undefined ? {} : { moved }) };
		return { ...rest, bundle: { version, directus, schema, elements, ...known } };
	}
	if ('changes' in body) {
		const { version, fingerprint, changes, adoptions, summary, ...rest } = body as Record<string, unknown>;
		return { ...rest, fingerprint, plan: { version, fingerprint, changes, adoptions, summary } };
	}
	return body;
}

const takenShape = {
	preserve_ids: z.array(elementKind).default([]).meta({
		description: 'Kinds whose elements keep their id on every instance, beside flows and folders, which always do.',
	}),
	sync_policy_roles: z.boolean().default(true).meta({ description: 'Whether policies say which roles have them.' }),
	own: z
		.boolean()
		.default(false)
		.meta({ description: "Whether Downstream's own collections and policy are included." }),
};

const plannedShape = {
	...takenShape,
	kinds: z.array(configKind).min(1).optional().meta({ description: 'Only these kinds, and what they depend on.' }),
	only: z.array(name).min(1).optional().meta({
		description: 'Only these, as kind:sync_id (roles:editor, fields:articles.title), and what they depend on.',
	}),
	mirror: z.boolean().default(false).meta({ description: 'Delete also what only this instance has.' }),
	additive: z.boolean().default(false).meta({ description: 'Delete nothing; deletions are listed as kept.' }),
	choices: z.record(z.string().max(600), z.string().min(1).max(255)).default({}).meta({
		description: 'Where it is not certain which element is meant: kind:sync_id ⇒ its key here, or "new".',
	}),
};

const consentShape = {
	fingerprint: z.string().max(200).optional().meta({
		description: "A plan's: refused with 409 where the state is no longer the one that it was computed from.",
	}),
	allow_destructive: z.boolean().default(false),
	allow_data_loss: z
		.union([z.boolean(), z.array(name)])
		.default(false)
		.meta({
			description: 'Whether collections and fields that hold values may go: all of them, or those named.',
		}),
	max_deletions: z.int().min(0).nullable().default(null).meta({
		description:
			'How many elements of one kind may be deleted; a tenth of them, or 20 where that is more, if not said.',
	}),
	allow_renames: z.boolean().default(false).meta({
		description: 'Whether collections and fields may get another name, which clients have to know.',
	}),
	dry_run: z.boolean().default(false).meta({ description: 'Do all of it, report it, and undo it.' }),
	job: z.boolean().default(false).meta({
		description:
			'Answer at once with the id of a job, { job }, and go on whether or not anybody waits: GET /config/jobs/{id} says how far it is, and how it ended.',
	}),
};

const afterShape = {
	git: z
		.strictObject({
			commit: z.string().regex(/^[0-9a-f]{7,64}$/, 'expected the hash of a commit'),
			author: z.string().max(255),
			dirty: z.boolean().default(false).meta({ description: 'Whether the files had been changed since.' }),
		})
		.optional()
		.meta({ description: 'The commit that the bundle is of, for the history.' }),
	expect: z.string().min(1).max(255).optional().meta({
		description:
			'The push that must be the last one in the history, or "none"; otherwise the request is refused with 409.',
	}),
	abandon_broken_off: z.boolean().default(false).meta({
		description:
			'Push although an earlier push was broken off half way (409 PUSH_BROKEN_OFF); that push can then be neither finished nor reverted.',
	}),
};

/** Another instance, for one request: neither is kept. */
const remote = z.strictObject({
	url: z.string().min(1).max(2_000).meta({ description: 'Where its Directus is.' }),
	token: z
		.string()
		.max(2_000)
		.regex(/^[\x21-\x7e]+$/, 'expected a token: letters, digits and signs, without spaces')
		.meta({ description: 'Of an admin there. Used for this request, and kept nowhere.' }),
});

const bundleBody = z.unknown().refine((value) => value !== undefined, { message: 'expected a bundle' });

/** The configuration's part of the endpoint's surface. */
export const configRoutes = {
	configPull: define({
		method: 'post',
		path: '/config/pull',
		access: 'admin',
		summary: 'The whole configuration of this instance, or of another one, or chosen kinds of it, as a bundle.',
		input: z.strictObject({
			...takenShape,
			from: remote.optional().meta({ description: 'The instance that is asked; this one, if not said.' }),
			kinds: z.array(elementKind).optional().meta({ description: 'Kinds of elements; all of them, if not said.' }),
			schema: z.boolean().default(true),
			extensions: z.boolean().default(true).meta({ description: 'Whether it says which extensions are switched on.' }),
			specs: z.boolean().default(false).meta({
				description: 'Give the OpenAPI and GraphQL specifications too, as meta.specs: { openapi, items, system }.',
			}),
		}),
		answer: pulled,
	}),
	configDiff: define({
		method: 'post',
		path: '/config/diff',
		access: 'admin',
		summary: 'What this instance would have to do to become what a bundle says; writes nothing.',
		input: z.preprocess(unwrap, z.strictObject({ bundle: bundleBody, ...plannedShape })),
		answer: planned,
	}),
	configPush: define({
		method: 'post',
		path: '/config/push',
		access: 'admin',
		summary: 'Makes this instance what a bundle or a plan says: all of it, or nothing.',
		input: z.preprocess(
			unwrap,
			z
				.strictObject({
					bundle: bundleBody.optional(),
					plan: plan.optional(),
					...plannedShape,
					...consentShape,
					...afterShape,
				})
				.refine((input) => input.bundle !== undefined || input.plan !== undefined, {
					message: 'expected "bundle", "plan" or both',
				}),
		),
		answer: pushOrJob,
	}),
	configIds: define({
		method: 'post',
		path: '/config/ids',
		access: 'admin',
		summary: 'SyncIDs and keys of tables (roles, users, files, items:articles); records those of seeds.',
		input: z.strictObject({
			tables: z.array(table).max(1_000),
			write: z
				.strictObject({
					table: table.refine((value) => !ELEMENT_KINDS.some((kind) => kind === value), {
						message: 'SyncIDs of the configuration are recorded by pull and push alone',
					}),
					add: z.array(z.strictObject({ sync_id: syncId, local_id: syncId })).default([]),
					forget: z.array(syncId).default([]).meta({ description: 'SyncIDs.' }),
				})
				.optional(),
		}),
		answer: answer(ids),
	}),
	configUntrack: define({
		method: 'post',
		path: '/config/untrack',
		access: 'admin',
		summary: 'Forgets the SyncID of one element, which stays; the next pull gives it a new one.',
		input: z.strictObject({ kind: elementKind, id: syncId }),
		answer: answer(untracked),
	}),
	configHistory: define({
		method: 'get',
		path: '/config/history',
		access: 'admin',
		summary: 'Every push, newest first.',
		input: z.strictObject({
			limit: z.coerce.number().int().min(1).max(200).default(25),
			page: z.coerce.number().int().min(1).max(10_000_000).default(1),
		}),
		answer: page(pushed),
	}),
	configPushed: define({
		method: 'get',
		path: '/config/history/:id',
		access: 'admin',
		summary: 'One push: its plan, and what would take it back.',
		input: z.strictObject({}),
		answer: answer(pushedPlan),
	}),
	configJob: define({
		method: 'get',
		path: '/config/jobs/:id',
		access: 'admin',
		summary:
			'How far a push is that was asked for as a job, and how it ended; as server-sent events or lines of JSON (Accept), whenever it has come further.',
		input: z.strictObject({}),
		answer: answer(pushJob),
		streams: true,
	}),
	configRevertPlan: define({
		method: 'get',
		path: '/config/history/:id/revert',
		access: 'admin',
		summary: 'What taking a push back would change; writes nothing.',
		input: z.strictObject({}),
		answer: planned,
	}),
	configRevert: define({
		method: 'post',
		path: '/config/history/:id/revert',
		access: 'admin',
		summary: 'Takes a push back, or undoes one that was broken off, as a new push with the same guards.',
		input: z.strictObject(consentShape),
		answer: pushOrJob,
	}),
	configFinish: define({
		method: 'post',
		path: '/config/history/:id/finish',
		access: 'admin',
		summary: 'Does the rest of a push that was broken off half way, as a new push with the same guards.',
		input: z.strictObject(consentShape),
		answer: pushOrJob,
	}),
} as const;
