import { expect, it } from 'vitest';
import { slowestPerHour, sumPerHour } from './per-hour.js';

const throughput = {
	hours: ['2026-11-21T10:00:00.000Z', '2026-11-21T11:00:00.000Z'],
	targets: [
		{
			id: 'a',
			delivered: [1, 2],
			failed: [0, 0],
			retried: [0, 1],
			requests: [1, 2],
			p95_ms: [null, 40],
			fresh_p95_ms: [null, null],
		},
		{
			id: 'b',
			delivered: [10, 0],
			failed: [3, 0],
			retried: [0, 0],
			requests: [9, 0],
			p95_ms: [null, 90],
			fresh_p95_ms: [null, null],
		},
	],
};

it('adds up all targets hour by hour', () => {
	expect(sumPerHour(throughput, 'delivered')).toEqual([11, 2]);
	expect(sumPerHour(throughput, 'failed')).toEqual([3, 0]);
});

it('shows the slowest target, and nothing where nothing was sent', () => {
	expect(slowestPerHour(throughput)).toEqual([null, 90]);
});
