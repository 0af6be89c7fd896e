import { describe, expect, it } from 'vitest';
import { wasLongAway } from './long-away.js';

const now = Date.UTC(2026, 10, 22);
const daysAgo = (days: number) => now - days * 86_400_000;

describe('an instance is compared first', () => {
	it('when it was not reached for more than 90 days, and is owed what is as old', () => {
		const link = { oldestChange: daysAgo(95), lastSuccessAt: daysAgo(100), comparedAt: null, now };
		expect(wasLongAway(link)).toBe(true);
		expect(wasLongAway({ ...link, comparedAt: daysAgo(99) })).toBe(true);
	});

	it('and not once that was done', () => {
		const link = { oldestChange: daysAgo(95), lastSuccessAt: daysAgo(100), comparedAt: daysAgo(0), now };
		expect(wasLongAway(link)).toBe(false);
	});

	it.each([
		['nothing happened in all that time', { oldestChange: daysAgo(1), lastSuccessAt: daysAgo(100) }],
		['something reached it meanwhile', { oldestChange: daysAgo(95), lastSuccessAt: daysAgo(2) }],
		['nothing ever reached it', { oldestChange: daysAgo(95), lastSuccessAt: null }],
	])('nor where %s', (_why, link) => {
		expect(wasLongAway({ ...link, comparedAt: null, now })).toBe(false);
	});
});
