import type { Throughput } from '../endpoint/answers.js';

/** One number per hour, over all targets. */
export function sumPerHour(
	{ hours, targets }: Throughput,
	what: 'delivered' | 'failed' | 'retried' | 'requests',
): number[] {
	return hours.map((_, index) => targets.reduce((total, target) => total + (target[what][index] ?? 0), 0));
}

/** The p95 of the slowest target in each hour, ms; null where nothing was sent. */
export function slowestPerHour({ hours, targets }: Throughput): (number | null)[] {
	return hours.map((_, index) => {
		const known = targets.map(({ p95_ms }) => p95_ms[index] ?? null).filter((ms) => ms !== null);
		return known.length > 0 ? Math.max(...known) : null;
	});
}
