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

/** A ratio, and the interval in which it lies with a probability of 95 %. */
export interface Ratio {
	value: number;
	low: number;
	high: number;
}

/** How often rounds are drawn anew for an interval. */
const DRAWS = 400;

/**
 * The ratio of what `of` makes of some rounds to what `to` makes of the same ones, with its interval by the bootstrap: all
 * is computed again for rounds drawn at random from those that were measured, each as often as chance has it.
 *
 * @param random a number from 0 to 1
 */
export function ratioOver<Round>(
	rounds: readonly Round[],
	of: (rounds: readonly Round[]) => number,
	to: (rounds: readonly Round[]) => number,
	random: () => number = Math.random,
): Ratio {
	const drawn = Array.from({ length: DRAWS }, () => {
		const some = rounds.map(() => rounds[Math.floor(random() * rounds.length)] as Round);
		return of(some) / to(some);
	});
	return { value: of(rounds) / to(rounds), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}

/** `1.04 ±0.02`: the value, and half of the interval. */
export const shown = ({ value, low, high }: Ratio): string => `${rounded(value)} ±${rounded((high - low) / 2)}`;

/** Whether a ratio keeps a limit; null where its interval has the limit within it. */
export function keeps({ low, high }: Ratio, limit: number): boolean | null {
	if (high <= limit) return true;
	return low > limit ? false : null;
}
