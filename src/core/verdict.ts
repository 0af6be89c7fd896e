import type { WireResponse } from './wire.js';

/**
 * What one attempt means for the deliveries it carried.
 *
 * - `delivered`: the target took it.
 * - `retry`: it may work later; `retryAfterMs` is what the target itself asked for, if it did.
 * - `failed`: trying again would fail again.
 * - `gone`: like `failed`, and the target says that nobody lives there any more (410): it is paused.
 */
export type Verdict =
	| { kind: 'delivered' }
	| { kind: 'retry'; code: string; message: string; retryAfterMs: number | null }
	| { kind: 'failed'; code: string; message: string }
	| { kind: 'gone'; code: string; message: string };

/** Statuses that say "not now" (contract §4); every 5xx does too. */
const TRY_AGAIN = new Set([408, 425, 429]);

/**
 * The verdict on an answer by its status alone (contract §4): 2xx delivered; 408, 425, 429 and 5xx again; 410 gone;
 * redirects and everything else failed at once.
 */
export function judgeStatus(response: WireResponse, now: number): Verdict {
	const { status } = response;
	if (status >= 200 && status < 300) return { kind: 'delivered' };
	const code = `HTTP_${status}`;
	const said = firstLine(response.body);
	const answered = `the target answered ${status}${said ? `: ${said}` : ''}`;
	if (TRY_AGAIN.has(status) || status >= 500)
		return { kind: 'retry', code, message: answered, retryAfterMs: retryAfter(response.headers, now) };
	if (status === 410)
		return { kind: 'gone', code, message: `${answered}; the target is paused until somebody resumes it` };
	if (status >= 300 && status < 400) {
		return {
			kind: 'failed',
			code,
			message: `${answered}; redirects are not followed, so set the target's url to ${response.headers['location'] ?? 'where it leads'}`,
		};
	}
	return { kind: 'failed', code, message: answered };
}

/**
 * How long the target asks to be left alone, in ms: `Retry-After` as seconds or as a date (RFC 9110 §10.2.3), else
 * `RateLimit-Reset`/`X-RateLimit-Reset` when the matching `…-Remaining` is 0. null where it says nothing.
 */
export function retryAfter(headers: Record<string, string>, now: number): number | null {
	const asked = headers['retry-after'];
	if (asked !== undefined) {
		const seconds = Number(asked);
		if (Number.isFinite(seconds) && seconds >= 0) return Math.round(seconds * 1000);
		const date = Date.parse(asked);
		if (!Number.isNaN(date)) return Math.max(0, date - now);
	}
	return untilRateLimitReset(headers, now);
}

/** ms until the target's own rate limit allows the next request, or null where it has not run out. */
export function untilRateLimitReset(headers: Record<string, string>, now: number): number | null {
	for (const prefix of ['ratelimit', 'x-ratelimit', 'x-rate-limit']) {
		if (Number(headers[`${prefix}-remaining`] ?? NaN) !== 0) continue;
		const reset = Number(headers[`${prefix}-reset`] ?? NaN);
		if (!Number.isFinite(reset) || reset < 0) continue;
		// Some count seconds from now, others name a point in time in seconds.
		return Math.round(reset > 1_000_000_000 ? Math.max(0, reset * 1000 - now) : reset * 1000);
	}
	return null;
}

export interface RetryPolicy {
	tries: number;
	min_ms: number;
	max_ms: number;
}

/**
 * When a delivery that has been tried `tries` times is tried next, in ms from now; null = never again. Four times the
 * wait before, so that the default ten tries (1 s, 4 s, 16 s … 18 h) span a day, ±20 % so that targets that went down
 * together do not come back together. `Retry-After` is obeyed: never earlier than asked, and no later than a day.
 * @param random a number in [0, 1)
 */
export function waitBeforeRetry(
	tries: number,
	policy: RetryPolicy,
	retryAfterMs: number | null,
	random: number,
): number | null {
	if (tries >= policy.tries) return null;
	const backoff = Math.min(policy.max_ms, policy.min_ms * 4 ** Math.max(0, tries - 1));
	const jittered = Math.round(backoff * (0.8 + 0.4 * random));
	return Math.max(jittered, Math.min(retryAfterMs ?? 0, 86_400_000));
}

function firstLine(body: string): string {
	const line = body.trim().split('\n', 1)[0] ?? '';
	return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
