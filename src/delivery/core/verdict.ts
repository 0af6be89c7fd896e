import { LIMITS } from '../../../schema.js';
import { maskUrl } from '../../kernel/core/mask.js';
import { plainText } from '../../kernel/core/plain-text.js';
import type { WireResponse } from '../../kernel/core/wire.js';

/**
 * What one attempt means for the deliveries it carried.
 *
 * - `delivered`: the target took it.
 * - `retry`: it may work later; `retryAfterMs` is what the target itself asked for, if it did.
 * - `failed`: trying again would fail again. `divisible` where it may be for the sake of some of what was sent: then the
 *   rest can arrive without it.
 * - `gone`: like `failed`, and the target says that it is gone for good (410): it is paused.
 */
export type Verdict =
	| { kind: 'delivered' }
	| { kind: 'retry'; code: string; message: string; retryAfterMs: number | null }
	| { kind: 'failed'; code: string; message: string; divisible?: boolean }
	| { kind: 'gone'; code: string; message: string };

/** Statuses that ask for another try; every 5xx does, too. */
const TRY_AGAIN = new Set([408, 425, 429]);

/** Statuses by which a target refuses what was sent rather than who sends it: one bad change, or too many of them. */
const OF_CONTENT = new Set([400, 413, 422]);

/**
 * The verdict on an answer by its status alone: 2xx delivered; 408, 425, 429 and 5xx again; 410 gone;
 * redirects and everything else failed at once.
 * @param asked the URL that answered, which a redirect may be relative to
 */
export function judgeStatus(response: WireResponse, now: number, asked?: string): Verdict {
	const { status } = response;
	if (status >= 200 && status < 300) return { kind: 'delivered' };
	const code = `HTTP_${status}`;
	const firstOfBody = firstLine(response.body);
	const answered = `the target answered ${status}${firstOfBody ? `: ${firstOfBody}` : ''}`;
	if (TRY_AGAIN.has(status) || status >= 500)
		return { kind: 'retry', code, message: answered, retryAfterMs: retryAfter(response.headers, now) };
	if (status === 410)
		return { kind: 'gone', code, message: `${answered}; the target is paused until somebody resumes it` };
	if (status >= 300 && status < 400) {
		return {
			kind: 'failed',
			code,
			message: `${answered}; redirects are not followed, so set the target's url to ${redirectedTo(response.headers['location'], asked) || 'where it leads'}`,
		};
	}
	return { kind: 'failed', code, message: answered, ...(OF_CONTENT.has(status) ? { divisible: true } : {}) };
}

/** Where a redirect leads, as a full address without user, password and secrets. */
function redirectedTo(location: string | undefined, asked: string | undefined): string {
	if (location === undefined || location.trim() === '') return '';
	const url = URL.parse(location, asked);
	if (!url) return plainText(location, 500);
	[url.username, url.password, url.hash] = ['', '', ''];
	return plainText(maskUrl(url.href), 500);
}

/**
 * How long the target asks to be left alone, in ms, never longer than `LIMITS.holdMost`: `Retry-After` as seconds or as
 * a date (RFC 9110 §10.2.3), else `RateLimit-Reset`/`X-RateLimit-Reset` when the matching `…-Remaining` is 0. null where
 * it says nothing, or nothing that can be meant.
 */
export function retryAfter(headers: Record<string, string>, now: number): number | null {
	const asked = headers['retry-after']?.trim() ?? '';
	const seconds = numberOf(asked);
	if (seconds !== null) return bounded(seconds * 1000);
	const date = /^[A-Z][a-z]{2,8}, .{1,40} GMT$/.test(asked) ? Date.parse(asked) : NaN;
	if (!Number.isNaN(date)) return bounded(date - now);
	return untilRateLimitReset(headers, now);
}

/** ms until the target's own rate limit allows the next request, or null where it has not run out. Bounded likewise. */
export function untilRateLimitReset(headers: Record<string, string>, now: number): number | null {
	for (const prefix of ['ratelimit', 'x-ratelimit', 'x-rate-limit']) {
		if (numberOf(headers[`${prefix}-remaining`]) !== 0) continue;
		const reset = numberOf(headers[`${prefix}-reset`]);
		if (reset === null) continue;
		// Some count seconds from now, others name a point in time, in seconds or in ms.
		if (reset > MS_SINCE_1970) return bounded(reset - now);
		return bounded(reset > SECONDS_SINCE_1970 ? reset * 1000 - now : reset * 1000);
	}
	return null;
}

/** Larger numbers than these are points in time: the first is 2001, the second 1973. */
const [SECONDS_SINCE_1970, MS_SINCE_1970] = [1_000_000_000, 100_000_000_000];

/** A number as a header may have it; null for everything else, an exponent or a sign too. */
const numberOf = (text: string | undefined): number | null =>
	text !== undefined && /^\s*\d{1,300}(\.\d{1,20})?\s*$/.test(text) ? Number(text) : null;

const bounded = (ms: number): number => Math.round(Math.min(Math.max(0, ms), LIMITS.holdMost));

export interface RetryPolicy {
	tries: number;
	min_ms: number;
	max_ms: number;
}

/**
 * When a delivery that has been tried `tries` times is tried next, in ms from now; null = never again. Four times the
 * wait before, so that the default ten tries (1 s, 4 s, 16 s … 18 h) span a day, ±20 % so that targets that went down
 * together do not come back together. `Retry-After` is obeyed: never earlier than asked.
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
	// The longest wait is a promise to the user: jitter must not exceed it.
	return Math.max(Math.min(jittered, policy.max_ms), Math.min(retryAfterMs ?? 0, LIMITS.holdMost));
}

function firstLine(body: string): string {
	return plainText(body.slice(0, 2_000).trim().split('\n', 1)[0] ?? '', 200);
}
