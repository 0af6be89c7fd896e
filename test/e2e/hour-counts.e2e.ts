import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHourCounts } from '../../src/delivery/count-hours.js';
import type { Settlement } from '../../src/delivery/ports.js';
import type { StoredAttempt } from '../../src/delivery/stored.js';
import { migrateTables } from '../../src/app/migrations.js';
import { DATABASE_SERVERS } from '../kit/database-servers.js';
import { instanceName } from '../kit/leftovers.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const name = instanceName();
const START = Date.parse('2026-03-01T10:20:30Z');
let now = START;
const clock = { now: () => now, random: () => 0.5, id: () => randomUUID() as string };
let knex: Knex;
beforeAll(async () => {
	await DATABASE_SERVERS.sqlite.create(name);
	knex = DATABASE_SERVERS.sqlite.connect(name);
	await migrateTables(knex, clock, silent);
});
beforeEach(async () => {
	now = START;
	await knex('downstream_hours').delete();
});
afterAll(async () => {
	await knex?.destroy();
	await DATABASE_SERVERS.sqlite.drop(name);
});

const attempt = (durationMs: number) => ({ target: 'a', at: now, durationMs }) as StoredAttempt;
const settled = (status: 'delivered' | 'retrying' | 'failed', count: number) =>
	({ at: now, deliveries: Array.from({ length: count }, () => ({})), outcome: { status } }) as unknown as Settlement;
const written = async () => Number((await knex('downstream_hours').sum({ sum: 'requests' }))[0]?.['sum'] ?? 0);

/** Three requests, of which the last is of the next hour. */
function count(node: ReturnType<typeof createHourCounts>): void {
	node.attempted(attempt(40));
	node.settled('a', [settled('delivered', 2), settled('failed', 1)]);
	now += 3_600_000;
	node.attempted(attempt(40));
	node.attempted(attempt(40));
	node.settled('a', [settled('retrying', 4)]);
}
const COUNTED = {
	id: 'a',
	delivered: [2, 0],
	failed: [1, 0],
	retried: [0, 4],
	requests: [1, 2],
	p95_ms: [49, 49],
	fresh_p95_ms: [null, null],
};

test('counts that are not stored yet are shown, and never twice', async () => {
	const node = createHourCounts({ database: knex, clock, logger: silent });
	count(node);
	expect(await written()).toBe(0);
	expect((await node.read(2)).targets).toEqual([COUNTED]);
	const [, during] = await Promise.all([node.write(), node.read(2)]);
	expect(during.targets).toEqual([COUNTED]);
	expect((await node.read(2)).targets).toEqual([COUNTED]);
	expect(await written()).toBe(3);
});

test('it is written every five seconds, and only then', async () => {
	const node = createHourCounts({ database: knex, clock, logger: silent });
	node.attempted(attempt(1));
	now += 4_999;
	await node.tick();
	expect(await written()).toBe(0);
	now += 1;
	await node.tick();
	expect(await written()).toBe(1);
	node.attempted(attempt(1));
	await node.tick();
	expect(await written()).toBe(1);
});

test('each process tells of what the others have written', async () => {
	const nodes = [0, 1].map(() => createHourCounts({ database: knex, clock, logger: silent }));
	for (const node of nodes) {
		now = START;
		count(node);
	}
	await nodes[0]?.write();
	expect((await nodes[1]?.read(2))?.targets).toMatchObject([{ delivered: [4, 0], requests: [2, 4] }]);
});

test('what cannot be written is kept until it can', async () => {
	const node = createHourCounts({ database: knex, clock, logger: silent });
	count(node);
	await knex.schema.renameTable('downstream_hours', 'downstream_hours_away');
	await node.write();
	node.attempted(attempt(40));
	await knex.schema.renameTable('downstream_hours_away', 'downstream_hours');
	expect((await node.read(2)).targets).toMatchObject([{ delivered: [2, 0], requests: [1, 3] }]);
	await node.write();
	expect(await written()).toBe(4);
});
