import { z } from 'zod';
import { LIMITS } from '../../schema.js';
import { promotion } from './answers/previews.js';
import { linkedCopy, release, released } from './answers/releases.js';
import { answer, page } from './answers/shapes.js';
import { define } from './define-route.js';

const collection = z.string().min(1).max(255);
const key = z.union([z.string().min(1).max(255), z.number()]).transform(String);

const chosen = z
	.array(
		z
			.strictObject({
				collection,
				keys: z.array(key).min(1).max(LIMITS.syncTogether).optional(),
				filter: z.record(z.string(), z.unknown()).optional(),
			})
			.refine(({ keys, filter }) => (keys === undefined) !== (filter === undefined), {
				message: 'expected either "keys" or "filter"',
			}),
	)
	.min(1)
	.max(100)
	.meta({ description: 'Items of collections, by their keys or by a Directus filter.' });
export type Chosen = z.output<typeof chosen>;

const named = z
	.array(z.strictObject({ collection, keys: z.array(key).min(1).max(LIMITS.syncTogether).optional() }))
	.min(1)
	.max(100);
export type Named = z.output<typeof named>;

const reason = z.string().max(1_000).optional().meta({ description: 'Why; kept with who did it, and when.' });
const expect = z
	.string()
	.max(64)
	.optional()
	.meta({ description: 'The fingerprint of a preview: nothing is written if it would come out differently by now.' });
const dry_run = z.boolean().default(true);

/** Chosen items are brought to another instance: previewed, and all of them or none. */
export const promoteRoutes = {
	syncPromote: define({
		method: 'post',
		path: '/sync/peers/:id/promote',
		access: 'admin',
		summary:
			'Brings items to a remote source with what they need there, all or none; by default only says what that would be, field by field.',
		input: z.strictObject({ items: chosen, dry_run, expect, reason }),
		answer: answer(promotion),
	}),
	syncRelease: define({
		method: 'post',
		path: '/sync/peers/:id/release',
		access: 'admin',
		summary:
			'Releases what is collected for a remote source, or some of it, all or none; by default only says what that would be. With `at`, it is done then.',
		input: z.strictObject({
			items: named.optional().meta({ description: 'Only these of the items that are collected.' }),
			dry_run,
			expect,
			reason,
			at: z.iso.datetime({ offset: true }).optional().meta({
				description: 'When it is released, in ISO 8601: the items that are collected by now, as they are then.',
			}),
		}),
		answer: answer(released),
	}),
	syncCopy: define({
		method: 'post',
		path: '/sync/copy',
		access: 'admin',
		summary:
			'Copies items to an instance that is no remote of this one, once, all or none; by default only says what that would be.',
		input: z.strictObject({
			url: z.string().max(10_000).meta({ description: 'The other Directus.' }),
			api_key: z
				.string()
				.min(1)
				.max(10_000)
				.meta({ description: 'A token of an admin there, or of its Data Sync user.' }),
			items: chosen,
			match: z
				.record(collection, z.array(z.string().min(1).max(255)).min(1).max(100))
				.default({})
				.meta({ description: 'By collection, the fields that find an item that is there already.' }),
			related: z.boolean().default(true).meta({
				description: 'Whether related items that the other side lacks come along; else their fields are left empty.',
			}),
			dry_run,
			expect,
			reason,
		}),
		answer: answer(promotion),
	}),
	syncCopyOf: define({
		method: 'post',
		path: '/sync/copy-of',
		access: 'admin',
		summary:
			'Links this instance, which is a copy of another, to that one: every item is the one with the same key there, proven by a comparison. The new remote source is on release only. By default only the comparison is made.',
		input: z.strictObject({
			url: z.string().max(10_000).meta({ description: 'The original.' }),
			api_key: z
				.string()
				.min(1)
				.max(10_000)
				.meta({ description: 'A token of an admin there, or of its Data Sync user.' }),
			name: z.string().min(1).max(255),
			collections: z.array(collection).min(1).max(500).optional(),
			dry_run,
		}),
		answer: answer(linkedCopy),
	}),
	syncReleases: define({
		method: 'get',
		path: '/sync/releases',
		access: 'admin',
		summary: 'Releases that are planned, running or over, newest first.',
		input: z.strictObject({
			target: z.string().max(255).optional(),
			limit: z.coerce.number().int().min(1).max(100).default(10),
			page: z.coerce.number().int().min(1).max(10_000).default(1),
		}),
		answer: page(release),
	}),
	syncReleaseCancel: define({
		method: 'post',
		path: '/sync/releases/:id/cancel',
		access: 'admin',
		summary: 'Calls off a release that is planned.',
		input: z.strictObject({ reason }),
		answer: answer(release),
	}),
} as const;
