import type { Knex } from 'knex';
import type { ConflictFilter } from '../../contract/conflict-routes.js';
import { MOST_NAMED_CONFLICTS, type OpenConflicts } from '../../contract/sync-messages.js';
import { readConflict, type ConflictRow } from './sync-conflict-table.js';

const TABLE = 'downstream_sync_conflicts';

/** One page of conflicts, and how many there are. */
export async function listConflicts(
	database: Knex,
	filter: ConflictFilter,
	page: { limit: number; page: number; sort: { field: string; descending: boolean } },
): Promise<{ rows: ConflictRow[]; total: number }> {
	const [counted] = (await matching(database, filter).count({ total: '*' })) as { total: number | string }[];
	const order = page.sort.descending ? 'desc' : 'asc';
	// Ids are made in the order of time.
	const column = page.sort.field === 'collection' ? 'collection' : 'id';
	const rows = await matching(database, filter)
		.select('*')
		.orderBy([
			{ column, order },
			{ column: 'id', order },
		])
		.limit(page.limit)
		.offset((page.page - 1) * page.limit);
	return { rows: rows.map(readConflict), total: Number(counted?.total ?? 0) };
}

/** How many conflicts wait for a decision, by remote source; under an empty key those with instances that none leads to. */
export async function countOpenConflicts(database: Knex): Promise<Map<string, number>> {
	const rows = (await database(TABLE)
		.select('target')
		.count({ count: '*' })
		.where({ status: 'open' })
		.groupBy('target')) as { target: string | null; count: number | string }[];
	return new Map(rows.map(({ target, count }) => [target ?? '', Number(count)]));
}

/** Open conflicts with another instance in some collections, newest first, for that instance to know of. */
export async function openConflictsWith(
	database: Knex,
	instance: string,
	collections: readonly string[],
): Promise<OpenConflicts> {
	const asked = new Set(collections);
	// Open ones are few; those that were decided are not read.
	const rows = (await database(TABLE)
		.select('*')
		.where({ status: 'open', peer: instance })
		.orderBy('id', 'desc')
		.limit(MOST_OPEN)) as Parameters<typeof readConflict>[0][];
	const open = rows.map(readConflict).filter(({ collection }) => asked.has(collection));
	const named = open.slice(0, MOST_NAMED_CONFLICTS).map(({ id, kind, collection, syncId, fields, at }) => ({
		id,
		kind,
		collection,
		sync_id: syncId,
		fields: fields.map(({ field }) => field),
		at,
	}));
	return { total: open.length, named };
}

/** So many are counted for another instance. */
const MOST_OPEN = 1_000;

function matching(database: Knex, { field, item, ...equal }: ConflictFilter): Knex.QueryBuilder {
	const query = database(TABLE);
	for (const [column, value] of Object.entries(equal)) if (value !== undefined) query.where(column, value);
	if (item !== undefined) query.where('local_key', item);
	if (field !== undefined) query.where('fields', 'like', `%"field":${JSON.stringify(field).replace(/[%_\\]/g, '_')},%`);
	return query;
}
