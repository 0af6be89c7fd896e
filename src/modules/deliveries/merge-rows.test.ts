import { expect, it } from 'vitest';
import { mergeRows } from './merge-rows.js';

const row = (id: string, status = 'pending') => ({ id, status });

it('shows the answer where nobody is in the way', () => {
	expect(mergeRows([row('a')], [row('b'), row('a')], false)).toEqual({ rows: [row('b'), row('a')], newer: 0 });
});

it('moves nothing while it is held, but renews what rows say and counts what waits', () => {
	const held = mergeRows([row('b'), row('a')], [row('d'), row('c'), row('b', 'delivered')], true);
	expect(held).toEqual({ rows: [row('b', 'delivered'), row('a')], newer: 2 });
});

it('shows the first rows at once', () => {
	expect(mergeRows([], [row('a')], true)).toEqual({ rows: [row('a')], newer: 0 });
});
