import type { Knex } from 'knex';
import { LIMITS } from '../../../schema.js';
import { LIST_BOUNDS, type DeliveryFilter } from '../../contract/delivery-routes.js';
import { itemOfWritten } from '../../contract/vocabulary.js';
import type { RunningIncident } from '../incidents.js';
import type { StoredDelivery } from '../stored.js';
import { readDelivery } from './delivery-table.js';
import { edgeOf, countOf, idsOf, wayOf } from './delivery-search.js';
import { readIncident } from './incident-table.js';

const TABLE = 'downstream_deliveries';
type Raw = Record<string, string | number | null>;

/** One page of a list: by page number, or after a cursor (the last row's id). */
export interface Page {
	limit: number;
	page: number;
	cursor?: string | undefined;
	sort: { field: string; descending: boolean };
}

const COLUMNS: Record<string, string> = {
	id: 'id',
	created_at: 'created_at',
	next_at: 'next_at',
	delivered_at: 'delivered_at',
	tries: 'tries',
	status: 'status',
	collection: 'collection',
	target: 'target',
	started_at: 'started_at',
	resolved_at: 'resolved_at',
	count: 'count',
};

/** One page of deliveries, and how many there are. */
export interface DeliveryPage {
	rows: StoredDelivery[];
	total: number;
	/** Whether there may be more than `total`. */
	isEstimate: boolean;
	/** How many rows were looked through at the most, where that was not all of them. */
	searched: number | null;
	/** Where to go on from, or null at the end. */
	next: string | null;
}

export async function listDeliveries(database: Knex, filter: DeliveryFilter, page: Page): Promise<DeliveryPage> {
	// Ids are time-ordered, so that ordering by creation needs no index of its own and a cursor is just an id.
	const column = page.sort.field === 'created_at' ? 'id' : (COLUMNS[page.sort.field] ?? 'id');
	const look = { descending: page.sort.descending, after: page.cursor };
	const way = await wayOf(database, filter);
	const edge = way.exact && column === 'id' ? null : await edgeOf(database, way, look);
	const ids = await idsOf(
		database,
		way,
		{ ...look, downTo: edge ?? undefined },
		{ limit: page.limit, offset: page.cursor === undefined ? (page.page - 1) * page.limit : 0, sort: column },
	);
	const { total, isEstimate } = await countOf(database, filter, way, page.sort.descending);
	const rows = await deliveriesWith(database, ids);
	const last = ids.length === page.limit ? (ids.at(-1) ?? null) : edge;
	return {
		rows,
		total,
		isEstimate,
		searched: edge === null ? null : LIST_BOUNDS.searched,
		next: column === 'id' ? last : null,
	};
}

/** Deliveries in the order of these ids; those that are gone by now are left out. */
export async function deliveriesWith(database: Knex, ids: string[]): Promise<StoredDelivery[]> {
	const rows = await database(TABLE).select<Raw[]>('*').whereIn('id', ids);
	const byId = new Map(rows.map((row) => [String(row['id']), readDelivery(row)]));
	return ids.flatMap((id) => byId.get(id) ?? []);
}

export async function readDeliveryById(database: Knex, id: string): Promise<StoredDelivery | null> {
	const row = await database(TABLE).where({ id }).first<Raw | undefined>();
	return row ? readDelivery(row) : null;
}

/** Ids that a bulk action is about, a chunk at a time, in order of age; `after` is the last id of the chunk before. */
export async function nextIds(
	database: Knex,
	filter: DeliveryFilter,
	after: string,
	limit: number = LIMITS.listRows,
): Promise<string[]> {
	const look = { descending: false, after: after === '' ? undefined : after };
	return idsOf(database, await wayOf(database, filter), look, { limit, offset: 0 });
}

export async function listIncidents(
	database: Knex,
	filter: { target?: string | undefined; resolved?: boolean | undefined },
	page: Page,
): Promise<{ rows: RunningIncident[]; total: number }> {
	const matching = () => {
		const query = database('downstream_incidents');
		if (filter.target !== undefined) query.where({ target: filter.target });
		if (filter.resolved === true) query.whereNotNull('resolved_at');
		if (filter.resolved === false) query.whereNull('resolved_at');
		return query;
	};
	const total = await count(matching());
	const rows = await matching()
		.select<Raw[]>('*')
		.orderBy(COLUMNS[page.sort.field] ?? 'started_at', page.sort.descending ? 'desc' : 'asc')
		.limit(page.limit)
		.offset((page.page - 1) * page.limit);
	return { rows: rows.map(readIncident), total };
}

async function count(query: Knex.QueryBuilder): Promise<number> {
	const [row] = (await query.count({ total: '*' })) as { total: number | string }[];
	return Number(row?.total ?? 0);
}

/** What a target is still owed, as `collection/item`. */
export async function openItems(database: Knex, target: string): Promise<Set<string>> {
	const rows = await database('downstream_deliveries')
		.select<{ collection: string; item: string }[]>('collection', 'item')
		.where({ target })
		.whereIn('status', ['pending', 'sending', 'retrying']);
	return new Set(rows.map(({ collection, item }) => `${collection}/${itemOfWritten(item)}`));
}
