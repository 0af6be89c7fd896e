import { z } from 'zod';
import { answer, page } from './answers/shapes.js';
import { applied, backfill, comparison, digests, received, receivedFile, repair, run, undone } from './answers/sync.js';
import { define } from './define-route.js';
import { conflictRoutes } from './conflict-routes.js';
import { linkRoutes } from './link-routes.js';
import { instance, syncAsked, syncDigests, syncHello, syncReceived, syncResend, syncWelcome } from './sync-messages.js';
import { promoteRoutes } from './promote-routes.js';
import { syncTakenTogether, syncTogether } from './sync-together.js';

const collections = z.preprocess(
	(value) => (typeof value === 'string' ? value.split(',').filter((part) => part !== '') : value),
	z.array(z.string().min(1).max(255)).min(1).max(500).optional(),
);

/** The routes of sync: what another instance asks, and what admins do with remote sources and conflicts. */
export const syncRoutes = {
	syncHello: define({
		method: 'post',
		path: '/sync/hello',
		access: 'peer',
		summary: 'Who this instance is, and what it would take of some collections from the user who asks, field by field.',
		input: syncHello,
		answer: answer(syncWelcome.meta({ id: 'SyncWelcome' })),
	}),
	syncApply: define({
		method: 'post',
		path: '/sync/apply',
		access: 'peer',
		summary: 'What another instance sends: rows with their state, taken in by the permissions of its user.',
		input: syncReceived,
		answer: answer(applied),
	}),
	syncTogether: define({
		method: 'post',
		path: '/sync/together',
		access: 'peer',
		summary:
			'What another instance releases: rows that are taken in all or none; with `dry_run`, only what would become of each.',
		input: syncTogether,
		answer: answer(syncTakenTogether.meta({ id: 'SyncTakenTogether' })),
	}),
	syncDigests: define({
		method: 'post',
		path: '/sync/digests',
		access: 'peer',
		summary:
			'Digests of the rows of a collection, so that two instances find differences without sending the rows. They are made with the key that the header `x-downstream-digest-key` names, if both have it.',
		input: syncDigests,
		answer: answer(digests),
	}),
	syncFile: define({
		method: 'post',
		path: '/sync/files',
		access: 'peer',
		raw: true,
		summary: 'The bytes of a file whose row has arrived, as they are; written if they have the SHA-256 that is said.',
		input: z.strictObject({
			protocol: z.coerce.number().int(),
			from: instance,
			file: z.guid(),
			sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hex'),
		}),
		answer: answer(receivedFile),
	}),
	syncResend: define({
		method: 'post',
		path: '/sync/resend',
		access: 'peer',
		summary: 'Asks this instance to send rows again that its own rules send to the asking one.',
		input: syncResend,
		answer: answer(syncAsked.meta({ id: 'SyncAsked' })),
	}),
	syncCompare: define({
		method: 'get',
		path: '/sync/peers/:id/compare',
		access: 'admin',
		summary:
			'What differs between here and a remote source, by digests: counts, and the first 1,000 keys of each kind.',
		input: z.strictObject({ collections }),
		answer: answer(comparison),
	}),
	syncBackfill: define({
		method: 'post',
		path: '/sync/peers/:id/backfill',
		access: 'admin',
		summary:
			'Sends what a remote source does not have yet, in the order of keys; goes on where it was interrupted. With `dry_run` it only says what would be made, changed, recognised and refused there.',
		input: z.strictObject({
			collections,
			dry_run: z.boolean().default(false),
			most: z.number().int().min(1).max(1_000_000).default(10_000).meta({
				description: 'Rows of each collection that a dry run looks at.',
			}),
		}),
		answer: answer(backfill),
	}),
	syncRepair: define({
		method: 'post',
		path: '/sync/peers/:id/repair',
		access: 'admin',
		summary: 'Compares, and has both sides send what differs; by default only says what that would be.',
		input: z.strictObject({ collections, dry_run: z.boolean().default(true) }),
		answer: answer(repair),
	}),
	syncProgress: define({
		method: 'get',
		path: '/sync/peers/:id/progress',
		access: 'admin',
		summary:
			'How far the latest backfill or repair of a remote source has come; with `Accept: application/x-ndjson` or `text/event-stream` again whenever it has come further, until it has ended.',
		input: z.strictObject({}),
		answer: answer(run.nullable()),
		streams: true,
	}),
	syncReceived: define({
		method: 'get',
		path: '/sync/runs',
		access: 'admin',
		summary:
			'What other instances wrote here lately, by run or by request, newest first: what `/sync/runs/:id/undo` can take back.',
		input: z.strictObject({
			target: z.string().max(255).optional(),
			limit: z.coerce.number().int().min(1).max(100).default(10),
			page: z.coerce.number().int().min(1).max(10_000).default(1),
		}),
		answer: page(received),
	}),
	syncUndo: define({
		method: 'post',
		path: '/sync/runs/:id/undo',
		access: 'admin',
		summary: 'Takes back what a run (or one request) of another instance wrote here, as new changes.',
		input: z.strictObject({
			dry_run: z.boolean().default(false),
			reason: z.string().max(1_000).optional().meta({ description: 'Why; kept with who did it, and when.' }),
		}),
		answer: answer(undone),
	}),
	...conflictRoutes,
	...linkRoutes,
	...promoteRoutes,
} as const;
