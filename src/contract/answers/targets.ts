import { z } from 'zod';
import { issue } from '../issue.js';
import { ADAPTERS, TARGET_STATES } from '../vocabulary.js';
import { failure, jsonObject, request, response, whole } from './shapes.js';

export const validation = z.object({ valid: z.boolean(), issues: z.array(issue) }).meta({ id: 'Validation' });

export const adapterInfo = z
	.object({
		name: z.enum(ADAPTERS),
		title: z.string(),
		description: z.string(),
		icon: z.string().meta({ description: 'The name of its Material icon.' }),
		signs: z.boolean().meta({ description: 'Whether requests are signed if the target has a signing secret.' }),
		by_tags: z.boolean().meta({
			description:
				'Whether it purges by tags unless its options say otherwise. One that purges by path only needs pages that were reported.',
		}),
		options: jsonObject.meta({ description: "The JSON Schema of the adapter's own options." }),
		common: jsonObject.meta({ description: 'The JSON Schema of the options that every target has.' }),
	})
	.meta({ id: 'Adapter' });

const rulePreview = z.object({
	index: whole.meta({ description: "The rule's place in the target's schema." }),
	collection: z.string(),
	matched: z.boolean(),
	items: z.array(z.object({ item: z.string(), send: z.boolean(), reason: z.string() })),
});

export type RulePreview = z.output<typeof rulePreview>;

const preview = z.object({
	id: z.string(),
	name: z.string(),
	matched: z.boolean(),
	reason: z.string(),
	rule: jsonObject.nullable(),
	requests: z.array(request),
	rules: z
		.array(rulePreview)
		.meta({ description: 'Every valid rule about the collection, or about items that show the changed ones.' }),
	issues: z.array(issue).meta({ description: 'What is wrong with the target; an invalid rule is left out.' }),
});
/** What a change would send to one target, and why. */
export type Preview = z.output<typeof preview>;

export const dryRun = z
	.object({
		targets: z.array(preview),
		pages: z.object({ total: whole, paths: z.array(z.string()) }).meta({
			description: 'Which pages show the items, as front ends have reported them; the first hundred of them.',
		}),
	})
	.meta({ id: 'DryRun' });

export const tested = z
	.object({
		delivery: z.string().meta({ description: 'Its id in the history.' }),
		delivered: z.boolean(),
		outcome: z
			.enum(['delivered', 'retry', 'failed', 'gone', 'nothing'])
			.meta({ description: '`nothing`: with these options the adapter has no test to send.' }),
		duration_ms: z.number(),
		request: request.nullable(),
		response: response.nullable(),
		error: failure.nullable(),
	})
	.meta({ id: 'Test' });
export type TestResult = z.output<typeof tested>;

const queued = z.object({
	operation: z.string().meta({ description: 'A filter of GET /deliveries: what this action queued.' }),
	count: whole,
});
const wouldQueue = z.object({
	dry_run: z.literal(true),
	count: whole,
	requests: z.array(request).meta({ description: 'The first of them.' }),
	nothing: z.array(z.string()).meta({ description: 'Why there is no request for some of it.' }),
});
export const flushed = z.union([wouldQueue, queued]).meta({ id: 'Flush' });
export type FlushResult = z.output<typeof flushed>;

export const targetState = z.object({ id: z.string(), state: z.enum(TARGET_STATES) }).meta({ id: 'State' });
