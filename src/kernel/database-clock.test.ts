import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createDatabaseClock } from './database-clock.js';

const HOUR = 3_600_000;
const TRUE = 1_795_000_000_000;

/** A machine whose clock is off, beside a database that is right. */
function machineThatIs(off: number) {
	const machine = { passed: 1_000, off };
	const read = { now: () => TRUE + machine.passed + machine.off, passed: () => machine.passed };
	return { machine, read };
}

it.each([HOUR, -HOUR, 0])('has the database’s time on a machine that is off by %i ms', async (off) => {
	const { machine, read } = machineThatIs(off);
	const clock = createDatabaseClock(async () => TRUE + machine.passed, read);
	await clock.align();
	expect(clock.now()).toBe(TRUE + machine.passed);
	machine.passed += 5_000;
	machine.off += 2 * HOUR;
	expect(clock.now()).toBe(TRUE + machine.passed);
	machine.passed += 60_000;
	await clock.align();
	expect(clock.now()).toBe(TRUE + machine.passed);
});

it('never goes back, whatever the machine and the database say', async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.tuple(fc.integer({ min: -HOUR, max: HOUR }), fc.nat(40_000)), { maxLength: 20 }),
			fc.boolean(),
			async (steps, hasOwn) => {
				const { machine, read } = machineThatIs(0);
				const clock = createDatabaseClock(async () => (hasOwn ? TRUE + machine.passed + machine.off : null), read);
				await clock.align();
				let before = clock.now();
				for (const [off, passes] of steps) {
					machine.off += off;
					machine.passed += passes;
					await clock.align();
					expect(clock.now()).toBeGreaterThanOrEqual(before);
					before = clock.now();
				}
			},
		),
	);
});

it('follows its machine where the database has no clock, and is ahead of it at the most', async () => {
	const { machine, read } = machineThatIs(-HOUR);
	const clock = createDatabaseClock(async () => null, read);
	await clock.align();
	machine.off = 0;
	machine.passed += 60_000;
	await clock.align();
	expect(clock.now()).toBe(TRUE + machine.passed);
});

it('gives ids in the order in which they were asked for', () => {
	const clock = createDatabaseClock(async () => null, { now: () => TRUE, passed: () => 0 });
	const ids = Array.from({ length: 1_000 }, () => clock.id());
	expect(ids).toEqual(ids.toSorted());
	expect(new Set(ids).size).toBe(1_000);
});

it('gives ids by the database’s time, also where one was given before that was known', async () => {
	const { machine, read } = machineThatIs(HOUR);
	const ahead = createDatabaseClock(async () => TRUE + machine.passed, read);
	ahead.id();
	await ahead.align();
	const earlier = ahead.id();
	const later = createDatabaseClock(async () => null, {
		now: () => TRUE + machine.passed + 1_000,
		passed: () => 0,
	}).id();
	expect(earlier < later).toBe(true);
});

it('looks again where the first answer was slow, since what is ahead stays ahead', async () => {
	const { machine, read } = machineThatIs(0);
	let delays = [4_000, 3, 3];
	const clock = createDatabaseClock(async () => {
		const time = TRUE + machine.passed;
		machine.passed += delays[0] ?? 0;
		delays = delays.slice(1);
		return time;
	}, read);
	await clock.align();
	expect(Math.abs(clock.now() - (TRUE + machine.passed))).toBeLessThanOrEqual(5);
});
