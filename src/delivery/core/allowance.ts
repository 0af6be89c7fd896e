/** Requests per second, and how many at once; those of one name are counted together. */
export interface NamedRate {
	name: string;
	perSecond: number;
	burst: number;
}

/** What is left of a rate limit: a bucket that fills at `perSecond` and holds `burst` requests. */
export interface Allowance {
	left: number;
	at: number;
}

/** Stands for every limit of a target of which is not known what is left: nothing, then. */
export const NO_ALLOWANCE = '*';

/** Takes one request out of the bucket, or says how long to wait for one, in ms. */
export function takeOne(
	allowance: Allowance | null,
	rate: { perSecond: number; burst: number },
	now: number,
): { allowance: Allowance; waitMs: number } {
	const filled = allowance
		? Math.min(rate.burst, allowance.left + ((now - allowance.at) / 1000) * rate.perSecond)
		: rate.burst;
	if (filled >= 1) return { allowance: { left: filled - 1, at: now }, waitMs: 0 };
	return { allowance: { left: filled, at: now }, waitMs: Math.ceil(((1 - filled) / rate.perSecond) * 1000) };
}
