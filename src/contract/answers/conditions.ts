import { z } from 'zod';
import type { TargetState } from '../vocabulary.js';
import { failure, time, whole } from './shapes.js';

const queued = whole.meta({ description: 'Deliveries that wait.' });

/** What can be said of a target: a code and what is told with it. `OVERALL` says it of all targets together. */
export const condition = z
	.discriminatedUnion('code', [
		z.object({
			code: z.literal('off'),
			reason: z.enum(['setting', 'identity']).meta({
				description: '`setting`: DOWNSTREAM_ENABLED is false. `identity`: this instance may be a copy of another.',
			}),
		}),
		z.object({ code: z.literal('paused'), queued }),
		z.object({ code: z.literal('invalid'), count: whole.meta({ description: 'Problems of its rules and options.' }) }),
		z.object({
			code: z.literal('failing'),
			since: time.nullable(),
			next_probe_at: time.nullable().meta({ description: 'When the next request tests whether it is back.' }),
			queued,
			error: failure.nullable(),
		}),
		z.object({ code: z.literal('failed'), count: whole.meta({ description: 'Deliveries that are not retried.' }) }),
		z.object({
			code: z.literal('conflicts'),
			local: whole.meta({ description: 'Open conflicts on this instance.' }),
			remote: whole.meta({ description: 'Open conflicts with this instance on the remote, as it has told.' }),
		}),
		z.object({
			code: z.literal('incomplete'),
			fields: z.array(z.string()).meta({ description: 'Fields that are not sent, as `collection.field`.' }),
		}),
		z.object({ code: z.literal('held'), until: time, queued }),
		z.object({
			code: z.literal('retrying'),
			count: whole.meta({ description: 'Deliveries that are tried again; 0 if none of those that failed is left.' }),
			error: failure.nullable(),
		}),
		z.object({ code: z.literal('untried') }),
		z.object({ code: z.literal('unused') }),
		z.object({ code: z.literal('healthy') }),
	])
	.meta({ id: 'Condition' });
export type Condition = z.output<typeof condition>;
export type ConditionCode = Condition['code'];

/** The coarser word of `targets[].state`; null where a condition says nothing of deliveries. */
export const STATE_OF: Record<ConditionCode, TargetState | null> = {
	off: null,
	paused: 'paused',
	invalid: 'invalid',
	failing: 'open',
	failed: 'failed',
	conflicts: null,
	incomplete: null,
	held: 'held',
	retrying: 'degraded',
	untried: 'healthy',
	unused: 'unused',
	healthy: 'healthy',
};

/** Everything in one sentence: the worst that holds for any target, or for the instance. */
export const OVERALL_CODES = [
	'broken',
	'off',
	'identity',
	'none',
	'failing',
	'invalid',
	'failed',
	'conflicts',
	'incomplete',
	'held',
	'retrying',
	'paused',
	'behind',
	'on_the_way',
	'untried',
	'unused',
	'up_to_date',
] as const;
export type OverallCode = (typeof OVERALL_CODES)[number];

export const overall = z
	.object({
		code: z.enum(OVERALL_CODES),
		names: z.array(z.string()).meta({ description: 'The targets that it is about.' }),
		count: whole.meta({ description: 'Of targets, conflicts, deliveries or changes, as the code says.' }),
	})
	.meta({ id: 'Overall' });
export type Overall = z.output<typeof overall>;
