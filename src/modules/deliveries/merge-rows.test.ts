import { expect, it } from 'vitest';
import { mergeRows } from './merge-rows.js';

const row = (id: string, status = 'pending') => ({ id, status });

it('shows the answer when no row is held', () => {
	expect(mergeRows([row('a')], [row('b'), row('a')], false)).toEqual({ rows: [row('b'), row('a')], newer: 0 });
});

it('keeps rows in place while the list is held, but updates them and counts newer ones', () => {
	const held = mergeRows([row('b'), row('a')], [row('d'), row('c'), row('b', 'delivered')], true);
	expect(held).toEqual({ rows: [row('b', 'delivered'), row('a')], newer: 2 });
});

it('shows the first rows at once', () => {
	expect(mergeRows([], [row('a')], true)).toEqual({ rows: [row('a')], newer: 0 });
});
