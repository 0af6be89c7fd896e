import { expect, it } from 'vitest';
import { shownDetail } from './operation-detail.js';

it.each([0, 1, 100, 101, 5_000])(
	'an operation of %i items or deliveries names at most 100, and says how many there are',
	(count) => {
		const items = Array.from({ length: count }, (_, index) => ({ collection: 'articles', item: `${index}` }));
		const shown = shownDetail({ status: 'planned', items });
		expect(shown).toEqual({ status: 'planned', items: items.slice(0, 100), items_count: count });
		const ids = items.map(({ item }) => item);
		expect(shownDetail({ count, filter: { ids, target: 'site' } })).toEqual({
			count,
			filter: { ids: ids.slice(0, 100), target: 'site' },
		});
	},
);

it('an operation of a target as a whole is shown as it is', () => {
	expect(shownDetail({ release: 'r1' })).toEqual({ release: 'r1' });
});
