import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Knex } from 'knex';
import { memoryDatabase } from '../../test/kit/memory-database.js';
import { createTargetStanding } from './target-standing.js';

let database: Knex;
beforeEach(async () => {
	database = memoryDatabase();
	await database.schema.createTable('downstream_targets', (table) => {
		table.string('target').primary();
		for (const column of ['kind', 'paused_reason', 'last_error', 'latencies']) table.string(column);
		for (const column of ['paused', 'failures', 'opened_at', 'probe_at', 'hold_until', 'resumed_at', 'batch_bytes'])
			table.bigInteger(column);
		for (const column of ['last_success_at', 'last_failure_at']) table.bigInteger(column);
	});
});
afterEach(() => database.destroy());

it('a link is paused until the instance that answers now is known: a sender would find a stranger, and stop it again', async () => {
	let wasPaused: boolean | null = null;
	const seen: string[] = [];
	const standing = createTargetStanding({
		database,
		clock: { now: () => 1_000 },
		queue: { hurry: async () => void seen.push('hurried') },
		engine: { wake: () => seen.push('woken') },
		async meetAgain(target: string) {
			wasPaused = (await standing.of(target)).paused;
			seen.push('met');
		},
	} as unknown as Parameters<typeof createTargetStanding>[0]);
	await standing.pause('remote', 'another instance than before');
	await standing.resume('remote');
	expect(wasPaused).toBe(true);
	expect((await standing.of('remote')).paused).toBe(false);
	expect(seen).toEqual(['met', 'hurried', 'woken']);
});
