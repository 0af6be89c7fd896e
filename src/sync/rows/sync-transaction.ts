import type { Row } from '../../kernel/core/row.js';
import { randomUUID } from 'node:crypto';
import type { Accountability, PrimaryKey, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { FILES } from '../../kernel/core/file-content.js';
import type { EventName } from '../../contract/vocabulary.js';
import type { ApplyTransaction } from '../incoming/apply-ports.js';
import {
	closeConflicts,
	decideConflict,
	insertConflicts,
	openConflictsOf,
	openUniqueConflicts,
} from '../tables/sync-conflict-table.js';
import { addSyncIds, moveSyncId, takeOverSyncId } from '../tables/sync-id-table.js';
import { countDeletesBy, insertLog } from '../tables/sync-log-table.js';
import { isMysql } from '../../kernel/database/dialect.js';
import { insertChanges } from '../../capture/tables/outbox-table.js';
import { misplacedTimestamps } from '../../kernel/database/misplaced-timestamps.js';
import { countPast } from '../../kernel/database/number-counters.js';
import { writeVersions } from '../tables/sync-version-table.js';
import type { DirectusServices, MutationOptions } from '../../kernel/directus-services.js';
import type { StoredFile } from '../../kernel/files/file-bytes.js';
import type { SyncReads } from './sync-reads.js';
import type { TrackedWrite } from './sync-tracking.js';

/** Where and in whose name rows are written. */
export interface SyncWritePorts {
	database: Knex;
	services: DirectusServices;
	schema: SchemaOverview;
	accountability: Accountability;
	/** What is read through a transaction; bytes that are not digested yet are not read while one is open. */
	readsOf(transaction: Knex): SyncReads;
	/** Told of all writes, at the end of their transaction. */
	tracking(
		writes: readonly TrackedWrite[],
		by: { knex: Knex; schema: SchemaOverview; accountability: Accountability },
	): Promise<void>;
	now(): number;
	countRows(knex: Knex, collection: string): Promise<number>;
	/** What is done with the bytes of files that are deleted: found before their rows go, and removed after commit. */
	bytes: {
		find(knex: Knex, ids: readonly string[]): Promise<StoredFile[]>;
		/** Never throws: the rows are gone by then. */
		remove(files: readonly StoredFile[], schema: SchemaOverview): Promise<void>;
	};
}

/** Emits no events. */
const SILENT = { emitEvents: false, autoPurgeCache: false, bypassEmitAction: () => {} };

export interface ActionEvent {
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
export const inSyncTransaction = <T>(
	ports: SyncWritePorts,
	collection: string,
	work: (transaction: ApplyTransaction) => Promise<T>,
): Promise<T> => inDirectusTransaction(ports, collection, (knex, sink) => work(applyTransaction(ports, knex, sink)));

/** What is done at the end of a transaction, or after it. */
export interface Sink {
	options: Pick<CreateOptions, 'bypassEmitAction'>;
	writes: TrackedWrite[];
	removed: StoredFile[];
	/** Collections some of whose rows were given their number. Grows. */
	numbered: Set<string>;
	/** Whether flows and hooks hear of it. */
	emits: boolean;
}

export async function inDirectusTransaction<T>(
	ports: SyncWritePorts,
	collection: string,
	work: (knex: Knex, sink: Sink) => Promise<T>,
): Promise<T> {
	const { services, database, schema, accountability } = ports;
	let result: { value: T } | null = null;
	let removed: StoredFile[] = [];
	class Together extends services.ItemsService {
		fork({ knex }: { knex: Knex }) {
			return {
				createOne: async (_item: Row, options: CreateOptions) => {
					const writes: TrackedWrite[] = [];
					removed = [];
					const numbered = new Set<string>();
					const value = await work(knex, { options, writes, removed, numbered, emits: true });
					await countPast(
						knex,
						[...numbered].map((name) => ({ collection: name, primary: schema.collections[name]?.primary ?? 'id' })),
					);
					await ports.tracking(writes, { knex, schema, accountability });
					result = { value };
					return 0;
				},
			};
		}
	}
	const service = new Together(collection, { schema, knex: readingCommitted(database), accountability });
	await service.createMany([{}], { bypassLimits: true });
	await ports.bytes.remove(removed, schema);
	if (result === null) throw new Error('Directus did not do the work that it was given');
	return (result as { value: T }).value;
}

/** A value that no row has, of a column that must have one. */
const standIn = (type: string): string | number =>
	['integer', 'bigInteger', 'float', 'decimal'].includes(type)
		? -1 - Math.floor(Math.random() * 2_000_000_000)
		: type === 'uuid'
			? randomUUID()
			: randomUUID().slice(0, 8);

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

/** Writes rows through Directus' own services, and corrects timestamps that they misplace. */
function rowWrites(
	{ services, schema, accountability, bytes }: SyncWritePorts,
	knex: Knex,
	{ options: { bypassEmitAction }, writes, removed, numbered, emits }: Sink,
): Pick<ApplyTransaction, 'create' | 'update' | 'remove' | 'assureMayUpdate'> {
	const items = (collection: string) => new services.ItemsService(collection, { schema, knex, accountability });
	/** Does a write; its event is emitted, with all others, at the end of the transaction. */
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
			...(emits ? {} : { emitEvents: false }),
			bypassEmitAction(emitted) {
				const actionEvent = emitted as ActionEvent;
				// Its own event comes first; what hooks made it write besides is tracked by Directus.
				if (event !== 'delete') payload ??= actionEvent.meta.payload;
				bypassEmitAction(actionEvent);
			},
		});
		const keys = (Array.isArray(done) ? done : [done]).map(String);
		writes.push(...keys.map((key) => ({ event, collection, key, payload: payload ?? {} })));
		return keys[0] ?? '';
	};
	const correctTimes = async (collection: string, keys: string[], values: Row): Promise<void> => {
		const misplaced = misplacedTimestamps(knex, schema, collection, values);
		if (Object.keys(misplaced).length === 0) return;
		await knex(collection)
			.whereIn(schema.collections[collection]?.primary ?? 'id', keys)
			.update(misplaced);
	};
	return {
		create(collection, values) {
			if (typeof values[schema.collections[collection]?.primary ?? ''] === 'number') numbered.add(collection);
			// Directus would set the counter back to the highest number that is there.
			return written('create', collection, (options) =>
				items(collection).createOne(values, { ...options, bypassAutoIncrementSequenceReset: true }),
			).then(async (key) => (await correctTimes(collection, [key], values), key));
		},
		async update(collection, keys, values) {
			await written('update', collection, (options) => items(collection).updateMany(keys, values, options));
			await correctTimes(collection, keys, values);
		},
		async remove(collection, keys) {
			if (collection === FILES) removed.push(...(await bytes.find(knex, keys)));
			await written('delete', collection, (options) => items(collection).deleteMany(keys, options));
		},
		async assureMayUpdate(collection, key) {
			// Directus asks for the permission first, and then has nothing to write.
			await items(collection).updateMany([key], {}, { ...SILENT, bypassLimits: true, skipTracking: true });
		},
	};
}

