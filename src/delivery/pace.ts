import type { Clock } from '../kernel/ports.js';
import { NO_ALLOWANCE, takeOne, type Allowance, type NamedRate } from './core/allowance.js';

/** What a target has left of its rate limit: a new turn is no new allowance, here or on another node. */
export type Allowances = Map<string, Allowance>;

/** Keeps one target's requests to a rate; null: as fast as it goes. */
export function createPace(
	target: string,
	rate: { perSecond: number; burst: number } | null,
	{ clock, allowances }: { clock: Clock; allowances: Allowances },
) {
	/** Takes one request out of the rate limit, or out of another that holds instead; or gives the ms until there is one. */
	function take(instead: NamedRate | null = null): number {
		const [holds, name] = instead ? [instead, `${target} ${instead.name}`] : [rate, target];
		if (!holds) return 0;
		const taken = takeOne(
			allowances.get(name) ?? allowances.get(`${target} ${NO_ALLOWANCE}`) ?? null,
			holds,
			clock.now(),
		);
		allowances.set(name, taken.allowance);
		return taken.waitMs;
	}
	return {
		take,
		/** Waits until the rate limit has a further request left, and takes it. */
		async wait(): Promise<void> {
			for (let ms = take(); ms > 0; ms = take()) await new Promise((resolve) => setTimeout(resolve, ms));
		},
	};
}
