import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { v7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LIST_BOUNDS, type DeliveryFilter } from '../../src/contract/delivery-routes.js';
import { listCauses } from '../../src/delivery/tables/delivery-causes.js';
import { listDeliveries, nextIds } from '../../src/delivery/tables/delivery-lists.js';
import { migrateTables } from '../../src/app/migrations.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';

const available = await databasesAvailable();
const clock = { now: () => Date.now(), random: () => 0.5, id: () => randomUUID() as string };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const START = Date.parse('2026-01-01T00:00:00Z');
const STATUSES = [
	'pending',
	'sending',
	'delivered',
	'delivered',
	'delivered',
	'retrying',
	'failed',
	'cancelled',
] as const;
const idAt = (msecs: number) => v7({ msecs, seq: 0 });

type Row = ReturnType<typeof deliveryOf>;
function deliveryOf(number: number) {
	const status = STATUSES[(number * 5) % 8] ?? 'pending';
	const wrong = status === 'failed' || status === 'retrying' || number % 17 === 0;
	const at = START + number * 60_000;
	return {
		id: idAt(at + (number % 3)),
		kind: 'flush',
		target: ['a', 'b', 'c'][number % 3] ?? 'a',
		status,
		collection: number % 4 === 0 ? 'pages' : 'posts',
		item: String(number % 7),
		event: number % 5 === 0 ? 'create' : 'update',
		reason: number % 6 === 0 ? '100% changed_' : 'title changed',
		changed_at: at,
		created_at: at,
		next_at: START + ((number * 37) % 101) * 1_000,
		delivered_at: null,
		tries: number % 4,
		error_code: wrong ? `HTTP_${500 + (number % 2)}` : null,
		error_message: wrong ? `answer ${number}` : null,
		operation: number % 10 === 1 ? 'some-operation' : null,
	};
}

/** What each filter means, without a database. */
const fits = (row: Row, filter: DeliveryFilter) =>
	(filter.target ?? row.target) === row.target &&
	(filter.status ?? [row.status]).includes(row.status) &&
	(filter.collection ?? row.collection) === row.collection &&
	(filter.item ?? row.item) === row.item &&
	(filter.event ?? row.event) === row.event &&
	(filter.kind ?? row.kind) === row.kind &&
	(filter.operation ?? row.operation) === row.operation &&
	(filter.error ?? row.error_code) === row.error_code &&
	row.created_at >= (filter.since ?? 0) &&
	row.created_at <= (filter.until ?? Number.POSITIVE_INFINITY) &&
	[row.collection, row.item, row.reason, row.error_code, row.error_message].some((text) =>
		(text ?? '').includes(filter.q ?? ''),
	);

const SINGLE_FILTERS: DeliveryFilter[] = [
	{ target: 'a' },
	{ status: ['failed'] },
	{ status: ['failed', 'retrying', 'failed'] },
	{ status: ['delivered'] },
	{ status: ['delivered', 'pending'] },
	{ collection: 'pages' },
	{ item: '3' },
	{ event: 'create' },
	{ kind: 'flush' },
	{ kind: 'sync' },
	{ error: 'HTTP_501' },
	{ operation: 'some-operation' },
	{ since: START + 100 * 60_000 },
	{ until: START + 200 * 60_000 },
	{ q: '100%' },
	{ q: 'changed_' },
	{ q: 'answer 1' },
	{ q: '' },
];
const FILTERS: DeliveryFilter[] = [
	{},
	...SINGLE_FILTERS,
	...SINGLE_FILTERS.flatMap((filter, index) =>
		SINGLE_FILTERS.slice(index + 1).map((other) => ({ ...filter, ...other })),
	),
	...SINGLE_FILTERS.map((filter) => ({
		...filter,
		target: 'b',
		status: ['failed' as const, 'retrying' as const],
		since: START + 60_000,
	})),
];

const page = (field: string, descending: boolean, change = {}) => ({
	limit: 500,
	page: 1,
	sort: { field, descending },
	...change,
});

