import type { Knex } from 'knex';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrateTables } from '../../src/app/migrations.js';
import { HEALTHY } from '../../src/delivery/core/target-health.js';
import { createDeliveryQueue } from '../../src/delivery/tables/delivery-queue.js';
import { createTargetStateReader } from '../../src/delivery/tables/target-state-table.js';
import { acquireLeases, NOTE_LOST, releaseLeases, renewLeases } from '../../src/kernel/database/leases.js';
import { createSharedTransaction } from '../../src/kernel/database/shared-transaction.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { instanceName } from '../kit/leftovers.js';

const available = await databasesAvailable();
const kinds = (Object.keys(DATABASE_SERVERS) as DatabaseKind[]).filter((kind) => available[kind] === null);
const clock = { now: () => Date.now(), random: () => 0.5, id: () => v7() };
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const TTL = 10_000;

/** What keeps nodes from each other's work, on the tables themselves. */
describe.each(kinds)('leases on %s', (kind) => {
	const name = instanceName();
	const server = DATABASE_SERVERS[kind];
	let database: Knex;

	beforeAll(async () => {
		await server.create(name);
		database = server.connect(name);
		await migrateTables(database, clock, silent);
	});
	afterAll(async () => {
		await database?.destroy();
		await server.drop(name);
	});
	beforeEach(() => database('downstream_meta').where('key', 'like', 'lease:%').delete());

	const take = (holder: string, now: number) => acquireLeases(database, ['one', 'two'], holder, TTL, now);

	it('pass on a note, or that it was lost', async () => {
		expect([...(await take('a', 0))]).toEqual([
			['one', null],
			['two', null],
		]);
		expect((await take('b', 1)).size).toBe(0);
		await releaseLeases(database, ['one', 'two'], 'a', new Map([['one', '{"one":{"left":0,"at":1}}']]));
		const taken = await take('b', 2);
		expect([taken.get('one'), taken.get('two')]).toEqual(['{"one":{"left":0,"at":1}}', null]);
		expect((await take('c', 3 * TTL)).get('one')).toBe(NOTE_LOST);
	});

	it('are renewed only by a node that has held them without a break', async () => {
		await take('a', 0);
		expect((await renewLeases(database, ['one', 'two'], 'a', TTL, 5)).size).toBe(2);
		// The same once more: a database may count rows that an update did not change as not updated.
		expect((await renewLeases(database, ['one', 'two'], 'a', TTL, 5)).size).toBe(2);
		await acquireLeases(database, ['one'], 'b', TTL, 3 * TTL);
		await releaseLeases(database, ['one'], 'b');
		expect(await renewLeases(database, ['one', 'two'], 'a', TTL, 3 * TTL)).toEqual(new Set(['two']));
	});

	it('are needed to write down how a target is', async () => {
		const read = createTargetStateReader(database);
		const queue = createDeliveryQueue(database, createSharedTransaction(database), 'a');
		const settle = (failures: number) => queue.settle('one', 'token', [], [], { ...HEALTHY, failures });
		await take('a', 0);
		await settle(1);
		expect((await read('one')).health.failures).toBe(1);
		await take('b', 3 * TTL);
		await settle(2);
		expect((await read('one')).health.failures).toBe(1);
	});
});
