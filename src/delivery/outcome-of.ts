import { waitBeforeRetry, type RetryPolicy, type Verdict } from './core/verdict.js';
import type { Nothing } from './channel.js';
import type { ClaimedDelivery, Settlement } from './ports.js';

/**
 * What becomes of deliveries by a verdict. A probe ahead of a delivery's own schedule is an extra try that costs it
 * nothing.
 * @param from now in ms since 1970; `holdMaxMs` is the longest wait that a target may ask for; `random` is in [0, 1)
 */
export function outcomeOf(
	verdict: Verdict | Nothing,
	deliveries: ClaimedDelivery[],
	from: { now: number; probing: boolean; retry: RetryPolicy; holdMaxMs: number; random: number },
): Settlement['outcome'] {
	const { now, probing, retry, holdMaxMs, random } = from;
	if (verdict.kind === 'delivered') return { status: 'delivered' };
	const error = { code: verdict.code, message: verdict.message };
	if (verdict.kind === 'nothing') return { status: 'cancelled', error };
	const [first] = deliveries;
	const counts = !(probing && first && first.tries > 0 && first.nextAt > now);
	if (verdict.kind !== 'retry') return { status: 'failed', counts, error };
	if (!counts && first) return { status: 'retrying', nextAt: first.nextAt, counts, error };
	const asked = verdict.retryAfterMs === null ? null : Math.min(verdict.retryAfterMs, holdMaxMs);
	const wait = waitBeforeRetry(Math.max(...deliveries.map(({ tries }) => tries)) + 1, retry, asked, random);
	if (wait === null)
		return {
			status: 'failed',
			counts,
			error: { code: error.code, message: `given up after ${retry.tries} tries: ${error.message}` },
		};
	return { status: 'retrying', nextAt: now + wait, counts, error };
}