describe.each(['sqlite', 'postgres', 'mysql'] as DatabaseKind[])('deliveries are found on %s', (kind) => {
	const server = DATABASE_SERVERS[kind];
	const name = instanceName();
	const here = available[kind] === null;
	const rows = Array.from({ length: 300 }, (_, number) => deliveryOf(number));
	let knex: Knex;

	beforeAll(async () => {
		if (!here) return;
		await server.create(name);
		knex = server.connect(name);
		await migrateTables(knex, clock, silent);
		for (let start = 0; start < rows.length; start += 30)
			await knex('downstream_deliveries').insert(rows.slice(start, start + 30));
	});
	afterAll(async () => {
		await knex?.destroy();
		if (here) await server.drop(name);
	});

	test.runIf(here)('by each filter and each pair of filters: all matches, in order, with their number', async () => {
		for (const filter of FILTERS) {
			const wanted = rows.filter((row) => fits(row, filter)).map(({ id }) => id);
			const { rows: found, ...rest } = await listDeliveries(knex, filter, page('created_at', true));
			expect(
				found.map(({ id }) => id),
				JSON.stringify(filter),
			).toEqual(wanted.toReversed());
			expect(rest, JSON.stringify(filter)).toEqual({
				total: wanted.length,
				isEstimate: false,
				searched: null,
				next: null,
			});
			expect(await nextIds(knex, filter, wanted[2] ?? ''), JSON.stringify(filter)).toEqual(
				wanted.length > 2 ? wanted.slice(3) : wanted,
			);
		}
	});

	test.runIf(here)('by id, among those that match the filter', async () => {
		const ids = rows.slice(10, 15).map(({ id }) => id);
		const found = await listDeliveries(knex, { ids, target: 'a' }, page('id', false));
		expect(found.rows.map(({ id }) => id)).toEqual(
			rows.filter((row) => ids.includes(row.id) && row.target === 'a').map(({ id }) => id),
		);
	});

	test.runIf(here)('page by page and by cursor, in every order', async () => {
		const filters: DeliveryFilter[] = [{}, { status: ['failed', 'retrying'] }, { q: 'title' }, { item: '3' }];
		for (const filter of filters)
			for (const field of ['created_at', 'tries', 'next_at', 'status', 'collection'])
				for (const descending of [true, false]) {
					const column = field === 'created_at' ? 'id' : (field as 'tries');
					const order = (a: Row, b: Row) =>
						(a[column] < b[column] ? -1 : a[column] > b[column] ? 1 : a.id < b.id ? -1 : 1) * (descending ? -1 : 1);
					const wanted = rows
						.filter((row) => fits(row, filter))
						.toSorted(order)
						.map(({ id }) => id);
					const found: string[] = [];
					for (let number = 1; number <= Math.ceil(wanted.length / 40); number++)
						found.push(
							...(await listDeliveries(knex, filter, page(field, descending, { limit: 40, page: number }))).rows.map(
								({ id }) => id,
							),
						);
					expect(found, `${JSON.stringify(filter)} by ${field}`).toEqual(wanted);
					if (field !== 'created_at') continue;
					const followed: string[] = [];
					for (let cursor: string | null | undefined; cursor !== null;) {
						const next = await listDeliveries(knex, filter, page(field, descending, { limit: 40, cursor }));
						expect(next.total).toBe(wanted.length);
						followed.push(...next.rows.map(({ id }) => id));
						cursor = next.next;
					}
					expect(followed).toEqual(wanted);
				}
	});

	test.runIf(here)('by cause, with the message of the newest', async () => {
		for (const filter of FILTERS) {
			const status = filter.status ?? ['failed', 'retrying'];
			const wanted = new Map<string, { count: number; message: string | null; oldest: number; newest: number }>();
			for (const row of rows.filter((one) => one.error_code !== null && fits(one, { ...filter, status }))) {
				const key = `${row.target} ${row.status} ${row.error_code}`;
				const known = wanted.get(key) ?? { count: 0, message: null, oldest: row.created_at, newest: 0 };
				wanted.set(key, { ...known, count: known.count + 1, message: row.error_message, newest: row.created_at });
			}
			const { causes, isEstimate } = await listCauses(knex, filter);
			const told = causes.map(({ target, status: of, code, ...cause }) => [`${target} ${of} ${code}`, cause]);
			expect(new Map(told as never), JSON.stringify(filter)).toEqual(wanted);
			expect(causes.map(({ count }) => count)).toEqual(causes.map(({ count }) => count).toSorted((a, b) => b - a));
			expect(isEstimate).toBe(false);
		}
	});
});

