import { expect, it } from 'vitest';
import { topOf } from './hour-bars-scale.js';

it('does not count a retry as a delivery', () => {
	expect(topOf({ delivered: [3], failed: [1], retried: [5] })).toBe(5);
	expect(topOf({ delivered: [3], failed: [2], retried: [0] })).toBe(5);
});

it('ends on a round number that the highest bar fits under', () => {
	expect(topOf({ delivered: [12, 190], failed: [0, 0], retried: [0, 0] })).toBe(200);
	expect(topOf({ delivered: [1], failed: [0], retried: [40] })).toBe(50);
	expect(topOf({ delivered: [], failed: [], retried: [] })).toBe(1);
});
