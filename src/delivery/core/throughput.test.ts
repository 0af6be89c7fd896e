import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { percentile } from './target-health.js';
import {
	DURATION_BOUNDS,
	durationRange,
	firstHour,
	HOUR_MS,
	hourOf,
	nothingIn,
	percentileOfRanges,
	throughputOf,
	type HourCount,
} from './throughput.js';

const NOW = Date.parse('2026-03-01T10:20:30Z');
const count = (target: string, at: string, change: Partial<HourCount>): HourCount => ({
	...nothingIn(target, hourOf(Date.parse(at))),
	...change,
});
const rangesOf = (durations: number[]) => {
	const { durations: ranges } = nothingIn('', 0);
	for (const duration of durations) {
		const range = durationRange(duration);
		ranges[range] = (ranges[range] ?? 0) + 1;
	}
	return ranges;
};

describe('the hours', () => {
	test('are oldest first, and the running one is the last', () => {
		expect(throughputOf([], NOW, 3)).toEqual({
			hours: ['2026-03-01T08:00:00.000Z', '2026-03-01T09:00:00.000Z', '2026-03-01T10:00:00.000Z'],
			targets: [],
		});
		expect(firstHour(NOW, 1)).toBe(Date.parse('2026-03-01T10:00:00Z'));
		expect(throughputOf([], NOW, 168).hours[0]).toBe('2026-02-22T11:00:00.000Z');
	});

	test('hold what each target had in them; counts of several processes add up', () => {
		const { targets } = throughputOf(
			[
				count('a', '2026-03-01T10:00:00Z', { delivered: 2, requests: 1, durations: rangesOf([40]) }),
				count('a', '2026-03-01T10:00:00Z', { delivered: 3, failed: 1, requests: 2, durations: rangesOf([40, 40]) }),
				count('a', '2026-03-01T08:00:00Z', { retried: 7 }),
				count('b', '2026-03-01T09:00:00Z', { failed: 4 }),
				count('c', '2026-03-01T07:00:00Z', { failed: 4 }),
			],
			NOW,
			3,
		);
		expect(targets).toEqual([
			{
				id: 'a',
				delivered: [0, 0, 5],
				failed: [0, 0, 1],
				retried: [7, 0, 0],
				requests: [0, 0, 3],
				p95_ms: [null, null, 49],
				fresh_p95_ms: [null, null, null],
			},
			{
				id: 'b',
				delivered: [0, 0, 0],
				failed: [0, 4, 0],
				retried: [0, 0, 0],
				requests: [0, 0, 0],
				p95_ms: [null, null, null],
				fresh_p95_ms: [null, null, null],
			},
		]);
	});
});

describe('a percentile', () => {
	test('is none without requests', () => expect(percentileOfRanges(rangesOf([]), 0.95)).toBeNull());

	test('lies in the range that the true one lies in', () => {
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 300 }), (durations) => {
				const told = percentileOfRanges(rangesOf(durations), 0.95) ?? -1;
				const range = durationRange(percentile(durations, 0.95) ?? -1);
				expect(told).toBeGreaterThanOrEqual(DURATION_BOUNDS[range - 1] ?? 0);
				expect(told).toBeLessThanOrEqual(DURATION_BOUNDS[range] ?? Number.NaN);
			}),
		);
	});

	test('says no more than the last bound of what took longer', () =>
		expect(percentileOfRanges(rangesOf([600_000]), 0.95)).toBe(30_000));
});

test('an hour begins on the hour', () => expect(hourOf(NOW) % HOUR_MS).toBe(0));