describe('a long history', () => {
	const name = instanceName();
	const rows = LIST_BOUNDS.searched + 2_000;
	let knex: Knex;
	beforeAll(async () => {
		await DATABASE_SERVERS.sqlite.create(name);
		knex = DATABASE_SERVERS.sqlite.connect(name);
		await migrateTables(knex, clock, silent);
		await knex.raw(
			`insert into downstream_deliveries (id, kind, target, status, collection, item, event, reason, changed_at, created_at, next_at, tries)
			with recursive series(n) as (select 0 union all select n + 1 from series where n + 1 < ${rows})
			select printf('0197%04x-%04x-7000-8000-000000000000', n >> 16, n & 65535), 'flush', 'a', 'delivered', 'posts', n, 'update',
				case when n < 5 then 'long ago' else 'of late' end, n, n, n, n % 7 from series`,
		);
	});
	afterAll(async () => {
		await knex?.destroy();
		await DATABASE_SERVERS.sqlite.drop(name);
	});

	test('is searched as far as is quick, and on from there by cursor', async () => {
		const first = await listDeliveries(knex, { q: 'long ago' }, page('created_at', true));
		expect(first).toMatchObject({ rows: [], total: 0, isEstimate: true, searched: LIST_BOUNDS.searched });
		const next = await listDeliveries(
			knex,
			{ q: 'long ago' },
			page('created_at', true, { cursor: first.next ?? undefined }),
		);
		expect(next).toMatchObject({ searched: null, next: null, total: 0, isEstimate: true });
		expect(next.rows.map(({ item }) => item)).toEqual(['4', '3', '2', '1', '0']);
		expect((await listDeliveries(knex, { q: 'of late' }, page('created_at', true))).total).toBe(LIST_BOUNDS.searched);
		expect(await listDeliveries(knex, { q: 'long ago' }, page('created_at', false))).toMatchObject({
			total: 5,
			isEstimate: true,
		});
		expect(await nextIds(knex, { q: 'long ago' }, '')).toHaveLength(5);
	});

	test('is counted exactly where an index can', async () => {
		expect(await listDeliveries(knex, { target: 'a' }, page('created_at', true))).toMatchObject({
			total: rows,
			isEstimate: false,
		});
		expect(await listDeliveries(knex, { status: ['delivered'] }, page('tries', true))).toMatchObject({
			total: rows,
			isEstimate: false,
			searched: LIST_BOUNDS.searched,
			next: null,
		});
	});

	test('is counted up to a bound', async () => {
		const more = LIST_BOUNDS.counted - rows + 1;
		await knex.raw(
			`insert into downstream_deliveries (id, kind, target, status, collection, item, event, reason, changed_at, created_at, next_at)
			with recursive series(n) as (select 0 union all select n + 1 from series where n + 1 < ${more})
			select printf('0198%04x-%04x-7000-8000-000000000000', n >> 16, n & 65535), 'flush', 'a', 'delivered', 'posts', n, 'update', '', n, n, n from series`,
		);
		expect(await listDeliveries(knex, { target: 'a' }, page('created_at', true))).toMatchObject({
			total: LIST_BOUNDS.counted,
			isEstimate: true,
			searched: null,
		});
	});
});
