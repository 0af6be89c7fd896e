import type { Accountability, PrimaryKey, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Row } from '../core/item-change.js';
import type { EventName } from '../core/vocabulary.js';
import type { ApplyTransaction } from '../engine/sync/apply-ports.js';
import {
	closeConflicts,
	decideConflict,
	insertConflicts,
	openConflictsOf,
	openRivalries,
} from '../tables/sync-conflict-table.js';
import { addSyncIds, moveSyncId, takeOverSyncId } from '../tables/sync-id-table.js';
import { insertLog } from '../tables/sync-log-table.js';
import { isMysql } from '../tables/dialect.js';
import { insertChanges } from '../tables/outbox-table.js';
import { writeVersions } from '../tables/sync-version-table.js';
import type { DirectusServices, MutationOptions } from './directus-services.js';
import type { SyncReads } from '../engine/sync/sync-reads.js';
import type { TrackedWrite } from '../engine/sync/tracked-write.js';

/** Where and in whose name rows are written. */
export interface SyncWriteDoors {
	database: Knex;
	services: DirectusServices;
	schema: SchemaOverview;
	accountability: Accountability;
	/** What is read through a transaction; bytes that nobody has digested yet are not read while one is open. */
	readsOf(transaction: Knex): SyncReads;
	/** Told of all writes, at the end of their transaction. */
	tracking(
		writes: readonly TrackedWrite[],
		by: { knex: Knex; schema: SchemaOverview; accountability: Accountability },
	): Promise<void>;
	now(): number;
}

interface ActionEvent {
	meta: { payload: Row };
}

type CreateOptions = MutationOptions & { bypassEmitAction: (event: ActionEvent) => void };

/**
 * Does the work in one transaction, in the user's name, through Directus' services; flows and hooks are told of it after
 * commit, and of nothing if it is rolled back.
 *
 * Directus offers extensions no way to do several writes in one transaction and emit their events after it, but does so
 * itself for the items of one `createMany`: it opens the transaction, has a copy of the service create each item, collects
 * the events, commits, and emits. Here that copy does the work instead.
 *
 * @param collection one that is written to, for Directus to see whether its cache has to be cleared
 */
export async function inSyncTransaction<T>(
	doors: SyncWriteDoors,
	collection: string,
	work: (transaction: ApplyTransaction) => Promise<T>,
): Promise<T> {
	const { services, database, schema, accountability } = doors;
	let result: { value: T } | null = null;
	class Together extends services.ItemsService {
		fork({ knex }: { knex: Knex }) {
			return {
				createOne: async (_item: Row, options: CreateOptions) => {
					const writes: TrackedWrite[] = [];
					const value = await work(applyTransaction(doors, knex, { options, writes }));
					await doors.tracking(writes, { knex, schema, accountability });
					result = { value };
					return 0;
				},
			};
		}
	}
	const service = new Together(collection, { schema, knex: readingCommitted(database), accountability });
	await service.createMany([{}], { bypassLimits: true });
	if (result === null) throw new Error('Directus did not do the work that it was given');
	return (result as { value: T }).value;
}

/**
 * A handle whose transactions see what others have committed meanwhile. By default MySQL goes on reading what was there at
 * a transaction's first read: of an edit committed since, the row would be read, since it is locked, and its record in
 * the outbox would not, and the edit would be overwritten by what it is newer than.
 */
function readingCommitted(database: Knex): Knex {
	if (!isMysql(database)) return database;
	const transaction = (work: (transaction: Knex.Transaction) => Promise<unknown>) =>
		database.transaction(work, { isolationLevel: 'read committed' });
	return new Proxy(database, {
		get: (knex, name) => (name === 'transaction' ? transaction : Reflect.get(knex, name, knex)),
	});
}

function applyTransaction(
	doors: SyncWriteDoors,
	knex: Knex,
	{ options: { bypassEmitAction }, writes }: { options: CreateOptions; writes: TrackedWrite[] },
): ApplyTransaction {
	const { services, schema, accountability, now } = doors;
	const items = (collection: string) => new services.ItemsService(collection, { schema, knex, accountability });
	/** Does a write; what it was is told of, with all others, at the end of the transaction. */
	const written = async (
		event: EventName,
		collection: string,
		write: (options: MutationOptions) => Promise<PrimaryKey | PrimaryKey[]>,
	): Promise<string> => {
		let payload: Row | null = null;
		const done = await write({
			autoPurgeCache: false,
			bypassLimits: true,
			skipTracking: true,
			bypassEmitAction(emitted) {
				const told = emitted as ActionEvent;
				// Its own event comes first; what hooks made it write besides is tracked by Directus.
				if (event !== 'delete') payload ??= told.meta.payload;
				bypassEmitAction(told);
			},
		});
		const keys = (Array.isArray(done) ? done : [done]).map(String);
		writes.push(...keys.map((key) => ({ event, collection, key, payload: payload ?? {} })));
		return keys[0] ?? '';
	};
	return {
		reads: doors.readsOf(knex),
		openConflicts: (versions) => openConflictsOf(knex, versions),
		openRivalries: (peer) => openRivalries(knex, peer),
		create: (collection, values) =>
			// A key that is given is one that the row had here: the counter is past it.
			written('create', collection, (options) =>
				items(collection).createOne(values, { ...options, bypassAutoIncrementSequenceReset: true }),
			),
		update: async (collection, keys, values) =>
			void (await written('update', collection, (options) => items(collection).updateMany(keys, values, options))),
		remove: async (collection, keys) =>
			void (await written('delete', collection, (options) => items(collection).deleteMany(keys, options))),
		async keepIds(added, moved) {
			await addSyncIds(knex, added);
			for (const entry of moved) await moveSyncId(knex, entry);
		},
		async takeOver(entry) {
			await takeOverSyncId(knex, entry);
		},
		decide: (conflict, { user, use }) =>
			decideConflict(knex, conflict, { at: now(), user, resolution: JSON.stringify(use) }),
		async keep({ versions, conflicts, closed, log, touched }) {
			await writeVersions(knex, versions);
			await closeConflicts(knex, closed, { at: now(), user: null, resolution: 'settled by a later change' });
			await insertConflicts(knex, conflicts);
			await insertLog(knex, log);
			const at = now();
			const changes = touched.map(({ collection, key }) => ({
				collection,
				item: key,
				event: 'update' as const,
				at,
				user: accountability.user,
				before: null,
				source: 'hand' as const,
			}));
			if (changes.length > 0) await insertChanges(knex, changes);
		},
	};
}
