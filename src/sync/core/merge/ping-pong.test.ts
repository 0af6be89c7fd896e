import { describe, expect, it } from 'vitest';
import { isPingPong } from './ping-pong.js';

/** So many changes, evenly spread, by these instances in turn. */
const changes = (count: number, everyMs: number, ...origins: string[]) =>
	Array.from({ length: count }, (_, index) => ({ at: index * everyMs, origin: origins[index % origins.length] ?? '' }));

describe('isPingPong', () => {
	it('sees a row that two or more instances change in turn', () => {
		expect(isPingPong(changes(21, 100, 'a', 'b'))).toBe(true);
		expect(isPingPong(changes(21, 2_900, 'a', 'b', 'c').reverse())).toBe(true);
		expect(
			isPingPong([
				...changes(30, 10, 'a'),
				...changes(30, 100, 'a', 'b').map(({ at, origin }) => ({ at: at + 1e6, origin })),
			]),
		).toBe(true);
	});

	it('lets people work', () => {
		expect(isPingPong([])).toBe(false);
		expect(isPingPong(changes(20, 100, 'a', 'b'))).toBe(false);
		expect(isPingPong(changes(1_000, 10, 'a'))).toBe(false);
		expect(isPingPong(changes(100, 3_000, 'a', 'b'))).toBe(false);
	});
});
