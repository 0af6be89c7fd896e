import { expect, it } from 'vitest';
import { sayDuration, sayRelative } from './say-time.js';

const NOW = Date.parse('2026-11-21T12:00:00Z');

it.each([
	[0, 'now'],
	[-59_000, '59 seconds ago'],
	[-61_000, '1 minute ago'],
	[7_200_000, 'in 2 hours'],
	[-86_400_000 * 3, '3 days ago'],
	[-86_400_000 * 400, 'last year'],
])('says a time %i ms away as "%s"', (away, said) => {
	expect(sayRelative(NOW + away, NOW, 'en-US')).toBe(said);
});

it('speaks the language asked for', () => {
	expect(sayRelative(NOW - 120_000, NOW, 'nl-NL')).toBe('2 minuten geleden');
});

it.each([
	[38, '38 ms'],
	[2_440, '2.4 sec'],
	[180_000, '3 min'],
	[18_000_000, '5 hr'],
	[200_000_000, '2 days'],
])('says %i ms as "%s"', (ms, said) => {
	expect(sayDuration(ms, 'en-US')).toBe(said);
});
