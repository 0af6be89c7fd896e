import type { Knex } from 'knex';
import { inGroupsOf } from '../core/adapters/pack.js';
import type { WireValue } from '../core/sync/row-state.js';
import type { LogEntry } from '../engine/sync/apply-ports.js';

const TABLE = 'downstream_sync_log';

/** Remembers what was written because another instance said so, so that it can be taken back. */
export async function insertLog(transaction: Knex, entries: readonly LogEntry[]): Promise<void> {
	const rows = entries.map((entry) => ({
		id: entry.id,
		run: entry.run,
		at: entry.at,
		peer: entry.peer,
		collection: entry.collection,
		sync_id: entry.syncId,
		local_key: entry.localKey,
		event: entry.event,
		before: entry.before === null ? null : JSON.stringify(entry.before),
		after: entry.after === null ? null : JSON.stringify(entry.after),
	}));
	for (const group of inGroupsOf(80, rows)) await transaction(TABLE).insert(group);
}

/** Forgets what is older than that. */
export async function removeOldLog(database: Knex, before: number): Promise<number> {
	return database(TABLE).where('at', '<', before).delete();
}

/** What a run, or one request, wrote here, newest first. */
export async function readLog(database: Knex, run: string): Promise<LogEntry[]> {
	const rows = await database(TABLE)
		.where({ run })
		.orderBy('id', 'desc')
		.select<Record<string, string | number | null>[]>('*');
	const values = (text: string | number | null | undefined) =>
		text === null || text === undefined ? null : (JSON.parse(String(text)) as Record<string, WireValue>);
	return rows.map((row) => ({
		id: String(row['id']),
		run: String(row['run']),
		at: Number(row['at']),
		peer: String(row['peer']),
		collection: String(row['collection']),
		syncId: String(row['sync_id']),
		localKey: row['local_key'] === null ? null : String(row['local_key']),
		event: row['event'] as LogEntry['event'],
		before: values(row['before']),
		after: values(row['after']),
	}));
}
