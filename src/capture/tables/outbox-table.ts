import { unplannedOf, type Unplanned } from '../core/unplanned.js';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { currentTrace } from '../../kernel/tracing.js';
import { queryApart } from '../../kernel/database/savepoint.js';
import type { Knex } from 'knex';
import type { RecordedChange } from '../core/item-change.js';
import { partsOfSize } from '../../kernel/core/parts-of-size.js';
import { itemOfWritten, writtenItem, type EventName } from '../../contract/vocabulary.js';
import type { NewChange } from '../new-change.js';
import { WRITER_ROW } from '../core/triggers/trigger.js';
import { decodeBefore, encodeBefore, encodePassed } from './raw-values.js';

const TABLE = 'downstream_outbox';

/** A statement carries so many characters of values at most, but for a change that has more by itself. */
const MOST_CHARACTERS = 1_000_000;

/**
 * Writes changes through the handle given: in somebody's transaction they commit or roll back with it. A failure
 * leaves that transaction usable, so that the editor's save goes through: PostgreSQL needs a savepoint
 * for that, and all of it is one round trip; on SQLite and MySQL a failed statement undoes only itself, but for errors that
 * end the transaction (`hasEndedTransaction`).
 */
export async function insertChanges(database: Knex, changes: readonly NewChange[]): Promise<void> {
	for (const insert of outboxInserts(database, changes)) await queryApart(database, insert);
}

/** The inserts without running them, for callers with a connection of their own. */
export const outboxInserts = (database: Knex, changes: readonly NewChange[]): Knex.QueryBuilder[] =>
	partsOfSize(rowsOf(changes), { rows: 100, bytes: MOST_CHARACTERS }, ({ before }) => before?.length ?? 0).map((part) =>
		database(TABLE).insert(part),
	);

/**
 * The same as one text, which neither Knex has to put together nor a driver to bind; null where there is a value that
 * cannot be written into a text, or too much for one.
 */
export function outboxInsertText(changes: readonly NewChange[], dialect: 'postgres' | 'sqlite'): string | null {
	let size = 0;
	const written = rowsOf(changes);
	const columns = Object.keys(written[0] ?? {}).map((column) => `"${column}"`);
	const rows: string[] = [];
	for (const row of written) {
		const values = Object.values(row);
		for (const value of values) {
			if (typeof value !== 'string') continue;
			if (value.includes('\u0000')) return null;
			size += value.length;
		}
		if (size > MOST_TEXT) return null;
		rows.push(`(${values.map((value) => literalOf(value, dialect)).join(', ')})`);
	}
	return `insert into ${TABLE} (${columns.join(', ')}) values ${rows.join(', ')}`;
}

function literalOf(value: string | number | null, dialect: 'postgres' | 'sqlite'): string {
	if (value === null) return 'null';
	if (typeof value === 'number') return String(value);
	const quoted = `'${value.replaceAll("'", "''")}'`;
	// Whether a backslash in plain quotes means something is a setting.
	return dialect === 'postgres' && value.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** A statement in one text has so many characters of values at most; SQLite takes a million bytes. */
const MOST_TEXT = 150_000;

const rowOf = ({ collection, item, event, at, user, before, fields = null, passedSince, source }: NewChange) => ({
	collection,
	item: writtenItem(item),
	event,
	at,
	user,
	before: before ? encodeBefore(before) : passedSince === undefined ? null : encodePassed(passedSince),
	fields: fields && JSON.stringify(fields),
	source,
});

/** A trace is named only where one is kept: an outbox of an earlier version, not migrated yet, has no column for it. */
function rowsOf(changes: readonly NewChange[]) {
	const traces = changes.map(({ trace = currentTrace() }) => trace);
	if (traces.every((trace) => trace === null)) return changes.map(rowOf);
	return changes.map((change, index) => ({ ...rowOf(change), trace: traces[index] ?? null }));
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
	source: string;
	trace: string | null;
}

/** The source of changes that are planned for flush targets already. */
const LEFT_FOR_SYNC = 'sync';

/** The source of changes that no write made. */
const BY_CLOCK = 'clock';

/** The source of changes that another instance has sent. */
const RECEIVED = 'received';

const COLUMNS = ['id', 'collection', 'item', 'event', 'at', 'user', 'before', 'fields', 'source', 'trace'] as const;

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
	const unplanned = new Map<string, Unplanned>();
	for (const [collection, ones] of Map.groupBy(refs, (ref) => ref.collection)) {
		const keys = ones.map(({ key }) => key);
		for (const group of inGroupsOf(500, keys.map(writtenItem))) {
			const rows = await database(TABLE)
				.select<Pick<OutboxRow, 'id' | 'item' | 'at' | 'event' | 'fields' | 'source'>[]>(...STEP_COLUMNS)
				.where({ collection })
				.whereNot({ source: BY_CLOCK })
				.whereIn('item', group)
				.orderBy('id');
			for (const [item, steps] of Map.groupBy(rows, (row) => itemOfWritten(row.item)))
				unplanned.set(`${collection}/${item}`, unplannedOf(steps.map(stepOf)));
		}
	}
	return unplanned;
}

const STEP_COLUMNS = ['id', 'item', 'at', 'event', 'fields', 'source'] as const;

const stepOf = (row: Pick<OutboxRow, 'id' | 'at' | 'event' | 'fields' | 'source'>) => ({
	id: Number(row.id),
	at: Number(row.at),
	event: row.event,
	fields: fieldsOf(row),
	received: isReceived(row),
});

/** Of what was put aside nobody knows any more whether another instance has sent it. */
const isReceived = ({ source }: Pick<OutboxRow, 'source'>) => source === RECEIVED || source === LEFT_FOR_SYNC;

const fieldsOf = ({ fields }: Pick<OutboxRow, 'fields'>): string[] | null =>
	fields === null ? null : (JSON.parse(fields) as string[]);

function readChange(row: OutboxRow): RecordedChange {
	const before = row.before === null ? null : decodeBefore(row.before);
	return {
		id: Number(row.id),
		collection: row.collection,
		item: itemOfWritten(row.item),
		event: row.event,
		at: Number(row.at),
		user: row.user,
		before: before?.columns ?? null,
		between: before?.between ?? null,
		beforeRelated: before?.related ?? null,
		absent: before?.absent ?? false,
		fields: fieldsOf(row),
		passedSince: before?.passedSince,
		trace: row.trace,
		received: isReceived(row),
	};
}

/** Removes planned changes; false where another node has planned one of them, and nothing may be kept of this plan. */
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

/** Whether changes can be recorded at all: the outbox is the first of the tables. */
export const hasOutbox = (database: Knex): Promise<boolean> => database.schema.hasTable(TABLE);

/** All that is not planned is given up. */
export async function emptyOutbox(transaction: Knex): Promise<void> {
	await transaction(TABLE).delete();
}

/** SQLite: open transactions cannot be seen from outside, so a visible writer's row was left behind, and would silence all triggers. */
export async function removeWriterRow(database: Knex): Promise<void> {
	await database(TABLE).where({ id: WRITER_ROW }).delete();
}
