import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPushLock } from './push-lock.js';
import { ConfigRefusal } from './refusal.js';

let leases: { holder: string | null; user: string | null };
let ids: number;

beforeEach(() => {
	vi.useFakeTimers({ now: 1_000_000 });
	leases = { holder: null, user: null };
	ids = 0;
});
afterEach(() => vi.useRealTimers());

/** A process that shares the database with others. */
const aProcess = () =>
	createPushLock({
		clock: { now: () => Date.now(), random: () => 0, id: () => `push-${(ids += 1)}` },
		lease: {
			async take(holder, user) {
				if (leases.holder !== null) return { taken: false, by: { user: leases.user, since: 900_000 } };
				leases = { holder, user };
				return { taken: true };
			},
			async giveBack(holder) {
				if (leases.holder === holder) leases = { holder: null, user: null };
			},
		},
	});

const lasting = (ms: number) => () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), ms));

test('the second waits until the first is done, in this process or another', async () => {
	const [one, other] = [aProcess(), aProcess()];
	const order: string[] = [];
	const note = (name: string, ms: number) => async () => {
		order.push(`${name} begins`);
		await lasting(ms)();
		order.push(`${name} ends`);
	};
	const all = Promise.all([
		one('a', note('first', 3_000)),
		one('b', note('second', 100)),
		other('c', note('third', 100)),
	]);
	await vi.advanceTimersByTimeAsync(10_000);
	await all;
	expect(order.map((line) => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends', 'begins', 'ends']);
	expect(order[0]).toBe('first begins');
	expect(leases.holder).toBe(null);
});

test('a push that waits too long is told which one holds the lease', async () => {
	const [one, other] = [aProcess(), aProcess()];
	const first = one('the first user', lasting(60_000));
	const told = Promise.all(
		[one, other].map((push) => push('somebody', lasting(1)).catch((error: unknown) => error as ConfigRefusal)),
	);
	await vi.advanceTimersByTimeAsync(30_000);
	for (const refusal of await told) {
		expect(refusal).toBeInstanceOf(ConfigRefusal);
		expect(refusal).toMatchObject({ status: 423, code: 'LOCKED', details: { by: 'the first user' } });
	}
	await vi.advanceTimersByTimeAsync(40_000);
	expect(await first).toBe('done');
});

test('a failed push does not block the next', async () => {
	const push = aProcess();
	await expect(push('a', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
	const next = push('b', lasting(1));
	await vi.advanceTimersByTimeAsync(1);
	expect(await next).toBe('done');
});
