import { z } from 'zod';
import { define } from './define-route.js';
import { conflictRoutes } from './conflict-routes.js';
import { linkRoutes } from './link-routes.js';
import { instance, syncApply, syncDigests, syncHello, syncResend } from './sync/messages.js';

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
	}),
	syncApply: define({
		method: 'post',
		path: '/sync/apply',
		access: 'peer',
		summary: 'What another instance sends: rows with their state, taken in by the permissions of its user.',
		input: syncApply,
	}),
	syncDigests: define({
		method: 'post',
		path: '/sync/digests',
		access: 'peer',
		summary: 'Digests of the rows of a collection, by which two instances find out what differs without moving it.',
		input: syncDigests,
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
	}),
	syncResend: define({
		method: 'post',
		path: '/sync/resend',
		access: 'peer',
		summary: 'Asks this instance to send rows again that its own rules send to the asking one.',
		input: syncResend,
	}),
	syncCompare: define({
		method: 'get',
		path: '/sync/peers/:id/compare',
		access: 'admin',
		summary:
			'What differs between here and a remote source, by digests: counts, and the first 1,000 keys of each kind.',
		input: z.strictObject({ collections }),
	}),
	syncBackfill: define({
		method: 'post',
		path: '/sync/peers/:id/backfill',
		access: 'admin',
		summary: 'Sends what a remote source does not have yet, in the order of keys; goes on where it was interrupted.',
		input: z.strictObject({ collections }),
	}),
	syncRepair: define({
		method: 'post',
		path: '/sync/peers/:id/repair',
		access: 'admin',
		summary: 'Compares, and has both sides send what differs; by default only says what that would be.',
		input: z.strictObject({ collections, dry_run: z.boolean().default(true) }),
	}),
	syncProgress: define({
		method: 'get',
		path: '/sync/peers/:id/progress',
		access: 'admin',
		summary:
			'How far the latest backfill or repair of a remote source has come; with `Accept: application/x-ndjson` or `text/event-stream` again whenever it has come further, until it has ended.',
		input: z.strictObject({}),
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
	}),
	...conflictRoutes,
	...linkRoutes,
} as const;