/** What taking in rows does within an open transaction. */
export function applyTransaction(ports: SyncWritePorts, knex: Knex, sink: Sink): ApplyTransaction {
	const { schema, accountability, now } = ports;
	return {
		...rowWrites(ports, knex, sink),
		reads: ports.readsOf(knex),
		openConflicts: (versions) => openConflictsOf(knex, versions),
		openUniqueConflicts: (peer) => openUniqueConflicts(knex, peer),
		async deletions(collection, peer, since) {
			const recent = await countDeletesBy(knex, { peer, collection, since });
			return { recent, rows: (await ports.countRows(knex, collection)) + recent };
		},
		async takeOut(collection, key, field) {
			const { primary = 'id', fields = {} } = schema.collections[collection] ?? {};
			const column = fields[field];
			await knex(collection)
				.where({ [primary]: key })
				.update({ [field]: column?.nullable === false ? standIn(column.type) : null });
		},
		async putBack(collection, key, field, value) {
			const primary = schema.collections[collection]?.primary ?? 'id';
			await knex(collection)
				.where({ [primary]: key })
				.update({ [field]: value as string });
		},
		async keepIds(added, moved) {
			await addSyncIds(knex, added);
			for (const entry of moved) await moveSyncId(knex, entry);
		},
		async takeOver(entry) {
			await takeOverSyncId(knex, entry);
		},
		decide: (conflict, { user, use }) =>
			decideConflict(knex, conflict, { at: now(), user, resolution: JSON.stringify(use) }),
		keep: (records) => keepRecords(knex, records, { at: now(), user: accountability.user }),
	};
}

/** Writes down what was agreed, what is to be decided, and what was done. */
async function keepRecords(
	knex: Knex,
	{ versions, conflicts, closed, log, touched }: Parameters<ApplyTransaction['keep']>[0],
	{ at, user }: { at: number; user: string | null },
): Promise<void> {
	await writeVersions(knex, versions);
	await closeConflicts(knex, closed, { at, user: null, resolution: 'settled by a later change' });
	await insertConflicts(knex, conflicts);
	await insertLog(knex, log);
	const changes = touched.map(({ collection, key }) => ({
		collection,
		item: key,
		event: 'update' as const,
		at,
		user,
		before: null,
		source: 'hand' as const,
	}));
	if (changes.length > 0) await insertChanges(knex, changes);
}
