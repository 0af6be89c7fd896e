import { describe, expect, it } from 'vitest';
import { brakeDeletes } from './delete-brake.js';

const brake = (deletes: number, rows: number) => brakeDeletes({ collection: 'articles', deletes, rows });

describe('brakeDeletes', () => {
	it('lets 50 rows go, or 5 % of a large collection', () => {
		expect([brake(50, 50), brake(500, 10_000), brake(0, 0)]).toEqual([null, null, null]);
	});

	it('asks about more, with the figures', () => {
		expect(brake(51, 60)).toContain('51 of 60 rows of articles');
		expect(brake(501, 10_000)).toContain('more than 500 at once');
	});
});
