import type { Knex } from 'knex';
import { LIST_BOUNDS, type DeliveryFilter } from '../../contract/delivery-routes.js';
import type { DeliveryStatus } from '../../contract/vocabulary.js';
import { NOT_DELIVERED } from '../../kernel/database/dialect.js';

const TABLE = 'downstream_deliveries';

type Key = keyof DeliveryFilter;
type Query = Knex.QueryBuilder;

/** Where to look, in the order of ids, which is the order of creation. */
export interface Look {
	descending: boolean;
	/** Only what comes after this id, in that order. */
	after?: string | undefined;
	/** Only down to this id, in that order, itself included. */
	downTo?: string | undefined;
}

/** One way into the table: what an index finds by itself, and the filters that are then left to be compared row by row. */
export interface Way {
	/** Several, where each is in the order of ids but all of them together are not. */
	streams: ((query: Query) => void)[];
	/** What the rows found must still fulfil. Never by way of an index: that would leave the order of ids. */
	compare: (query: Query) => void;
	/** Whether there is nothing left to compare. */
	exact: boolean;
	/** Whether the index gives rows in the order of ids. */
	inOrder: boolean;
}

/**
 * A million rows of history must not make a list slow: each filter goes the way into the table that an index answers in
 * the order of ids; of several ways, the one with the fewest rows. Where something is left to compare, callers look
 * through at most `LIST_BOUNDS.searched` rows (`edgeOf`).
 */
export async function wayOf(database: Knex, given: DeliveryFilter): Promise<Way> {
	const filter = said(given);
	const ways = waysFor(filter, await collectionsFor(database, filter));
	const sizes = ways.length === 1 ? [0] : await Promise.all(ways.map(({ streams }) => sizeOf(database, streams)));
	const { keys, streams, inOrder = true } = ways[sizes.indexOf(Math.min(...sizes))] as (typeof ways)[number];
	const left = (Object.keys(filter) as Key[]).filter((key) => !keys.includes(key));
	const ranged = streams.map((stream) => (query: Query) => {
		stream(query);
		const { since, until } = filter;
		if (since !== undefined) query.where(`${TABLE}.id`, '>=', idAt(since - CLOCKS_APART_MS));
		if (until !== undefined) query.where(`${TABLE}.id`, '<', idAt(until + CLOCKS_APART_MS));
	});
	return {
		streams: ranged,
		compare: (query) => left.forEach((key) => compare(query, key, filter)),
		exact: left.length === 0,
		inOrder,
	};
}

/** Rows that fit, in the order given and then of ids: their ids. */
export async function idsOf(
	database: Knex,
	way: Way,
	look: Look,
	page: { limit: number; offset: number; sort?: string },
): Promise<string[]> {
	const direction = look.descending ? 'desc' : 'asc';
	const order = [...new Set([page.sort ?? 'id', 'id'])];
	const inOrder = (query: Query) => order.reduce((sorted, column) => sorted.orderBy(column, direction), query);
	// Few rows are sorted quickly; a database that sees the order may take another index for its sake.
	const sorted = (query: Query) =>
		way.inOrder || (page.sort ?? 'id') !== 'id'
			? inOrder(query)
			: query.orderByRaw(`coalesce(??, '') ${direction}`, [`${TABLE}.id`]);
	const streams = way.streams.map((stream) => {
		const query = database(TABLE).select(order);
		stream(query);
		way.compare(query);
		within(query, look);
		return sorted(query);
	});
	const [first, ...others] = streams as [Query, ...Query[]];
	if (others.length === 0) {
		const rows = (await first.limit(page.limit).offset(page.offset)) as { id: string }[];
		return rows.map(({ id }) => id);
	}
	const parts = streams.map((query, index) =>
		database.select(order).from(query.limit(page.limit + page.offset).as(`part${index}`)),
	);
	const [part, ...further] = parts as [Query, ...Query[]];
	const merged = inOrder(database.select(order).from(part.unionAll(further).as('merged')));
	const rows = (await merged.limit(page.limit).offset(page.offset)) as { id: string }[];
	return rows.map(({ id }) => id);
}

/**
 * The last row that is looked at where there are more than `LIST_BOUNDS.searched`, in the order given; null where there
 * are not, and all are.
 */
export async function edgeOf(database: Knex, way: Way, look: Look): Promise<string | null> {
	const all = { ...way, compare: () => {} };
	const [edge, beyond] = await idsOf(database, all, look, { limit: 2, offset: LIST_BOUNDS.searched - 1 });
	return edge !== undefined && beyond !== undefined ? edge : null;
}

/** How many rows fit, counted as far as `LIST_BOUNDS` goes. */
export async function countOf(
	database: Knex,
	given: DeliveryFilter,
	way: Way,
	descending: boolean,
): Promise<{ total: number; isEstimate: boolean }> {
	const filter = said(given);
	const keys = Object.keys(filter) as Key[];
	// Which rows are of a status and a target is in an index too, though not in the order of ids.
	if (way.exact || keys.every((key) => key === 'status' || key === 'target')) {
		const query = database(TABLE).select(database.raw('1 as one'));
		if (way.exact && way.streams.length === 1) way.streams[0]?.(query);
		else for (const key of keys) find(query, key, filter);
		const total = await countRows(database, query.limit(LIST_BOUNDS.counted + 1));
		return { total: Math.min(total, LIST_BOUNDS.counted), isEstimate: total > LIST_BOUNDS.counted };
	}
	const edge = await edgeOf(database, way, { descending });
	const counts = await Promise.all(
		way.streams.map((stream) => {
			const query = database(TABLE).select(database.raw('1 as one'));
			stream(query);
			way.compare(query);
			within(query, { descending, downTo: edge ?? undefined });
			return countRows(database, query);
		}),
	);
	return { total: counts.reduce((sum, count) => sum + count, 0), isEstimate: edge !== null };
}

