import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { WireValue } from '../core/merge/row-state.js';
import type { LogEntry } from '../incoming/apply-ports.js';

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

/** How many rows of a collection an instance has deleted here since then, ms since 1970. */
export async function countDeletesBy(
	database: Knex,
	{ peer, collection, since }: { peer: string; collection: string; since: number },
): Promise<number> {
	const row = await database(TABLE)
		.where({ peer, collection, event: 'delete' })
		.andWhere('at', '>=', since)
		.count({ count: '*' })
		.first<{ count: number | string }>();
	return Number(row?.count ?? 0);
}

/** Forgets what is older than that. */
export async function removeOldLog(database: Knex, before: number): Promise<number> {
	return database(TABLE).where('at', '<', before).delete();
}

/** What a run, or one request, of another instance wrote here. */
export interface ReceivedRun {
	run: string;
	/** The instance that sent it. */
	peer: string;
	/** When the last of it was written, ms since 1970. */
	at: number;
	collections: { collection: string; created: number; updated: number; deleted: number }[];
}

/** How many of the latest rows are looked through for runs: a backfill of 100,000 is shown with these. */
const LOOKED_THROUGH = 10_000;

/**
 * What other instances, or one of them, wrote here lately, newest first; `more` where there is more than was looked
 * through.
 */
export async function latestReceived(
	database: Knex,
	{ here: instance, peer }: { here: string; peer: string | undefined },
): Promise<{ runs: ReceivedRun[]; more: boolean }> {
	const latest = database(TABLE).orderBy('id', 'desc').limit(LOOKED_THROUGH);
	// What was decided here is logged, too.
	void (peer === undefined ? latest.whereNot({ peer: instance }) : latest.where({ peer }));
	const rows: (Pick<LogEntry, 'run' | 'peer' | 'collection' | 'event'> & Record<'at' | 'count', number | string>)[] =
		await database
			.from(latest.select('run', 'peer', 'collection', 'event', 'at').as('latest'))
			.groupBy('run', 'peer', 'collection', 'event')
			.select('run', 'peer', 'collection', 'event')
			.max({ at: 'at' })
			.count({ count: '*' });
	const runs = [...Map.groupBy(rows, ({ run }) => run)].map(([run, parts]): ReceivedRun => {
		const byCollection = [...Map.groupBy(parts, ({ collection }) => collection)].toSorted(([a], [b]) =>
			a < b ? -1 : 1,
		);
		return {
			run,
			peer: parts[0]?.peer ?? '',
			at: Math.max(...parts.map(({ at }) => Number(at))),
			collections: byCollection.map(([collection, ones]) => {
				const of = (event: LogEntry['event']) => Number(ones.find((row) => row.event === event)?.count ?? 0);
				return { collection, created: of('create'), updated: of('update'), deleted: of('delete') };
			}),
		};
	});
	const seen = rows.reduce((sum, { count }) => sum + Number(count), 0);
	return { runs: runs.toSorted((a, b) => b.at - a.at), more: seen >= LOOKED_THROUGH };
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
