import type { Throughput } from '../../contract/answers/status.js';

/**
 * How much went where in each hour. A counter is one row of `downstream_hours`; durations are counted by how long they
 * were, so that those of several processes add up and a percentile can still be told.
 */

export const HOUR_MS = 3_600_000;

/** Upper ends of the ranges that durations are counted in, in ms; what took longer than the last is counted apart. */
export const DURATION_BOUNDS = [5, 10, 25, 50, 100, 200, 350, 500, 750, 1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** What one target had in one hour. */
export interface HourCount {
	target: string;
	/** Its start, ms since 1970. */
	hour: number;
	/** Deliveries that arrived, failed for good, or were put off to another try. */
	delivered: number;
	failed: number;
	retried: number;
	/** HTTP requests. */
	requests: number;
	/** Requests by duration: one number for each of `DURATION_BOUNDS`, and one for what took longer. */
	durations: number[];
}

export const hourOf = (at: number) => Math.floor(at / HOUR_MS) * HOUR_MS;

export const nothingIn = (target: string, hour: number): HourCount => ({
	target,
	hour,
	delivered: 0,
	failed: 0,
	retried: 0,
	requests: 0,
	durations: Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0),
});

/** The range that a duration is counted in. */
export function durationRange(durationMs: number): number {
	const index = DURATION_BOUNDS.findIndex((bound) => durationMs <= bound);
	return index === -1 ? DURATION_BOUNDS.length : index;
}

/** The sum of counts of the same target and hour, one each. */
export function addHours(counts: Iterable<HourCount>): Map<string, HourCount> {
	const sums = new Map<string, HourCount>();
	for (const count of counts) {
		const key = `${count.hour} ${count.target}`;
		const sum = sums.get(key) ?? nothingIn(count.target, count.hour);
		for (const name of ['delivered', 'failed', 'retried', 'requests'] as const) sum[name] += count[name];
		count.durations.forEach((number, range) => (sum.durations[range] = (sum.durations[range] ?? 0) + number));
		sums.set(key, sum);
	}
	return sums;
}

/**
 * The duration in ms below which `share` (0–1) of the requests stayed, or null without any: exact to the range it falls
 * in, and within that taken as evenly spread. What took longer than every bound is told as the last bound.
 */
export function percentileOfRanges(durations: number[], share: number): number | null {
	const total = durations.reduce((sum, number) => sum + number, 0);
	if (total === 0) return null;
	let left = share * total;
	for (const [range, number] of durations.entries()) {
		if (number > 0 && left <= number) {
			const from = DURATION_BOUNDS[range - 1] ?? 0;
			const to = DURATION_BOUNDS[range] ?? from;
			return Math.round(from + (to - from) * (left / number));
		}
		left -= number;
	}
	return DURATION_BOUNDS.at(-1) ?? null;
}

/** The first of so many hours that end with the running one. */
export const firstHour = (now: number, hours: number) => hourOf(now) - (hours - 1) * HOUR_MS;

/** Puts counts into hours; several of the same target and hour add up. */
export function throughputOf(counts: HourCount[], now: number, hours: number): Throughput {
	const first = firstHour(now, hours);
	const starts = Array.from({ length: hours }, (_, index) => first + index * HOUR_MS);
	const sums = [...addHours(counts.filter(({ hour }) => hour >= first && hour <= hourOf(now))).values()];
	const byTarget = new Map<string, Map<number, HourCount>>();
	for (const sum of sums) {
		const known = byTarget.get(sum.target) ?? new Map<number, HourCount>();
		byTarget.set(sum.target, known.set(sum.hour, sum));
	}
	return {
		hours: starts.map((start) => new Date(start).toISOString()),
		targets: [...byTarget].map(([id, known]) => {
			const each = <T>(of: (count: HourCount | undefined) => T) => starts.map((start) => of(known.get(start)));
			return {
				id,
				delivered: each((count) => count?.delivered ?? 0),
				failed: each((count) => count?.failed ?? 0),
				retried: each((count) => count?.retried ?? 0),
				requests: each((count) => count?.requests ?? 0),
				p95_ms: each((count) => (count ? percentileOfRanges(count.durations, 0.95) : null)),
				fresh_p95_ms: each(() => null),
			};
		}),
	};
}
