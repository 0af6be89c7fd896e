import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { freshVersion, versionId, VersionMoved, type RowRef, type RowVersion } from '../core/merge/row-version.js';
import { valuesOf } from '../core/merge/stamp-edits.js';

const TABLE = 'downstream_sync_versions';

type Raw = Record<string, string | number | null>;

/**
 * The records of these rows, by `versionId`; a fresh one for rows without.
 * @param lock in a transaction: no other process writes them until it is over
 */
export async function readVersions(
	database: Knex,
	refs: readonly RowRef[],
	lock = false,
): Promise<Map<string, RowVersion>> {
	const versions = new Map<string, RowVersion>(refs.map((ref) => [versionId(ref), freshVersion(ref)]));
	for (const group of inGroupsOf(500, [...versions.keys()].toSorted())) {
		const query = database(TABLE).select<Raw[]>('*').whereIn('id', group).orderBy('id');
		for (const row of await (lock ? query.forUpdate() : query)) versions.set(String(row['id']), readVersion(row));
	}
	return versions;
}

/** Records of rows, or of those of one collection, some of whose fields hold on purpose something else than what is agreed. */
export async function readOverridden(database: Knex, collection?: string): Promise<RowVersion[]> {
	const of = collection === undefined ? {} : { collection };
	const rows = await database(TABLE).select<Raw[]>('*').where(of).whereNot('here', '{}');
	return rows.map(readVersion);
}

/** Records of rows of these collections that are not deleted and were changed since then (ms since 1970). */
export async function readChangedSince(
	database: Knex,
	collections: readonly string[],
	since: number,
): Promise<RowVersion[]> {
	const rows = await database(TABLE)
		.select<Raw[]>('*')
		.whereIn('collection', collections)
		.whereNull('deleted_at')
		.andWhere('changed_at', '>=', since);
	return rows.map(readVersion);
}

/** Rows that are here and belong to a remote source. */
export async function rowsInScope(database: Knex, target: string): Promise<RowRef[]> {
	const rows = await database(TABLE)
		.select<{ collection: string; sync_id: string }[]>('collection', 'sync_id')
		.whereNull('deleted_at')
		.andWhere('scope', 'like', `%${JSON.stringify(target)}%`)
		.orderBy('changed_at');
	return rows.map(({ collection, sync_id: syncId }) => ({ collection, syncId }));
}

/** Writes records as they are now, each on condition that it is of the revision that was read. */
export async function writeVersions(transaction: Knex, versions: readonly RowVersion[]): Promise<void> {
	const old = versions.filter(({ revision }) => revision > 0);
	const stored = new Map<string, number>();
	for (const group of inGroupsOf(500, old.map(versionId).toSorted())) {
		const rows = await transaction(TABLE)
			.select<{ id: string; revision: number }[]>('id', 'revision')
			.whereIn('id', group)
			.orderBy('id')
			.forUpdate();
		for (const { id, revision } of rows) stored.set(id, Number(revision));
	}
	for (const version of old) if (stored.get(versionId(version)) !== version.revision) throw new VersionMoved();
	for (const group of inGroupsOf(100, old)) await transaction(TABLE).insert(group.map(toRow)).onConflict('id').merge();
	for (const group of inGroupsOf(
		100,
		versions.filter(({ revision }) => revision === 0),
	))
		await transaction(TABLE)
			.insert(group.map(toRow))
			.catch((error: unknown) => {
				throw isDuplicate(error) ? new VersionMoved() : error;
			});
}

/** Rows that are read and written in one transaction. */
const CHUNK = 200;

/**
 * Columns of a collection are gone, and what was in them: that they are empty, should they be there again, is nobody's
 * edit. What is agreed of them stays agreed.
 */
export async function forgetFields(database: Knex, collection: string, fields: string[]): Promise<void> {
	let after = '';
	for (;;) {
		const read = await database.transaction(async (transaction) => {
			const rows = await transaction(TABLE)
				.select<Raw[]>('*')
				.where({ collection })
				.whereNull('deleted_at')
				.andWhere('id', '>', after)
				.orderBy('id')
				.limit(CHUNK)
				.forUpdate();
			const versions = rows.map(readVersion);
			const empty = (version: RowVersion) =>
				Object.fromEntries(fields.flatMap((field) => (field in valuesOf(version.state) ? [[field, null]] : [])));
			const lost = versions.flatMap((version): RowVersion[] => {
				const emptied = empty(version);
				return Object.keys(emptied).length === 0
					? []
					: [{ ...version, overrides: { ...version.overrides, ...emptied } }];
			});
			await writeVersions(transaction, lost);
			return rows;
		});
		if (read.length < CHUNK) return;
		after = String(read.at(-1)?.['id']);
	}
}

/** Forgets tombstones that are older than that; gives how many. */
export async function removeOldTombstones(database: Knex, before: number): Promise<number> {
	return database(TABLE).whereNotNull('deleted_at').andWhere('deleted_at', '<', before).delete();
}

function readVersion(row: Raw): RowVersion {
	const json = (column: string) => JSON.parse(String(row[column])) as never;
	return {
		collection: String(row['collection']),
		syncId: String(row['sync_id']),
		revision: Number(row['revision']),
		state: json('state'),
		overrides: json('here'),
		agreed: json('agreed'),
		seenBy: json('seen_by'),
		scope: json('scope'),
		stamps: json('stamps'),
		changedAt: Number(row['changed_at']),
		deletedAt: row['deleted_at'] === null ? null : Number(row['deleted_at']),
	};
}

const toRow = (version: RowVersion) => ({
	id: versionId(version),
	collection: version.collection,
	sync_id: version.syncId,
	revision: version.revision + 1,
	state: JSON.stringify(version.state),
	here: JSON.stringify(version.overrides),
	agreed: JSON.stringify(version.agreed),
	seen_by: JSON.stringify(version.seenBy),
	scope: JSON.stringify(version.scope),
	stamps: JSON.stringify(version.stamps),
	changed_at: version.changedAt,
	deleted_at: version.deletedAt,
});

const isDuplicate = (error: unknown) =>
	/SQLITE_CONSTRAINT|23505|ER_DUP_ENTRY/.test(String((error as { code?: unknown }).code));

/** Whether any row was ever sent to another instance, or taken in. */
export const hasVersions = async (database: Knex): Promise<boolean> =>
	(await database(TABLE).first<object | undefined>(database.raw('1'))) !== undefined;
