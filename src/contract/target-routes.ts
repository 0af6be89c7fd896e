import { z } from 'zod';
import { LIMITS } from '../../schema.js';
import { answer } from './answers/shapes.js';
import { targetNotice } from './answers/status.js';
import { adapterInfo, dryRun, flushed, targetState, tested, validation } from './answers/targets.js';
import { define } from './define-route.js';
import { key, none, text, why } from './inputs.js';
import { EVENTS, TARGET_KINDS } from './vocabulary.js';

const draft = z.strictObject({
	id: text.nullish().meta({ description: 'The stored target whose secrets are used, and whatever is left out here.' }),
	name: text.nullish(),
	url: z.string().max(10_000).nullish(),
	adapter: text.nullish(),
	auth_header: text.nullish(),
	schema: z.unknown(),
	options: z.unknown().optional(),
});

/** A tag, a path or a prefix that a user writes. */
const purged = text.refine((said) => said.trim() !== '' && !/\p{Cc}/u.test(said), 'expected a text without line ends');

/** Flush targets: checks, previews and what is sent by hand. */
export const targetRoutes = {
	validate: define({
		method: 'post',
		path: '/validate',
		access: 'admin',
		summary: 'Checks rules and options without storing them.',
		input: z.strictObject({
			kind: z.enum(TARGET_KINDS),
			schema: z.unknown().optional().meta({ description: 'Not needed with automatic tags.' }),
			options: z.unknown().optional(),
			adapter: z.unknown().optional(),
		}),
		answer: answer(validation),
	}),
	adapters: define({
		method: 'get',
		path: '/adapters',
		access: 'admin',
		summary: 'Every adapter, with the JSON Schema of its own options and of those that every target has.',
		input: z.strictObject({
			language: text
				.optional()
				.meta({ description: 'In which language, such as `nl-NL`; English where it is not there.' }),
		}),
		answer: answer(z.array(adapterInfo)),
	}),
	dryRun: define({
		method: 'post',
		path: '/dry-run',
		access: 'admin',
		summary: 'What a change would send to each target, and why or why not; sends nothing.',
		input: z
			.strictObject({
				collection: z.string().min(1).max(255),
				event: z.enum(EVENTS),
				keys: z.array(key).max(100).default([]),
				payload: z.record(z.string(), z.unknown()).optional(),
				target: text.optional(),
				draft: draft.optional().meta({
					description: 'A target that is not saved, or not saved yet with these values; it alone is previewed.',
				}),
			})
			.refine((input) => input.target === undefined || input.draft === undefined, {
				message: 'expected either "target" or "draft"',
				path: ['draft'],
			}),
		answer: answer(dryRun),
	}),
	testTarget: define({
		method: 'post',
		path: '/targets/:id/test',
		access: 'admin',
		summary: 'Sends one signed test request and shows its answer.',
		input: none,
		answer: answer(tested),
	}),
	flushTarget: define({
		method: 'post',
		path: '/targets/:id/flush',
		access: 'admin',
		summary: 'Queues deliveries by hand: chosen items, a collection, or everything that the target has rules for.',
		input: z
			.strictObject({
				collection: z.string().min(1).max(255).optional(),
				keys: z.array(key).min(1).max(LIMITS.fanOut).optional(),
				all: z.boolean().optional(),
				dry_run: z.boolean().default(false),
			})
			.refine(({ collection, all }) => (collection !== undefined) !== (all === true), {
				message: 'expected either "collection" (and "keys", for chosen items) or "all": true',
			})
			.refine(({ keys, all }) => !(keys && all), { message: '"keys" goes with "collection", not with "all"' }),
		answer: answer(flushed),
	}),
	purgeTarget: define({
		method: 'post',
		path: '/targets/:id/purge',
		access: 'admin',
		summary:
			'Purges tags, paths, all below a prefix, or everything by hand, whether or not a rule or an item has to do with it.',
		input: z
			.strictObject({
				tags: z.array(purged).max(1_000).default([]),
				paths: z.array(purged).max(1_000).default([]),
				prefixes: z.array(purged).max(100).default([]).meta({ description: 'All pages below, such as `/blog/`.' }),
				everything: z.boolean().default(false).meta({ description: 'All that the target has cached of the site.' }),
				dry_run: z.boolean().default(false),
			})
			.refine(
				({ tags, paths, prefixes, everything }) => everything || tags.length + paths.length + prefixes.length > 0,
				{
					message: 'expected "tags", "paths", "prefixes" or "everything": true',
				},
			),
		answer: answer(flushed),
	}),
	pauseTarget: define({
		method: 'post',
		path: '/targets/:id/pause',
		access: 'admin',
		summary: 'Stops sending to a target; its changes are collected.',
		input: why,
		answer: answer(targetState),
	}),
	targetNotice: define({
		method: 'get',
		path: '/targets/:id/notice',
		access: 'user',
		summary: 'How a target is, for admins and for whoever is notified of it.',
		input: none,
		answer: answer(targetNotice),
	}),
	tryTarget: define({
		method: 'post',
		path: '/targets/:id/try',
		access: 'admin',
		summary: 'Sends to a failing target, or one that is held or retried later, at once; one that is paused stays so.',
		input: none,
		answer: answer(targetState),
	}),
	resumeTarget: define({
		method: 'post',
		path: '/targets/:id/resume',
		access: 'admin',
		summary: 'Sends again, beginning with what was collected.',
		input: why,
		answer: answer(targetState),
	}),
} as const;
