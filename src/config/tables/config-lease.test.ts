import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryWithMeta } from '../../../test/kit/memory-database.js';
import {
	isConfigLeaseHeld,
	keepRenewed,
	LEASE_MS,
	renewConfigLease,
	takeConfigLease,
	WRITING_MS,
} from './config-lease.js';
import { acquireLease } from '../../kernel/database/leases.js';

describe('the lease of a push', () => {
	let database: Knex;
	beforeEach(async () => {
		database = await memoryWithMeta();
	});
	afterEach(() => database.destroy());

	const take = (holder: string, now: number) => takeConfigLease(database, holder, { user: holder, since: now }, now);

	it('stays with the push for as long as it writes', async () => {
		await take('a', 0);
		// On MySQL others see this as soon as the transaction has ended, while tables are still being changed.
		await renewConfigLease(database, 'a', WRITING_MS);
		for (const now of [1, LEASE_MS, WRITING_MS / 2, WRITING_MS]) {
			expect(await take('b', now)).toEqual({ taken: false, by: { user: 'a', since: 0 } });
			expect(await isConfigLeaseHeld(database, now - 1)).toBe(true);
		}
		expect(await isConfigLeaseHeld(database, WRITING_MS)).toBe(false);
		expect(await take('b', WRITING_MS + 1)).toEqual({ taken: true });
	});

	it('written by a wrong clock counts as free, so that a broken push is reported', async () => {
		const wrong = 86_400_000;
		await take('a', wrong);
		expect(await isConfigLeaseHeld(database, 0)).toBe(false);
		expect(await take('b', 0)).toEqual({ taken: true });
	});

	it('says so where it cannot be written at all', async () => {
		await database.schema.dropTable('downstream_meta');
		await database.schema.createTable('downstream_meta', (table) => {
			table.string('key').primary();
			table.string('holder').checkLength('<', 3);
			table.bigInteger('until');
		});
		await expect(acquireLease(database, 'x', 'too-long', 1_000, 0)).rejects.toThrow(/CHECK/);
		expect(await acquireLease(database, 'x', 'a', 1_000, 0)).toBe(true);
	});
});

it('a lease is renewed by one statement at a time, and again where that had to wait', async () => {
	vi.useFakeTimers({ now: 0 });
	try {
		const said: { until: number; at: number }[] = [];
		let lockedUntil = 30_000;
		const stop = keepRenewed(
			async (until) => {
				if (Date.now() < lockedUntil)
					await new Promise<void>((resolve) => void setTimeout(resolve, lockedUntil - Date.now()));
				said.push({ until, at: Date.now() });
			},
			() => Date.now(),
		);
		await vi.advanceTimersByTimeAsync(40_000);
		// The lock was held for 25 s: the lease is renewed right after it.
		expect(said.slice(0, 2)).toEqual([
			{ until: 20_000, at: 30_000 },
			{ until: 45_000, at: 30_000 },
		]);
		expect(said.slice(1).every(({ until, at }) => until === at + LEASE_MS)).toBe(true);
		lockedUntil = 0;
		stop();
		const { length } = said;
		await vi.advanceTimersByTimeAsync(40_000);
		expect(said).toHaveLength(length);
	} finally {
		vi.useRealTimers();
	}
});
