import type { Clock } from './ports.js';
import { v7 } from 'uuid';

/** Differences that the way to the database explains are none, in ms. */
const JITTER_MS = 5;

/** The first look is taken again where the answer took longer, so many times: what it is off by then stays, if that is ahead. */
const QUICK_MS = 20;
const FIRST_LOOKS = 5;

/** Between two looks at the database's time. */
const EVERY_MS = 30_000;

/**
 * The time of the database, kept by this process' own count of what has passed since: nodes whose machines disagree, or
 * whose clock is set while they run, agree on who holds a lease and on what is due. It never goes back while the process
 * lives. Where the database has no clock of its own it is this machine's, read at the start and when that is ahead.
 * @param readTime the database's time in ms since 1970, or null
 */
export function createDatabaseClock(
	readTime: () => Promise<number | null>,
	machine: { now(): number; passed(): number } = { now: () => Date.now(), passed: () => performance.now() },
): Clock & {
	/** Asks the database for its time, unless that was just done. Throws where it cannot be asked. */
	align(): Promise<void>;
} {
	/** When nothing had passed. */
	let origin = machine.now() - machine.passed();
	let alignedAt: number | null = null;
	let last = 0;
	let sequence = 0;
	const now = () => Math.floor(origin + machine.passed());

	async function look() {
		const asked = machine.passed();
		const time = await readTime();
		return { time, asked, answered: machine.passed() };
	}

	/** The look that knows best: the one that took the shortest time. */
	async function bestLook(most: number) {
		let best = await look();
		for (let looks = 1; looks < most && best.answered - best.asked > QUICK_MS; looks++) {
			const next = await look();
			if (next.answered - next.asked < best.answered - best.asked) best = next;
		}
		return best;
	}

	return {
		now,
		random: () => Math.random(),
		id() {
			// In order also within a millisecond: what is added later has the higher id.
			const time = now();
			if (time > last) [last, sequence] = [time, Math.floor(Math.random() * 0x3fffffff)];
			else sequence += 1;
			return v7({ msecs: last, seq: sequence });
		},
		async align() {
			if (alignedAt !== null && machine.passed() - alignedAt < EVERY_MS) return;
			const { time, asked, answered } = await bestLook(alignedAt === null ? FIRST_LOOKS : 1);
			const tells = time === null ? machine.now() - answered : time - (asked + answered) / 2;
			const offBy = tells - origin;
			const isFirst = alignedAt === null;
			alignedAt = answered;
			if (Math.abs(offBy) <= JITTER_MS + (answered - asked) / 2) return;
			if (isFirst || offBy > 0) origin = tells;
			// An id that was made by this machine's time, which may be ahead, must not hold up those that follow.
			if (isFirst) last = 0;
		},
	};
}
