import type { Knex } from 'knex';
import { inGroupsOf } from '../core/adapters/pack.js';
import type { RecordedChange } from '../core/item-change.js';
import type { EventName } from '../core/vocabulary.js';
import type { NewChange } from '../engine/new-change.js';
import type { Unplanned } from '../engine/sync/sync-reads.js';
import { decodeBefore, encodeBefore } from './raw-values.js';

const TABLE = 'downstream_outbox';

/**
 * Writes changes through the handle given: in somebody's transaction they commit or roll back with it. A failure
 * leaves that transaction usable, so that the editor's save goes through (flush.md §1): PostgreSQL needs a savepoint
 * for that, and all of it is one round trip; on SQLite and MySQL a failed statement undoes only itself, but for errors that
 * end the transaction (`hasEndedTransaction`).
 */
export async function insertChanges(database: Knex, changes: NewChange[]): Promise<void> {
	const rows = changes.map(({ collection, item, event, at, user, before, fields = null, source }) => ({
		collection,
		item,
		event,
		at,
		user,
		before: before ? encodeBefore(before) : null,
		fields: fields && JSON.stringify(fields),
		source,
	}));
	const insert = database(TABLE).insert(rows);
	if (!database.isTransaction || !isPostgres(database)) return void (await insert);
	try {
		// knex reads every ? as a placeholder, also inside a quoted value.
		await database.raw(
			`savepoint downstream; ${insert.toQuery()}; release savepoint downstream`.replaceAll('?', '\\?'),
		);
	} catch (error) {
		await database.raw('rollback to savepoint downstream');
		throw error;
	}
}

interface OutboxRow {
	id: number | string;
	collection: string;
	item: string;
	event: EventName;
	at: number | string;
	user: string | null;
	before: string | null;
	fields: string | null;
}

/** The source of changes that are planned for flush targets already. */
const LEFT_FOR_SYNC = 'sync';

const COLUMNS = ['id', 'collection', 'item', 'event', 'at', 'user', 'before', 'fields'] as const;

/**
 * The oldest changes, in the order they were recorded, with their old values as the driver gave them. What the database
 * deleted along with an item is planned together with it, also past the limit, since each explains the other.
 */
export async function readOutbox(database: Knex, limit: number): Promise<RecordedChange[]> {
	const rows = await database(TABLE)
		.select<OutboxRow[]>(...COLUMNS)
		.whereNot({ source: LEFT_FOR_SYNC })
		.orderBy('id')
		.limit(limit);
	const last = rows.at(-1);
	if (last && rows.length === limit) {
		const along = database(TABLE).where({ source: 'cascade', at: last.at }).andWhere('id', '>', last.id);
		rows.push(...(await along.select<OutboxRow[]>(...COLUMNS).orderBy('id')));
	}
	return rows.map(readChange);
}

/** The oldest changes that only other instances still have to hear of: planning them for those has failed once. */
export async function readLeftForSync(database: Knex, limit: number): Promise<RecordedChange[]> {
	const rows = await database(TABLE)
		.select<OutboxRow[]>(...COLUMNS)
		.where({ source: LEFT_FOR_SYNC })
		.orderBy('id')
		.limit(limit);
	return rows.map(readChange);
}

/** What happened to these items and is not planned yet, by `collection/key`. */
export async function readUnplanned(
	database: Knex,
	refs: readonly { collection: string; key: string }[],
): Promise<Map<string, Unplanned>> {
	const found = new Map<string, Unplanned>();
	for (const [collection, ones] of Map.groupBy(refs, (ref) => ref.collection)) {
		const keys = ones.map(({ key }) => key);
		for (const group of inGroupsOf(500, keys)) {
			const rows = await database(TABLE)
				.select<Pick<OutboxRow, 'item' | 'at' | 'event' | 'fields'>[]>('item', 'at', 'event', 'fields')
				.where({ collection })
				.whereIn('item', group)
				.orderBy('id');
			for (const row of rows) {
				const place = `${collection}/${row.item}`;
				const known = found.get(place);
				const step = { at: Number(row.at), fields: fieldsOf(row) };
				found.set(place, {
					at: step.at,
					isNew: row.event === 'create' || (known?.isNew ?? false),
					wasDeleted: row.event === 'delete' || (known?.wasDeleted ?? false),
					steps: [...(known?.steps ?? []), step],
				});
			}
		}
	}
	return found;
}

const fieldsOf = ({ fields }: Pick<OutboxRow, 'fields'>): string[] | null =>
	fields === null ? null : (JSON.parse(fields) as string[]);

function readChange(row: OutboxRow): RecordedChange {
	const before = row.before === null ? null : decodeBefore(row.before);
	return {
		id: Number(row.id),
		collection: row.collection,
		item: row.item,
		event: row.event,
		at: Number(row.at),
		user: row.user,
		before: before?.columns ?? null,
		between: before?.between ?? null,
		beforeRelated: before?.related ?? null,
		absent: before?.absent ?? false,
		fields: fieldsOf(row),
	};
}

/** Removes planned changes; false where somebody else has planned one of them, and nothing may be kept of this plan. */
export async function removeFromOutbox(transaction: Knex, ids: number[]): Promise<boolean> {
	let removed = 0;
	for (let start = 0; start < ids.length; start += 500)
		removed += await transaction(TABLE)
			.whereIn('id', ids.slice(start, start + 500))
			.delete();
	return removed === ids.length;
}

export async function measureOutbox(database: Knex): Promise<{ pending: number; oldest: number | null }> {
	const row = await database(TABLE)
		.count({ pending: '*' })
		.min({ oldest: 'at' })
		.first<{ pending: number | string; oldest: number | string | null }>();
	return {
		pending: Number(row?.pending ?? 0),
		oldest: row?.oldest === null || row?.oldest === undefined ? null : Number(row.oldest),
	};
}

export const isPostgres = (database: Knex) =>
	/pg|postgres|cockroach|redshift/.test(String(database.client.config.client));
