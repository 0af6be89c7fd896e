import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { KnownChange } from '../core/explain-activity.js';
import { EVENTS, itemOfWritten, writtenItem, type EventName } from '../../contract/vocabulary.js';

/** Up to which row of Directus' activity every change is known to be recorded. */
const MARK = { key: 'activity' };

/** The mark; null where there never was one. */
export async function readMark(database: Knex): Promise<number | null> {
	const row = await database('downstream_meta').where(MARK).first<{ value: string | null } | undefined>('value');
	return row?.value ? Number(row.value) : null;
}

export async function saveMark(database: Knex, upTo: number): Promise<void> {
	const value = String(upTo);
	if ((await database('downstream_meta').where(MARK).update({ value })) > 0) return;
	await database('downstream_meta')
		.insert({ ...MARK, value })
		.onConflict('key')
		.merge(['value']);
}

/** The newest row of Directus' activity; 0 where there is none. */
export async function newestActivity(database: Knex): Promise<number> {
	const row = await database('directus_activity').max({ id: 'id' }).first<{ id: number | string | null }>();
	return Number(row?.id ?? 0);
}

/** The oldest row of Directus' activity that is kept; null where there is none. */
export async function oldestActivity(database: Knex): Promise<number | null> {
	const row = await database('directus_activity').min({ id: 'id' }).first<{ id: number | string | null }>();
	return row?.id === null || row?.id === undefined ? null : Number(row.id);
}

/** One write in Directus' activity log. */
export interface ActivityRow {
	id: number;
	event: EventName;
	collection: string;
	item: string;
	user: string | null;
	/** ms since 1970. */
	at: number;
}

/** Writes to these collections after one row of the activity and up to another, oldest first. */
export async function readActivity(
	database: Knex,
	{ after, upTo, collections, limit }: { after: number; upTo: number; collections: readonly string[]; limit: number },
): Promise<ActivityRow[]> {
	const rows: ActivityRow[] = [];
	for (const group of inGroupsOf(500, collections)) {
		const newest = await database('directus_activity')
			.select('id', 'action', 'collection', 'item', 'user', 'timestamp')
			.where('id', '>', after)
			.andWhere('id', '<=', upTo)
			.whereIn('action', EVENTS)
			.whereIn('collection', group)
			.orderBy('id')
			.limit(limit);
		rows.push(
			...(newest as Record<string, unknown>[]).map((row) => ({
				id: Number(row['id']),
				event: row['action'] as EventName,
				collection: String(row['collection']),
				item: String(row['item']),
				user: row['user'] === null ? null : String(row['user']),
				at: timeOf(row['timestamp']),
			})),
		);
	}
	return rows.toSorted((a, b) => a.id - b.id);
}

/** Drivers give a moment as a date, as a number (SQLite), or as text without a zone, which is UTC. */
function timeOf(value: unknown): number {
	if (value instanceof Date) return value.getTime();
	if (typeof value === 'number') return value;
	const text = String(value);
	const at = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}Z`);
	return Number.isNaN(at) ? 0 : at;
}

/** What is recorded of these items since then: in the outbox, or planned. */
export async function readKnownChanges(
	database: Knex,
	rows: readonly ActivityRow[],
	since: number,
): Promise<KnownChange[]> {
	const known: KnownChange[] = [];
	for (const [collection, ones] of Map.groupBy(rows, (row) => row.collection))
		for (const items of inGroupsOf(400, [...new Set(ones.map(({ item }) => writtenItem(item)))])) {
			const waiting = await database('downstream_outbox')
				.select<Record<string, string | number>[]>('item', 'event', 'at')
				.where({ collection })
				.whereIn('item', items);
			const planned = await database('downstream_deliveries')
				.select<Record<string, string | number>[]>('item', 'event', 'changed_at', 'created_at')
				.where({ collection })
				.andWhere('created_at', '>=', since)
				.whereIn('item', items);
			for (const { item, event, at } of waiting)
				known.push({
					collection,
					item: itemOfWritten(String(item)),
					event: String(event),
					from: Number(at),
					until: Infinity,
				});
			for (const row of planned)
				known.push({
					collection,
					item: itemOfWritten(String(row['item'])),
					event: String(row['event']),
					from: Number(row['changed_at']),
					until: Number(row['created_at']),
				});
		}
	return known;
}
