import type { Knex } from 'knex';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NO_OLD_VALUES } from '../../src/delivery/core/old-values.js';
import { HEALTHY } from '../../src/delivery/core/target-health.js';
import type { ClaimedDelivery, DeliveryQueue, Settlement } from '../../src/delivery/ports.js';
import { createDeliveryQueue } from '../../src/delivery/tables/delivery-queue.js';
import { addDeliveries } from '../../src/delivery/tables/delivery-table.js';
import { migrateTables } from '../../src/app/migrations.js';
import { createSharedTransaction } from '../../src/kernel/database/shared-transaction.js';
import { createTargetStateReader } from '../../src/delivery/tables/target-state-table.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';
import { asRow, attempt, delivered, NOW } from './sent-results.js';

const available = await databasesAvailable();
const kinds = (Object.keys(DATABASE_SERVERS) as DatabaseKind[]).filter((kind) => available[kind] === null);
const clock = { now: () => Date.now(), random: () => 0.5, id: () => v7() };
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const TARGETS = Array.from({ length: 10 }, (_, index) => `target ${index}`);

/** What the senders of several targets do at the same moment, on the tables themselves. */
describe.each(kinds)('senders on %s', (kind) => {
	const name = instanceName();
	const server = DATABASE_SERVERS[kind];
	let database: Knex;
	let queue: DeliveryQueue;
	let statements: string[] = [];

	beforeAll(async () => {
		await server.create(name);
		database = server.connect(name);
		await migrateTables(database, clock, silent);
		database.on('query', ({ sql }: { sql: string }) => statements.push(sql));
	});
	afterAll(async () => {
		await database?.destroy();
		await server.drop(name);
	});
	beforeEach(async () => {
		for (const table of ['deliveries', 'attempts', 'targets']) await database(`downstream_${table}`).delete();
		queue = createDeliveryQueue(database, createSharedTransaction(database));
		statements = [];
	});

	/** Deliveries of items 0, 1, 2 …, each due a millisecond after the one before. */
	const add = (target: string, count: number, from = 0) =>
		addDeliveries(
			database,
			Array.from({ length: count }, (_, index) => ({
				kind: 'flush' as const,
				target,
				collection: 'posts',
				item: String(from + index),
				event: 'update' as const,
				rule: null,
				reason: 'a test',
				old: NO_OLD_VALUES,
				asItWas: false,
				changeId: null,
				changedAt: NOW,
				nextAt: NOW + from + index,
				user: null,
				trace: null,
				operation: null,
			})),
			clock.id,
			NOW,
		);
	const claim = (target: string, options: { limit?: number; now?: number; of?: DeliveryQueue } = {}) =>
		(options.of ?? queue).claim(target, {
			token: `token of ${target}`,
			now: options.now ?? NOW + 1_000,
			window: 0,
			batchSize: 100,
			onlyFull: false,
			limit: options.limit ?? 500,
		});
	const itemsOf = (deliveries: ClaimedDelivery[]) => deliveries.map(({ item }) => Number(item));
	const rowsOf = (target: string) =>
		database('downstream_deliveries').select<Record<string, unknown>[]>('*').where({ target }).orderBy('next_at');
	const statusesOf = async (target: string) => (await rowsOf(target)).map(({ status }) => status);

	it('claim deliveries of ten targets by one query and one update, oldest first', async () => {
		for (const [index, target] of TARGETS.entries()) await add(target, index);
		await Promise.all(TARGETS.map((target) => claim(target, { now: NOW - 1 })));
		statements = [];
		const claims = await Promise.all(TARGETS.map((target) => claim(target)));
		expect(statements.filter((sql) => sql.startsWith('update'))).toHaveLength(1);
		// What there is, and when that target that is owed nothing will be; MySQL's update gives no rows.
		const selects = statements.filter((sql) => sql.startsWith('select'));
		expect(selects).toHaveLength(kind === 'mysql' ? 3 : 2);
		for (const [index, { claimed }] of claims.entries()) {
			expect(itemsOf(claimed)).toEqual(Array.from({ length: index }, (_, item) => item));
			const [first] = claimed;
			for (const row of await rowsOf(TARGETS[index] ?? ''))
				expect(row).toMatchObject({
					status: 'sending',
					lease_token: `token of target ${index}`,
					batch: first?.id,
					batches: first?.id,
				});
		}
	});

	it('are each held to their own limit, and get the rest the next time', async () => {
		await add('big', 8);
		await add('small', 3);
		const [big, small] = await Promise.all([claim('big', { limit: 5 }), claim('small', { limit: 5 })]);
		expect(itemsOf(big.claimed)).toEqual([0, 1, 2, 3, 4]);
		expect(big.more).toBe(true);
		expect(itemsOf(small.claimed)).toEqual([0, 1, 2]);
		expect(itemsOf((await claim('big', { limit: 5 })).claimed)).toEqual([5, 6, 7]);
		expect((await claim('big', { limit: 5 })).claimed).toEqual([]);
	});

	it('claim more than fits into one statement', async () => {
		for (const target of TARGETS) await add(target, 160);
		const claims = await Promise.all(TARGETS.map((target) => claim(target)));
		const all = Array.from({ length: 160 }, (_, item) => item);
		for (const { claimed } of claims) expect(itemsOf(claimed)).toEqual(all);
		const at = NOW + 5_000;
		await Promise.all(
			claims.map(({ claimed }, index) => {
				const target = `target ${index}`;
				return queue.settle(target, `token of ${target}`, [delivered(claimed, at)], [attempt(target)], HEALTHY);
			}),
		);
		const rows = await database('downstream_deliveries').where({ status: 'delivered', delivered_at: at, tries: 1 });
		expect(rows).toHaveLength(1_600);
	});

	it('never claim a delivery twice when two processes ask at once', async () => {
		for (const target of TARGETS) await add(target, 20);
		const connection = server.connect(name);
		try {
			const other = createDeliveryQueue(connection, createSharedTransaction(connection));
			const asked = (of: DeliveryQueue, token: string) =>
				TARGETS.map((target) =>
					of.claim(target, {
						token: `${token} ${target}`,
						now: NOW + 1_000,
						window: 0,
						batchSize: 100,
						limit: 500,
						onlyFull: false,
					}),
				);
			const claims = await Promise.all([...asked(queue, 'one'), ...asked(other, 'other')]);
			const ids = claims.flatMap(({ claimed }) => claimed.map(({ id }) => id));
			expect(new Set(ids).size).toBe(200);
			expect(ids).toHaveLength(200);
		} finally {
			await connection.destroy();
		}
	});

	it('say when the next delivery will be due, for each sender that asks', async () => {
		await add('soon', 1, 2_000);
		await add('later', 1, 9_000);
		const answers = await Promise.all(['soon', 'later', 'never'].map((target) => claim(target)));
		expect(answers.map(({ nextAt }) => nextAt)).toEqual([NOW + 2_000, NOW + 9_000, null]);
	});

	it('repeat a batch unchanged while others claim new deliveries', async () => {
		await add('failing', 4);
		const first = await claim('failing');
		const failed: Settlement = {
			deliveries: first.claimed.slice(0, 3),
			at: NOW,
			outcome: { status: 'retrying', nextAt: NOW + 50, counts: true, error: { code: 'HTTP_500', message: 'no' } },
		};
		const rest = delivered(first.claimed.slice(3), NOW);
		await queue.settle('failing', 'token of failing', [failed, rest], [], HEALTHY);
		await add('failing', 2, 10);
		await add('healthy', 2);
		const [again, healthy] = await Promise.all([claim('failing', { limit: 1 }), claim('healthy')]);
		expect(again.claimed.map(({ item, batch, from }) => [item, batch, from])).toEqual(
			['0', '1', '2'].map((item) => [item, first.claimed[0]?.id, 'retrying']),
		);
		expect(itemsOf(healthy.claimed)).toEqual([0, 1]);
	});

	it('find what came to wait for a retry while they were looking for something', async () => {
		await add('flaky', 1);
		const { claimed } = await claim('flaky');
		const failed: Settlement = {
			deliveries: claimed,
			at: NOW,
			outcome: { status: 'retrying', nextAt: NOW, counts: true, error: { code: 'HTTP_500', message: 'no' } },
		};
		const [, meanwhile] = await Promise.all([
			queue.settle('flaky', 'token of flaky', [failed], [], HEALTHY),
			claim('flaky'),
		]);
		const afterwards = await claim('flaky');
		expect([...meanwhile.claimed, ...afterwards.claimed]).toHaveLength(1);
	});

	it('write ten results at once: each with its own time, attempts and health, and only where the lease is still theirs', async () => {
		for (const target of TARGETS) await add(target, 2);
		const claims = await Promise.all(TARGETS.map((target) => claim(target)));
		await database('downstream_deliveries')
			.where({ target: 'target 3', item: '0' })
			.update({ lease_token: 'somebody else' });
		await database('downstream_deliveries').where({ target: 'target 4' }).update({ status: 'cancelled' });
		statements = [];
		await Promise.all(
			TARGETS.map((target, index) =>
				queue.settle(
					target,
					`token of ${target}`,
					[delivered(claims[index]?.claimed ?? [], NOW + 2_000 + index)],
					[attempt(target)],
					{ ...HEALTHY, lastSuccessAt: NOW + index, latencies: [index] },
				),
			),
		);
		expect(statements.filter((sql) => !/^(begin|commit)/i.test(sql))).toHaveLength(3);
		expect(await statusesOf('target 3')).toEqual(['sending', 'delivered']);
		expect(await statusesOf('target 4')).toEqual(['cancelled', 'cancelled']);
		const state = createTargetStateReader(database);
		const states = await Promise.all(TARGETS.map(state));
		for (const [index, target] of TARGETS.entries()) {
			expect(states[index]?.health).toMatchObject({ lastSuccessAt: NOW + index, latencies: [index] });
			expect(await database('downstream_attempts').where({ target })).toHaveLength(1);
			if (index === 3 || index === 4) continue;
			for (const row of await rowsOf(target))
				expect({ ...row, delivered_at: Number(row['delivered_at']) }).toMatchObject({
					status: 'delivered',
					tries: 1,
					lease_token: null,
					delivered_at: NOW + 2_000 + index,
				});
		}
	});

	it('keep a pause, and forget no failure, when health is written over it', async () => {
		await database('downstream_targets').insert({ target: 'paused', kind: 'flush', paused: 1, paused_reason: 'lunch' });
		await add('paused', 1);
		const { claimed } = await claim('paused');
		const health = { ...HEALTHY, failures: 2, lastError: { code: 'HTTP_500', message: 'no' } };
		await queue.settle('paused', 'token of paused', [delivered(claimed, NOW)], [], health);
		const state = createTargetStateReader(database);
		expect(await Promise.all([state('paused'), state('unheard of')])).toEqual([
			{ paused: true, pausedReason: 'lunch', health, batchBytes: null },
			{ paused: false, pausedReason: null, health: HEALTHY, batchBytes: null },
		]);
	});

	it('write down what became of deliveries also where an attempt at them cannot be stored', async () => {
		const two = ['good', 'bad'];
		for (const target of two) await add(target, 1);
		const claims = await Promise.all(two.map((target) => claim(target)));
		const taken = clock.id();
		await database('downstream_attempts').insert({ ...asRow(attempt('other', taken)) });
		const results = await Promise.allSettled(
			two.map((target, index) => {
				const attempts = [attempt(target, target === 'bad' ? taken : undefined)];
				const settlements = [delivered(claims[index]?.claimed ?? [], NOW)];
				return queue.settle(target, `token of ${target}`, settlements, attempts, HEALTHY);
			}),
		);
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
		expect(await statusesOf('good')).toEqual(['delivered']);
		expect(await statusesOf('bad')).toEqual(['delivered']);
		expect(await database('downstream_attempts').where({ target: 'bad' })).toHaveLength(0);
	});

	it('write down an answer whatever it says, so that the request is never made again for its sake', async () => {
		await add('rude', 1);
		const { claimed } = await claim('rude');
		const said = `NUL \u0000, half \ud83d, emoji 😀, ${'long '.repeat(40_000)}`;
		const error = { code: 'HTTP_400', message: said };
		const health = { ...HEALTHY, lastError: error };
		const outcome = { status: 'failed' as const, counts: true, error };
		await queue.settle(
			'rude',
			'token of rude',
			[{ deliveries: claimed, at: NOW, outcome }],
			[{ ...attempt('rude'), error, response: { status: 400, headers: { said }, body: said } }],
			health,
		);
		expect(await statusesOf('rude')).toEqual(['failed']);
	});
});
