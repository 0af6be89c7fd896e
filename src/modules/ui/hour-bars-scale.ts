/** Numbers of one hour each. */
export interface HourCounts {
	delivered: readonly number[];
	failed: readonly number[];
	retried: readonly number[];
}

/**
 * Where the axis of deliveries per hour ends: a round number (1, 2 or 5 times a power of ten) that no bar exceeds. A
 * retry is another try of the same delivery, so it is never added to deliveries.
 */
export function topOf({ delivered, failed, retried }: HourCounts): number {
	const deliveries = delivered.map((count, index) => count + (failed[index] ?? 0));
	const most = Math.max(...deliveries, ...retried, 1);
	const power = 10 ** Math.floor(Math.log10(most));
	return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= most) ?? most;
}
