/** The value that so much (0 to 1) of the sample does not exceed; NaN for none. */
export function quantile(sample: number[], share: number): number {
	const sorted = sample.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN;
}

/** The middle of the sample, between the two middle values where their number is even; NaN for none. */
export function median(sample: number[]): number {
	const sorted = sample.toSorted((a, b) => a - b);
	const half = Math.floor(sorted.length / 2);
	const upper = sorted[half] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** So many decimals at the most. */
export function rounded(value: number, decimals = 2): number {
	return Math.round(value * 10 ** decimals) / 10 ** decimals;
}
