import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import type { DeliveryFilter } from '../../contract/delivery-routes.js';
import type { DeliveryStatus } from '../../contract/vocabulary.js';
import { edgeOf, wayOf, within } from './delivery-search.js';

const TABLE = 'downstream_deliveries';
type Raw = Record<string, string | number | null>;

/** Deliveries of one target that are where they are for the same reason. Times are ms since 1970. */
export interface Cause {
	target: string;
	status: DeliveryStatus;
	code: string;
	/** What the newest of them was told. */
	message: string;
	count: number;
	/** When the first and the last of them were made. */
	oldest: number;
	newest: number;
}

/** How many groups are returned. */
const MOST = 200;

/** Why deliveries failed: those that have an error, grouped by target, status and error code, biggest group first. */
export async function listCauses(
	database: Knex,
	filter: DeliveryFilter,
): Promise<{ causes: Cause[]; isEstimate: boolean }> {
	const { status = ['failed', 'retrying'], target, error, ...others } = filter;
	const { groups, isEstimate } = Object.values(others).some((value) => value !== undefined)
		? await groupSome(database, { ...others, status, target, error })
		: { groups: await groupAll(database), isEstimate: false };
	const fitting = groups
		.filter((group) => status.includes(group.status))
		.filter((group) => (target ?? group.target) === group.target && (error ?? group.code) === group.code)
		.toSorted((a, b) => b.count - a.count || (a.last < b.last ? 1 : -1))
		.slice(0, MOST);
	const rows = await byId(
		database,
		fitting.flatMap(({ first, last }) => [first, last]),
	);
	const causes = fitting.flatMap(({ first, last, ...group }): Cause[] => {
		const [oldest, newest] = [rows.get(first), rows.get(last)];
		// A delivery that was retried or removed meanwhile cannot serve as the example.
		if (!oldest || !newest) return [];
		const times = { oldest: Number(oldest['created_at']), newest: Number(newest['created_at']) };
		return [{ ...group, message: String(newest['error_message'] ?? ''), ...times }];
	});
	return { causes, isEstimate };
}

interface Group {
	target: string;
	status: DeliveryStatus;
	code: string;
	count: number;
	first: string;
	last: string;
}

/** All that failed, from its index alone: what is asked for of it is picked from the few groups afterwards. */
async function groupAll(database: Knex): Promise<Group[]> {
	return grouped(database(TABLE).whereNotNull('error_code'));
}

/** Where rows have to be looked at: the newest of them. */
async function groupSome(database: Knex, filter: DeliveryFilter): Promise<{ groups: Group[]; isEstimate: boolean }> {
	const way = await wayOf(database, filter);
	const look = { descending: true };
	const edge = await edgeOf(database, way, look);
	const parts = await Promise.all(
		way.streams.map((stream) => {
			const query = database(TABLE).whereNotNull('error_code');
			stream(query);
			way.compare(query);
			within(query, { ...look, downTo: edge ?? undefined });
			return grouped(query);
		}),
	);
	return { groups: parts.flat(), isEstimate: edge !== null };
}

async function grouped(query: Knex.QueryBuilder): Promise<Group[]> {
	const rows = (await query
		.select('error_code', 'status', 'target')
		.count({ count: '*' })
		.min({ first: 'id' })
		.max({ last: 'id' })
		.groupBy('error_code', 'status', 'target')) as Raw[];
	return rows.map((row) => ({
		target: String(row['target']),
		status: row['status'] as DeliveryStatus,
		code: String(row['error_code']),
		count: Number(row['count']),
		first: String(row['first']),
		last: String(row['last']),
	}));
}

async function byId(database: Knex, ids: string[]): Promise<Map<string, Raw>> {
	const groups = new Map<string, Raw>();
	for (const group of inGroupsOf(500, [...new Set(ids)])) {
		const rows = await database(TABLE).select<Raw[]>('id', 'created_at', 'error_message').whereIn('id', group);
		for (const row of rows) groups.set(String(row['id']), row);
	}
	return groups;
}