async function countRows(database: Knex, query: Query): Promise<number> {
	const row = (await database.from(query.as('found')).count({ found: '*' }).first()) as
		{ found: number | string } | undefined;
	return Number(row?.found ?? 0);
}

export function within(query: Query, { descending, after, downTo }: Look): void {
	if (after !== undefined) query.where(`${TABLE}.id`, descending ? '<' : '>', after);
	if (downTo !== undefined) query.where(`${TABLE}.id`, descending ? '>=' : '<=', downTo);
}

/** What was asked for, without what was left open. */
const said = (filter: DeliveryFilter): DeliveryFilter =>
	Object.fromEntries(
		Object.entries(filter).filter(([key, value]) => value !== undefined && !(key === 'q' && value === '')),
	);

interface Candidate {
	keys: Key[];
	streams: ((query: Query) => void)[];
	inOrder?: boolean;
}

function waysFor(filter: DeliveryFilter, collections: string[]): Candidate[] {
	const by = (...keys: Key[]): Candidate => ({
		keys,
		streams: [(query) => keys.forEach((key) => find(query, key, filter))],
	});
	if (filter.ids) return [by('ids')];
	const { operation, item, error, target, collection } = filter;
	const ways: Candidate[] = [];
	if (operation !== undefined) ways.push(by('operation'));
	if (item !== undefined)
		ways.push({
			keys: ['item', 'collection'],
			streams: [(query) => query.whereIn('collection', collections).where({ item })],
			inOrder: false,
		});
	if (error !== undefined) {
		const too = (['status', 'target'] as const).filter((key) => filter[key] !== undefined);
		ways.push({ ...by('error', ...too), inOrder: false });
	}
	const open = filter.status?.includes('delivered') ? undefined : filter.status;
	if (open)
		ways.push({
			keys: ['status', 'target'],
			streams: [...new Set(open)].map(
				(status: DeliveryStatus) => (query) =>
					query.where({ status, ...(target === undefined ? {} : { target }) }).whereRaw(NOT_DELIVERED),
			),
		});
	else if (target !== undefined) ways.push(by('target'));
	if (collection !== undefined && item === undefined) ways.push(by('collection'));
	return ways.length > 0 ? ways : [by()];
}

/** Items are found by collection and key together: without a collection said, all that occur, one step of the index each. */
async function collectionsFor(database: Knex, { item, collection, ids }: DeliveryFilter): Promise<string[]> {
	if (collection !== undefined) return [collection];
	if (item === undefined || ids) return [];
	const matchingIds: string[] = [];
	for (;;) {
		const row = await database(TABLE)
			.where('collection', '>', matchingIds.at(-1) ?? '')
			.min({ next: 'collection' })
			.first<{ next: string | null } | undefined>();
		if (row?.next === null || row?.next === undefined) return matchingIds;
		matchingIds.push(row.next);
	}
}

async function sizeOf(database: Knex, streams: Candidate['streams']): Promise<number> {
	const sizes = await Promise.all(
		streams.map((stream) => {
			const query = database(TABLE).select(database.raw('1 as one'));
			stream(query);
			return countRows(database, query.limit(LIST_BOUNDS.searched));
		}),
	);
	return sizes.reduce((sum, size) => sum + size, 0);
}

const COLUMNS = {
	target: 'target',
	kind: 'kind',
	collection: 'collection',
	item: 'item',
	event: 'event',
	operation: 'operation',
	error: 'error_code',
} as const;

/** For an index to be used. */
function find(query: Query, key: Key, filter: DeliveryFilter): void {
	if (key === 'ids') query.whereIn('id', filter.ids ?? []);
	else if (key === 'status') query.whereIn('status', filter.status ?? []);
	else if (key in COLUMNS) query.where(COLUMNS[key as keyof typeof COLUMNS], filter[key] as string);
	else compare(query, key, filter);
}

/** So that no index is used. */
function compare(query: Query, key: Key, filter: DeliveryFilter): void {
	if (key === 'since') query.where('created_at', '>=', Number(filter.since));
	else if (key === 'until') query.where('created_at', '<=', Number(filter.until));
	else if (key === 'q') contain(query, filter.q ?? '');
	else if (key === 'ids') find(query, key, filter);
	else {
		const values = key === 'status' ? (filter.status ?? []) : [String(filter[key])];
		const column = key === 'status' ? 'status' : COLUMNS[key];
		query.whereRaw(`coalesce(??, '') in (${values.map(() => '?').join(', ')})`, [column, ...values]);
	}
}

function contain(query: Query, text: string): void {
	const pattern = `%${text.replace(/[!%_]/g, (special) => `!${special}`)}%`;
	query.where((some) => {
		for (const column of ['collection', 'item', 'reason', 'error_code', 'error_message'])
			some.orWhereRaw(`?? like ? escape '!'`, [column, pattern]);
	});
}

/** A delivery's id is made a moment after it is said to be created; while thousands are planned, some seconds after. */
const CLOCKS_APART_MS = 600_000;

/** The beginning of ids (UUID v7) made at that time: less than each of them. */
function idAt(at: number): string {
	const time = Math.min(Math.max(0, Math.floor(at)), 2 ** 48 - 1)
		.toString(16)
		.padStart(12, '0');
	return `${time.slice(0, 8)}-${time.slice(8)}`;
}
