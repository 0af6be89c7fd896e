/** The shapes of the routes between instances, made from the zod that both sides speak by. */
import { syncApplied, syncWelcome } from '../src/core/sync/messages.js';
import { fromZod } from './openapi-config.js';
import { listOf, object, text, whole, type Json } from './openapi-schemas.js';

export const syncSchemas: Record<string, Json> = {
	SyncWelcome: fromZod(syncWelcome),
	SyncApplied: fromZod(syncApplied),
	SyncDigests: {
		description: 'Sums by bucket, or, where buckets were asked for, their rows by sync id.',
		type: 'object',
		additionalProperties: true,
	},
	SyncFile: object({ file: text, sha256: text }),
	SyncAsked: object({ asked: listOf(object({ collection: text, message: text })) }),
	SyncComparison: object({
		at: text,
		equal: { type: 'boolean' },
		collections: listOf(
			object({
				collection: text,
				problem: { type: ['string', 'null'] },
				equal: whole,
				different: counted({ sync_id: text, item: text, fields: listOf(text) }),
				missing_here: counted({ sync_id: text, item: text }),
				missing_there: counted({ sync_id: { type: ['string', 'null'] }, item: text }),
				not_compared: listOf(text),
			}),
		),
	}),
	SyncRun: object({
		id: text,
		action: { enum: ['backfill', 'repair'] },
		target: text,
		status: { enum: ['running', 'sending', 'done', 'cancelled', 'failed'] },
		started_at: text,
		user: { type: ['string', 'null'] },
		collections: listOf(
			object({ collection: text, total: whole, read: whole, queued: whole, done: { type: 'boolean' } }),
		),
		deliveries: { type: 'object', additionalProperties: whole },
		asked: listOf(object({ collection: text, message: text })),
		error: { type: ['string', 'null'] },
	}),
	SyncRepair: object({
		run: { type: ['string', 'null'] },
		collections: listOf(
			object({
				collection: text,
				send: object({ count: whole, items: listOf(text) }),
				fetch: object({ count: whole, sync_ids: listOf(text) }),
				problem: { type: ['string', 'null'] },
			}),
		),
		asked: listOf(object({ collection: text, message: text })),
	}),
	SyncReceived: object({
		run: text,
		peer: text,
		target: { type: ['string', 'null'] },
		at: text,
		collections: listOf(object({ collection: text, created: whole, updated: whole, deleted: whole })),
	}),
	SyncUndone: object({
		undone: whole,
		left: listOf(object({ collection: text, item: { type: ['string', 'null'] }, reason: text })),
	}),
};

/** How many there are, and the first of them. */
function counted(row: Record<string, Json>): Json {
	return object({ count: whole, rows: listOf(object(row)) });
}
