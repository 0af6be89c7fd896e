import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { StoredConflict } from '../incoming/apply-ports.js';

const TABLE = 'downstream_sync_conflicts';

type Raw = Record<string, string | number | null>;

/** A conflict with what became of it. */
export interface ConflictRow extends StoredConflict {
	/** ms since 1970; null while it is open, or decided by itself. */
	resolvedAt: number | null;
	resolvedBy: string | null;
	/** What was decided, as JSON, or in words what has settled it. */
	resolution: string | null;
}

export async function insertConflicts(transaction: Knex, conflicts: readonly StoredConflict[]): Promise<void> {
	const rows = conflicts.map((conflict) => ({
		id: conflict.id,
		status: conflict.status,
		kind: conflict.kind,
		target: conflict.target,
		peer: conflict.peer,
		version: conflict.version,
		collection: conflict.collection,
		sync_id: conflict.syncId,
		local_key: conflict.localKey,
		fields: JSON.stringify(conflict.fields),
		theirs: conflict.theirs === null ? null : JSON.stringify(conflict.theirs),
		message: conflict.message,
		at: conflict.at,
	}));
	for (const group of inGroupsOf(50, rows)) await transaction(TABLE).insert(group);
}

/** Ends conflicts that were open; those that were ended meanwhile stay as they are. */
export async function closeConflicts(
	transaction: Knex,
	ids: readonly string[],
	{ at, user, resolution }: { at: number; user: string | null; resolution: string },
): Promise<number> {
	let closed = 0;
	for (const group of inGroupsOf(500, ids)) {
		closed += await transaction(TABLE)
			.whereIn('id', group)
			.where({ status: 'open' })
			.update({ status: 'resolved', resolved_at: at, resolved_by: user, resolution });
		await cancelRefused(transaction, group, at);
	}
	return closed;
}

/** Ends one as a user has decided, if it is still as it was read. */
export async function decideConflict(
	transaction: Knex,
	{ id, status }: Pick<StoredConflict, 'id' | 'status'>,
	{ at, user, resolution }: { at: number; user: string | null; resolution: string },
): Promise<boolean> {
	if (status === 'resolved') return false;
	const changed = await transaction(TABLE)
		.where({ id, status })
		.update({ status: 'resolved', resolved_at: at, resolved_by: user, resolution });
	if (changed > 0) await cancelRefused(transaction, [id], at);
	return changed > 0;
}

/** What the other side refused because of a conflict that is over is not to be sent again as it was. */
async function cancelRefused(transaction: Knex, ids: string[], at: number): Promise<void> {
	const rows = await transaction(TABLE)
		.select<{ target: string; collection: string; local_key: string }[]>('target', 'collection', 'local_key')
		.whereIn('id', ids)
		.whereNotNull('target')
		.whereNotNull('local_key');
	for (const { target, collection, local_key: item } of rows)
		await transaction('downstream_deliveries')
			.where({ target, collection, item, status: 'failed' })
			.whereIn('error_code', ['DELETE_CONFLICT', 'IDENTITY_CONFLICT', 'RECORD_NOT_UNIQUE'])
			.update({ status: 'cancelled', delivered_at: at });
}

/** Open conflicts of these rows, by `versionId`. */
export async function openConflictsOf(database: Knex, versions: readonly string[]): Promise<ConflictRow[]> {
	const conflicts: ConflictRow[] = [];
	for (const group of inGroupsOf(500, versions)) {
		const rows = await database(TABLE).select<Raw[]>('*').whereIn('version', group).where({ status: 'open' });
		conflicts.push(...rows.map(readConflict));
	}
	return conflicts;
}

/** Open conflicts about unique values with rows of an instance. */
export async function openUniqueConflicts(database: Knex, peer: string): Promise<ConflictRow[]> {
	const rows = await database(TABLE).select<Raw[]>('*').where({ status: 'open', kind: 'unique', peer }).limit(1_000);
	return rows.map(readConflict);
}

/** Open conflicts about moves of an instance that would have closed a circle; `words` are in the message of each. */
export async function openCircles(database: Knex, peer: string, words: string): Promise<ConflictRow[]> {
	const rows = await database(TABLE)
		.select<Raw[]>('*')
		.where({ status: 'open', kind: 'fields', peer })
		.andWhere('message', 'like', `%${words}%`)
		.limit(1_000);
	return rows.map(readConflict);
}

export async function findConflict(database: Knex, id: string): Promise<ConflictRow | null> {
	const row = await database(TABLE).where({ id }).first<Raw | undefined>();
	return row ? readConflict(row) : null;
}

export function readConflict(row: Raw): ConflictRow {
	const text = (column: string) => (row[column] === null ? null : String(row[column]));
	return {
		id: String(row['id']),
		status: row['status'] as StoredConflict['status'],
		kind: row['kind'] as StoredConflict['kind'],
		target: text('target'),
		peer: String(row['peer']),
		version: String(row['version']),
		collection: String(row['collection']),
		syncId: String(row['sync_id']),
		localKey: text('local_key'),
		fields: JSON.parse(String(row['fields'])) as StoredConflict['fields'],
		theirs: row['theirs'] ? (JSON.parse(String(row['theirs'])) as StoredConflict['theirs']) : null,
		message: String(row['message']),
		at: Number(row['at']),
		resolvedAt: row['resolved_at'] === null ? null : Number(row['resolved_at']),
		resolvedBy: text('resolved_by'),
		resolution: text('resolution'),
	};
}

/** Forgets what was decided before that; what waits for a decision stays. */
export async function removeOldConflicts(database: Knex, before: number): Promise<number> {
	return database(TABLE).whereNot({ status: 'open' }).andWhere('at', '<', before).delete();
}
