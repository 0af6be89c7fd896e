import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flushOptions } from '../../../schema.js';
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
	it.each([
		['/hook/', 'https://site.test/hook/'],
		['next?b=1', 'https://site.test/api/next?b=1'],
		['//www.site.test/api', 'https://www.site.test/api'],
		['https://ed:pass@other.test/x?token=s3cret#part', 'https://other.test/x?token=**********'],
		['https://', 'https://'],
		['', 'where it leads'],
	])('a redirect to "%s" names the address that it means', (location, named) => {
		const verdict = judgeStatus(answer(308, { location }), NOW, 'https://ed:pass@site.test/api/hook?token=s3cret');
		expect(verdict).toMatchObject({ kind: 'failed', message: expect.stringMatching(/ to \S.*$/) });
		expect(verdict.kind === 'failed' && verdict.message.split("set the target's url to ")[1]).toBe(named);
	});
	it('410 means that the target is gone', () => expect(judgeStatus(answer(410), NOW).kind).toBe('gone'));
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
	it('reads times in ms as well', () => {
		expect(retryAfter({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 30_000) }, NOW)).toBe(30_000);
	});
	it.each(['soon', '', '-5', '1e20', 'NaN', 'Infinity', '0x10', '1 2', '12,30'])('makes nothing of "%s"', (asked) =>
		expect(retryAfter({ 'retry-after': asked }, NOW)).toBeNull(),
	);
	it('never waits longer than a day', () => {
		const text = fc.oneof(
			fc.string(),
			fc.double().map(String),
			fc.bigInt().map(String),
			fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
			fc.constantFrom('99999999999999999999', 'Fri, 31 Dec 58882 23:59:59 GMT', '9'.repeat(400)),
		);
		fc.assert(
			fc.property(text, text, fc.constantFrom('0', '00', ' 0 ', '1', ''), (asked, reset, remaining) => {
				const headers = { 'retry-after': asked, 'x-ratelimit-reset': reset, 'x-ratelimit-remaining': remaining };
				const wait = retryAfter(headers, NOW);
				expect(wait === null || (Number.isInteger(wait) && wait >= 0 && wait <= 86_400_000)).toBe(true);
			}),
			{ numRuns: 2_000 },
		);
	});
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
	it('is never earlier than asked for, and never later than the longest wait', () => {
		fc.assert(
			fc.property(tries, random, fc.integer({ min: 0, max: 86_400_000 }), (tried, dice, asked) => {
				const wait = waitBeforeRetry(tried, policy, asked, dice) ?? 0;
				expect(wait).toBeGreaterThanOrEqual(asked);
				expect(wait).toBeLessThanOrEqual(Math.max(asked, policy.max_ms));
			}),
		);
	});
});
