import { expect, it } from 'vitest';
import { columnsFor } from './columns.js';

const sum = (width: number) => columnsFor(width).reduce((total, column) => total + column.width, 0);

it.each([340, 358, 679, 680, 730, 839, 840, 979, 980, 2_000])('fits into %i px', (width) => {
	expect(sum(width)).toBeLessThanOrEqual(width - 36);
	expect(columnsFor(width).find(({ name }) => name === 'collection')?.width).toBeGreaterThanOrEqual(150);
});

it('tells everything in one cell where there is no room', () => {
	expect(columnsFor(358).map(({ name }) => name)).toEqual(['collection']);
	expect(columnsFor(1_100).map(({ name }) => name)).toHaveLength(6);
});
