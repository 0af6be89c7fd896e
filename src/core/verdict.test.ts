import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flushOptions } from '../../schema.js';
import { judgeStatus, retryAfter, waitBeforeRetry } from './verdict.js';

const NOW = Date.UTC(2026, 10, 21);
const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: '' });

describe('judging an answer by its status', () => {
	it.each([200, 201, 202, 204])('%i is delivered', (status) =>
		expect(judgeStatus(answer(status), NOW).kind).toBe('delivered'),
	);
	it.each([408, 425, 429, 500, 502, 503, 504, 599])('%i is tried again', (status) =>
		expect(judgeStatus(answer(status), NOW).kind).toBe('retry'),
	);
	it.each([301, 302, 307, 400, 401, 403, 404, 409, 422])('%i fails at once', (status) =>
		expect(judgeStatus(answer(status), NOW).kind).toBe('failed'),
	);
	it('410 says that nobody lives there', () => expect(judgeStatus(answer(410), NOW).kind).toBe('gone'));
});

describe('what a target asks for by its headers', () => {
	it('reads seconds and dates', () => {
		expect(retryAfter({ 'retry-after': '7' }, NOW)).toBe(7_000);
		expect(retryAfter({ 'retry-after': new Date(NOW + 90_000).toUTCString() }, NOW)).toBe(90_000);
		expect(retryAfter({ 'retry-after': new Date(NOW - 90_000).toUTCString() }, NOW)).toBe(0);
	});
	it('reads rate limits that have run out, counted from now or as a time', () => {
		expect(retryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' }, NOW)).toBe(30_000);
		expect(retryAfter({ 'ratelimit-remaining': '0', 'ratelimit-reset': String(NOW / 1000 + 30) }, NOW)).toBe(30_000);
		expect(retryAfter({ 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': '30' }, NOW)).toBeNull();
	});
	it('is not misled by nonsense', () => expect(retryAfter({ 'retry-after': 'soon' }, NOW)).toBeNull());
});

describe('waiting before the next try', () => {
	const policy = flushOptions.parse({}).retry;
	const tries = fc.integer({ min: 1, max: 9 });
	const random = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

	it('begins at a second, and spans about a day in ten tries', () => {
		const waits = Array.from({ length: 9 }, (_, index) => waitBeforeRetry(index + 1, policy, null, 0.5) ?? 0);
		expect(waits[0]).toBe(1_000);
		const hours = waits.reduce((sum, wait) => sum + wait, 0) / 3_600_000;
		expect(hours).toBeGreaterThan(20);
		expect(hours).toBeLessThan(28);
		expect(waitBeforeRetry(10, policy, null, 0.5)).toBeNull();
	});
	it('is never earlier than asked for, and never more than a fifth past the longest wait', () => {
		fc.assert(
			fc.property(tries, random, fc.integer({ min: 0, max: 86_400_000 }), (tried, dice, asked) => {
				const wait = waitBeforeRetry(tried, policy, asked, dice) ?? 0;
				expect(wait).toBeGreaterThanOrEqual(asked);
				expect(wait).toBeLessThanOrEqual(Math.max(asked, policy.max_ms * 1.2));
			}),
		);
	});
});
