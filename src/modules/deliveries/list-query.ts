import { DELIVERY_STATUSES, EVENTS, type DeliveryStatus, type EventName } from '../../contract/vocabulary.js';
import type { DeliveryFilter } from '../endpoint/use-endpoint.js';

/** Time ranges that end now, in ms. */
export const TIME_RANGES = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 } as const;
export type TimeRange = keyof typeof TIME_RANGES;

export const PAGE_SIZES = [25, 50] as const;
export const EVENT_FILTERS = [...EVENTS, 'test'] as const;
const SORTS = ['created_at', 'next_at', 'delivered_at', 'tries', 'status', 'collection', 'target'] as const;
export const NEWEST_FIRST = '-created_at';

/** What the list of deliveries shows, as its address says it. Texts are empty where nothing is asked for. */
export interface ListQuery {
	view: 'list' | 'causes';
	status: DeliveryStatus[];
	target: string;
	collection: string;
	item: string;
	event: EventName | 'test' | '';
	/** A time range until now; `since` and `until` are then empty. */
	last: TimeRange | '';
	/** ISO 8601, in UTC. */
	since: string;
	until: string;
	q: string;
	error: string;
	operation: string;
	/** A field, with `-` in front for the largest first. */
	sort: string;
	page: number;
	limit: (typeof PAGE_SIZES)[number];
	/** The delivery that a search goes on from, where it reached its bound; pages are then of no account. */
	cursor: string;
}

/** What restricts the list; each can be set and removed by itself. */
export const FILTERS = [
	'q',
	'status',
	'target',
	'collection',
	'item',
	'event',
	'last',
	'since',
	'until',
	'error',
	'operation',
] as const;
export type FilterName = (typeof FILTERS)[number];

/** Parameters of an address, as the router gives them. */
export type RawQuery = Record<string, string | null | undefined | (string | null)[]>;

/** Reads an address; what it does not understand is left out, as if it were not there. */
export function readListQuery(raw: RawQuery): ListQuery {
	const text = (name: string) => textsOf(raw[name])[0]?.trim().slice(0, 1_000) ?? '';
	const oneOf = <Value extends string>(name: string, known: readonly Value[]) =>
		known.find((value) => value === text(name));
	const last = oneOf('last', Object.keys(TIME_RANGES) as TimeRange[]) ?? '';
	const asked = new Set(textsOf(raw['status']).flatMap((part) => part.split(',')));
	const sort = text('sort');
	const page = Number(text('page'));
	const limit = Number(text('limit'));
	return {
		view: oneOf('view', ['causes'] as const) ?? 'list',
		status: DELIVERY_STATUSES.filter((status) => asked.has(status)),
		target: text('target'),
		collection: text('collection'),
		item: text('item'),
		event: oneOf('event', EVENT_FILTERS) ?? '',
		last,
		since: last ? '' : timeOf(text('since')),
		until: last ? '' : timeOf(text('until')),
		q: text('q'),
		error: text('error'),
		operation: text('operation'),
		sort: SORTS.some((field) => field === sort.replace(/^-/, '')) ? sort : NEWEST_FIRST,
		page: Number.isInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1,
		limit: PAGE_SIZES.find((size) => size === limit) ?? 25,
		cursor: text('cursor'),
	};
}

/** The address of a list; defaults are left out. */
export function writeListQuery(given: ListQuery): Record<string, string> {
	const usual = readListQuery({});
	// However statuses were chosen, the same ones are the same address.
	const list = { ...given, status: DELIVERY_STATUSES.filter((status) => given.status.includes(status)) };
	return Object.fromEntries(
		(Object.keys(usual) as (keyof ListQuery)[])
			.filter((name) => String(list[name]) !== String(usual[name]))
			.map((name) => [name, String(list[name])]),
	);
}

/** The list after a change of it: everything but turning the page begins at the first page again. */
export function changed(list: ListQuery, change: Partial<ListQuery>): ListQuery {
	const onward = 'page' in change || 'cursor' in change ? {} : { page: 1, cursor: '' };
	const range = change.last ? { since: '', until: '' } : change.since || change.until ? { last: '' as const } : {};
	return { ...list, ...onward, ...change, ...range };
}

/** The list without any filter; how it is shown stays. */
export function withoutFilters(list: ListQuery): ListQuery {
	const { view, sort, limit } = list;
	return { ...readListQuery({}), view, sort, limit };
}

export const setFilters = (list: ListQuery): FilterName[] => FILTERS.filter((name) => list[name].length > 0);

/** What the endpoint is asked for: only what is set, time ranges counted back from `now` (ms since 1970). */
export function filterOf(list: ListQuery, now: number): DeliveryFilter {
	const since = list.last ? new Date(now - TIME_RANGES[list.last]).toISOString() : list.since;
	const { status, target, collection, item, event, until, q, error, operation } = list;
	const all = { status, target, collection, item, event, since, until, q, error, operation };
	return Object.fromEntries(Object.entries(all).filter(([, value]) => value.length > 0));
}

const textsOf = (value: RawQuery[string]): string[] =>
	(Array.isArray(value) ? value : [value]).filter((part) => typeof part === 'string');

function timeOf(text: string): string {
	const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
	return Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : '';
}

/** The time of a `datetime-local` field, which knows no time zone, for an ISO time; and back. Empty stays empty. */
export function toLocalTime(iso: string): string {
	if (!iso) return '';
	const at = new Date(iso);
	return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
export const fromLocalTime = (local: string) => (local ? timeOf(local) : '');
