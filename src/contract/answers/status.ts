import { z } from 'zod';
import { condition, overall } from './conditions.js';
import { DELIVERY_STATUSES, TARGET_KINDS, TARGET_STATES } from '../vocabulary.js';
import { failure, time, whole } from './shapes.js';

export const identityStatus = z
	.object({
		state: z.enum(['known', 'held']).meta({
			description: '`held`: nothing is sent or taken in until an admin says what happened to this instance.',
		}),
		reason: z.string().nullable().meta({ description: 'What differs from last time, and what to do.' }),
	})
	.meta({ id: 'Identity' });
export type IdentityStatus = z.output<typeof identityStatus>;

/** Something that an admin should look into, and what to do about it. */
const diagnostic = z
	.object({ level: z.enum(['warning', 'error']), code: z.string(), message: z.string() })
	.meta({ id: 'Diagnostic' });
export type Diagnostic = z.output<typeof diagnostic>;

const triggerStatus = z
	.object({
		enabled: z.boolean(),
		collections: z
			.array(z.string())
			.meta({ description: 'Collections in which every write is seen, from any process.' }),
		problems: z
			.array(z.object({ collection: z.string(), problem: z.string() }))
			.meta({ description: 'Collections (`*` for all) that lack triggers, and why.' }),
	})
	.meta({ id: 'Triggers', description: 'Database triggers, as this node saw them at most half a minute ago.' });
export type TriggerStatus = z.output<typeof triggerStatus>;

const targetStatus = z
	.object({
		id: z.string(),
		kind: z.enum(TARGET_KINDS),
		name: z.string(),
		state: z
			.enum(TARGET_STATES)
			.meta({ description: 'How deliveries to it go: the first of `conditions` that says so.' }),
		conditions: z
			.array(condition)
			.meta({ description: 'All that can be said of it, what needs somebody most first; never empty.' }),
		pending: whole,
		lag_ms: z.number().meta({ description: 'Age of the oldest delivery that waits.' }),
		last_success_at: time.nullable(),
		last_failure_at: time.nullable(),
		last_error: failure.nullable(),
		next_probe_at: time
			.nullable()
			.meta({ description: 'When the next request tests whether a failing target is back.' }),
		held_until: time.nullable().meta({
			description: 'Until when the target has asked to be left alone; `resume` ends that.',
		}),
		batch_bytes: whole.nullable().meta({
			description:
				'Bytes of changes that it accepts in one request, learnt from its refusals; null if it has refused none.',
		}),
		p50_ms: z.number().nullable(),
		p95_ms: z.number().nullable(),
		drain_ms: z.number().nullable().meta({
			description:
				'How long it takes to send what waits, at the pace of the latest requests; null if nothing is being sent.',
		}),
		fresh: z
			.object({ p50_ms: z.number().nullable(), p95_ms: z.number().nullable(), checked: whole, stale: whole })
			.nullable()
			.meta({
				description:
					'Of flush targets with `check`: from a save until visitors got the new page, of the last day; null if no page was looked at.',
			}),
		mode: z.enum(['sync', 'plain']).nullable().meta({
			description: 'Of remotes: `plain` if the remote lacks the extension and is sent items one way.',
		}),
		clock_ahead_ms: z.number().nullable().meta({
			description: "Of remotes: how far the remote's clock is ahead of this one; null if unknown.",
		}),
		conflicts: whole.meta({ description: 'Of remotes: open conflicts on this instance.' }),
		conflicts_there: whole.meta({
			description: 'Of remotes: open conflicts with this instance on the remote, as it said at most half a minute ago.',
		}),
		on_release: z.boolean().meta({ description: 'Of remotes: changes are collected until somebody releases them.' }),
		opens_at: time.nullable().meta({
			description: 'Of remotes that are sent changes in some hours only: when they are again; null if they are now.',
		}),
	})
	.meta({ id: 'Target' });
export type TargetStatus = z.output<typeof targetStatus>;

/** What the users to notify of a target may know of it. */
export const targetNotice = targetStatus
	.pick({ id: true, kind: true, name: true, conditions: true, pending: true, drain_ms: true, last_success_at: true })
	.meta({ id: 'TargetNotice' });

export const status = z
	.object({
		version: z.string(),
		engine: z
			.enum(['embedded', 'bullmq'])
			.meta({ description: 'What shares the work among the nodes, at this moment.' }),
		engine_reason: z.string().meta({ description: 'Why it is that engine.' }),
		enabled: z.boolean(),
		overall: overall.meta({ description: 'How everything is, in one code.' }),
		nodes: whole,
		background: z
			.object({
				share: z.number().meta({ description: 'Share of its time that this process may use; 1 while nobody saves.' }),
				waiting_ms: z.number().meta({ description: 'How long the oldest change has waited to be planned.' }),
				spent_ms: z.number().meta({ description: 'Time used since the process started.' }),
			})
			.meta({ description: 'Planning and sending in this process.' }),
		identity: identityStatus,
		outbox: z
			.object({ pending: whole, lag_ms: z.number(), error: z.string().nullable() })
			.meta({ description: 'Changes that wait to be planned, or to be sent for the first time.' }),
		deliveries: z.record(z.enum(DELIVERY_STATUSES), whole),
		conflicts: whole.meta({ description: 'Open conflicts between instances.' }),
		targets: z.array(targetStatus),
		triggers: triggerStatus,
		settings: z
			.array(z.object({ name: z.string(), problem: z.string() }))
			.meta({ description: 'Settings of this node that cannot be read, and what that means until they are fixed.' }),
		diagnostics: z.array(diagnostic),
	})
	.meta({ id: 'Status' });
/** What `/status` answers. Times as ISO 8601, durations in ms. */
export type Status = z.output<typeof status>;
/** How much of this process background work takes, and may take. */
export type BackgroundLoad = Status['background'];
/** A setting that is wrong, and what that means until it is fixed. */
export type SettingProblem = Status['settings'][number];

export const triggersRemoved = z.object({ removed: whole }).meta({ id: 'TriggersRemoved' });

const perHour = z.array(whole);
export const throughput = z
	.object({
		hours: z.array(time).meta({ description: 'When each hour starts; oldest first, the running hour last.' }),
		targets: z
			.array(
				z.object({
					id: z.string(),
					delivered: perHour,
					failed: perHour,
					retried: perHour,
					requests: perHour,
					p95_ms: z.array(z.number().nullable()),
					fresh_p95_ms: z.array(z.number().nullable()).meta({
						description: 'Of flush targets with `check`: from a save until visitors got the new page.',
					}),
				}),
			)
			.meta({ description: 'Targets that had anything in these hours; each list has one entry per hour.' }),
	})
	.meta({ id: 'Throughput' });
export type Throughput = z.output<typeof throughput>;

/** What is missing where a remote source is a Directus without this extension. */
export const WITHOUT_EXTENSION =
	'it is a Directus without this extension, so items with UUID or text keys are sent to it through its items API, one way, and what is changed there is overwritten without a question. Items with other keys, files and conflicts need the extension: install it there, and the link becomes a real one within a minute.';
