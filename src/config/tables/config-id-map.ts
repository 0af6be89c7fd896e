import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { ELEMENT_KINDS, type ElementKind } from '../../contract/bundle.js';
import type { KnownId } from '../core/elements/config-state.js';

/**
 * Under which SyncID an element is known to files and other instances. It is the table of `directus-sync`, adopted where
 * it is there and made in the same shape where it is not: that command line goes on working, and so do the dumps that
 * were made with it.
 */
const TABLE = 'directus_sync_id_map';

/** Rows of one statement; databases bound the number of values in one (SQLite 32,766, PostgreSQL 65,535). */
const CHUNK = 500;

/** Makes the table where there is none. Not within a transaction: MySQL would commit it. */
export async function ensureIdMap(database: Knex): Promise<void> {
	if (await database.schema.hasTable(TABLE)) return;
	try {
		await database.schema.createTable(TABLE, (table) => {
			table.increments('id').primary();
			table.string('table').notNullable();
			table.string('sync_id').notNullable();
			table.string('local_id').notNullable();
			table.timestamp('created_at').defaultTo(database.fn.now());
			table.unique(['table', 'sync_id']);
			table.unique(['table', 'local_id']);
			table.index(['created_at']);
		});
	} catch (error) {
		// Another request was a moment faster.
		if (!(await database.schema.hasTable(TABLE))) throw error;
	}
}

/** All that is recorded, by kind; nothing where the table does not exist. */
export async function readIdMap(database: Knex): Promise<Record<ElementKind, KnownId[]>> {
	const ids = Object.fromEntries(ELEMENT_KINDS.map((kind) => [kind, [] as KnownId[]])) as Record<
		ElementKind,
		KnownId[]
	>;
	if (!(await database.schema.hasTable(TABLE))) return ids;
	const rows = await database(TABLE)
		.whereIn('table', [...ELEMENT_KINDS])
		.orderBy('id')
		.select<{ table: ElementKind; sync_id: string; local_id: string }[]>('table', 'sync_id', 'local_id');
	for (const row of rows) ids[row.table].push({ syncId: row.sync_id, localId: String(row.local_id) });
	return ids;
}

/** What is recorded for tables of any name: `roles`, `users`, `items:articles`. */
export async function readIdsOf(database: Knex, tables: readonly string[]): Promise<Map<string, KnownId[]>> {
	const byTable = new Map<string, KnownId[]>(tables.map((table) => [table, []]));
	if (!(await database.schema.hasTable(TABLE))) return byTable;
	const rows = await database(TABLE)
		.whereIn('table', [...tables])
		.orderBy('id')
		.select<{ table: string; sync_id: string; local_id: string }[]>('table', 'sync_id', 'local_id');
	for (const row of rows) byTable.get(row.table)?.push({ syncId: row.sync_id, localId: String(row.local_id) });
	return byTable;
}

/** Records what seeds made, in place of what the same SyncIDs or keys were recorded with, and forgets other SyncIDs. */
export async function writeIdsOf(database: Knex, table: string, add: KnownId[], forget: string[]): Promise<void> {
	await ensureIdMap(database);
	await database.transaction(async (transaction) => {
		await forgetIds(transaction, table, forget);
		await replaceIds(transaction, table, add);
	});
}

/** Forgets one element by its key; says whether it was recorded. */
export async function untrackElement(database: Knex, kind: ElementKind, localId: string): Promise<boolean> {
	if (!(await database.schema.hasTable(TABLE))) return false;
	return (await database(TABLE).where({ table: kind, local_id: localId }).delete()) > 0;
}

/**
 * Records SyncIDs of elements that have none, in as few statements as there can be. Where another process recorded one of
 * them meanwhile, theirs stays.
 * @returns whether all of them are recorded as they were given
 */
export async function recordNewIds(database: Knex, newIds: Partial<Record<ElementKind, KnownId[]>>): Promise<boolean> {
	await database.transaction(async (transaction) => {
		const stored = await readIdMap(transaction);
		for (const kind of ELEMENT_KINDS) await forgetStale(transaction, kind, newIds[kind] ?? [], stored[kind]);
		for (const rows of inGroupsOf(CHUNK, rowsOf(newIds))) await transaction(TABLE).insert(rows).onConflict().ignore();
	});
	const recorded = await readIdMap(database);
	return ELEMENT_KINDS.every((kind) => {
		const syncIds = new Map(recorded[kind].map(({ localId, syncId }) => [localId, syncId]));
		return (newIds[kind] ?? []).every(({ localId, syncId }) => syncIds.get(localId) === syncId);
	});
}

/** A SyncID that an element gets again may be recorded for one that is gone; that one gives way. */
async function forgetStale(database: Knex, kind: ElementKind, ids: KnownId[], recorded: KnownId[]): Promise<void> {
	const given = new Map(ids.map(({ syncId, localId }) => [syncId, localId]));
	const suspects = recorded.filter(({ syncId, localId }) => given.has(syncId) && given.get(syncId) !== localId);
	for (const { syncId, localId } of suspects) {
		const row = await database(`directus_${kind}`).where({ id: localId }).first<{ id: unknown } | undefined>('id');
		if (!row) await database(TABLE).where({ table: kind, sync_id: syncId, local_id: localId }).delete();
	}
}

/** Records SyncIDs, and forgets what stood in their place: an element that is gone, or another SyncID of this one. */
export async function replaceIds(database: Knex, kind: string, ids: KnownId[]): Promise<void> {
	for (const part of inGroupsOf(CHUNK, ids)) {
		await database(TABLE)
			.where({ table: kind })
			.andWhere((same) =>
				same
					.whereIn(
						'sync_id',
						part.map(({ syncId }) => syncId),
					)
					.orWhereIn(
						'local_id',
						part.map(({ localId }) => localId),
					),
			)
			.delete();
		await database(TABLE).insert(rowsOf({ [kind]: part }));
	}
}

/** Forgets what was recorded under these SyncIDs. */
export async function forgetIds(database: Knex, kind: string, syncIds: string[]): Promise<void> {
	for (const part of inGroupsOf(CHUNK, syncIds))
		await database(TABLE).where({ table: kind }).whereIn('sync_id', part).delete();
}

/** Forgets the elements of these kinds that are no more, by whatever they went. */
export async function forgetGoneIds(database: Knex, touched: readonly ElementKind[]): Promise<void> {
	const recorded = await readIdMap(database);
	for (const kind of touched) {
		if (recorded[kind].length === 0) continue;
		const rows = await database(`directus_${kind}`).select<{ id: string | number }[]>('id');
		const existing = new Set(rows.map(({ id }) => String(id)));
		const deleted = recorded[kind].map(({ localId }) => localId).filter((localId) => !existing.has(localId));
		for (const part of inGroupsOf(CHUNK, deleted))
			await database(TABLE).where({ table: kind }).whereIn('local_id', part).delete();
	}
}

const rowsOf = (ids: Record<string, KnownId[]>) =>
	Object.entries(ids).flatMap(([table, known]) =>
		known.map(({ syncId, localId }) => ({ table, sync_id: syncId, local_id: localId })),
	);
