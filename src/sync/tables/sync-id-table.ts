import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { SyncIdEntry } from '../core/merge/row-version.js';

const TABLE = 'downstream_sync_ids';

type Raw = { collection: string; sync_id: string; local_key: string };

const entryOf = (row: Raw): SyncIdEntry => ({
	collection: row.collection,
	syncId: row.sync_id,
	localKey: row.local_key,
});

/** The entries of these rows; those without one are left out. */
export async function findByLocalKey(database: Knex, collection: string, keys: string[]): Promise<SyncIdEntry[]> {
	return find(database, collection, 'local_key', keys);
}

/** The entries of these sync ids; those without one are left out. */
export async function findBySyncId(database: Knex, collection: string, ids: string[]): Promise<SyncIdEntry[]> {
	return find(database, collection, 'sync_id', ids);
}

async function find(database: Knex, collection: string, column: string, values: string[]): Promise<SyncIdEntry[]> {
	const entries: SyncIdEntry[] = [];
	for (const group of inGroupsOf(500, [...new Set(values)])) {
		const rows = await database(TABLE)
			.select<Raw[]>('collection', 'sync_id', 'local_key')
			.where({ collection })
			.whereIn(column, group);
		entries.push(...rows.map(entryOf));
	}
	return entries;
}

/** Adds entries. Fails where one of them is taken: two processes met the same row at the same time. */
export async function addSyncIds(transaction: Knex, entries: readonly SyncIdEntry[]): Promise<void> {
	const rows = entries.map(({ collection, syncId, localKey }) => ({
		collection,
		sync_id: syncId,
		local_key: localKey,
	}));
	for (const group of inGroupsOf(500, rows)) await transaction(TABLE).insert(group);
}

/** A row was created again under another key. */
export async function moveSyncId(transaction: Knex, { collection, syncId, localKey }: SyncIdEntry): Promise<void> {
	await transaction(TABLE).where({ collection, sync_id: syncId }).update({ local_key: localKey });
}

/** A row and a sync id that belonged to others, or to none, belong to each other from now on. */
export async function takeOverSyncId(transaction: Knex, { collection, syncId, localKey }: SyncIdEntry): Promise<void> {
	await transaction(TABLE)
		.where({ collection })
		.andWhere((either) => either.where({ sync_id: syncId }).orWhere({ local_key: localKey }))
		.delete();
	await addSyncIds(transaction, [{ collection, syncId, localKey }]);
}

/** All of a collection's sync ids, by local key. */
export async function allSyncIds(database: Knex, collection: string): Promise<Map<string, string>> {
	const rows = await database(TABLE)
		.select<Pick<Raw, 'local_key' | 'sync_id'>[]>('local_key', 'sync_id')
		.where({ collection });
	return new Map(rows.map(({ local_key, sync_id }) => [local_key, sync_id]));
}
