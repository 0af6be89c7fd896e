import { z } from 'zod';
import { bundle } from '../bundle.js';
import { configIssue, plan } from '../plan.js';
import { answerWith, failure, time, whole } from './shapes.js';

const issues = z.array(configIssue).meta({ description: 'What stands in the way.' });
const warnings = z.array(configIssue).meta({ description: 'What does not, but should be known.' });

const specs = z
	.object({ openapi: z.unknown(), items: z.string(), system: z.string() })
	.meta({ description: 'Of this instance: OpenAPI, and GraphQL of its items and of the system.' });
export type InstanceSpecs = z.output<typeof specs>;

export const pulled = z.object({
	data: bundle.meta({ id: 'Bundle' }),
	meta: z
		.object({
			issues,
			recorded: whole.meta({ description: 'How many elements got a SyncID.' }),
			specs: specs.optional(),
		})
		.optional()
		.meta({ description: 'Missing if another instance was asked.' }),
});

const planAnswer = plan.meta({ id: 'Plan' });
export const planned = answerWith(planAnswer, z.object({ issues, warnings }));

const push = z
	.object({
		id: z.string().nullable().meta({ description: 'In the history; null if nothing was written.' }),
		dry_run: z.boolean(),
		plan: planAnswer,
		duration_ms: z.number(),
	})
	.meta({ id: 'Push' });
export type Push = z.output<typeof push>;
const pushedNow = answerWith(push, z.object({ warnings }));
export type PushAnswer = z.output<typeof pushedNow>;

const jobStarted = z.object({
	data: z.object({ job: z.string().meta({ description: 'For GET /config/jobs/{id}.' }) }),
});
export const pushOrJob = z.union([pushedNow, jobStarted]);

export const pushJob = z
	.object({
		id: z.string(),
		at: time,
		status: z.enum(['waiting', 'planning', 'writing', 'done', 'failed', 'lost']).meta({
			description: '`lost`: its process ended before it did; the history says whether it was applied.',
		}),
		step: whole.meta({ description: 'Steps that are done.' }),
		of: whole.meta({ description: 'How many there are.' }),
		name: z.string().nullable().meta({ description: 'What the current step is about.' }),
		push: push.nullable(),
		warnings: z.array(configIssue),
		error: z
			.object({ status: whole, errors: z.array(z.unknown()) })
			.nullable()
			.meta({ description: 'What the push itself would have been answered.' }),
	})
	.meta({ id: 'PushJob' });
export type PushJob = z.output<typeof pushJob>;

export const ids = z
	.record(z.string(), z.array(z.object({ sync_id: z.string(), local_id: z.string() })))
	.meta({ id: 'Ids', description: 'By table.' });
export const untracked = z.object({ untracked: z.boolean() }).meta({ id: 'Untracked' });

const commit = z.object({
	commit: z.string(),
	author: z.string(),
	dirty: z.boolean().meta({ description: 'Whether the files had been changed since.' }),
});
/** The commit that pushed files were of. */
export type PushedCommit = z.output<typeof commit>;

const pushedShape = {
	id: z.string(),
	at: time,
	duration_ms: z.number(),
	user: z.string().nullable(),
	status: z.enum(['begun', 'applied', 'failed', 'partial']),
	reverts: z.string().nullable().meta({ description: 'The push that this one reverted.' }),
	reverted_by: z.string().nullable().meta({ description: 'The push that reverted this one.' }),
	summary: plan.shape.summary,
	git: commit.nullable().meta({ description: 'null if it did not come from files in git.' }),
	error: failure.nullable(),
};
export const pushed = z.object(pushedShape).meta({ id: 'Pushed' });
/** A push, as the history tells it. */
export type Pushed = z.output<typeof pushed>;

export const pushedPlan = z
	.object({ ...pushedShape, plan: planAnswer, revertible: z.boolean() })
	.meta({ id: 'PushedPlan' });
export type PushedPlan = z.output<typeof pushedPlan>;
