import { describe, expect, it } from 'vitest';
import { diffLines, foldSame } from './diff-lines.js';

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`);

describe('two texts beside each other', () => {
	it('have in common what stayed, however far it moved', () => {
		const rows = diffLines(['a', 'b', 'c', 'd'], ['a', 'new', 'b', 'd']);
		expect(rows.map(({ from, to, same }) => [from, to, same])).toEqual([
			['a', 'a', true],
			[null, 'new', false],
			['b', 'b', true],
			['c', null, false],
			['d', 'd', true],
		]);
	});

	it('tell which part of a line differs', () => {
		const [row] = diffLines(['"timeout": 100,'], ['"timeout": 150,']);
		expect(row?.marks).toEqual({ from: [12, 13], to: [12, 13] });
		expect(diffLines(['abc'], ['xyz'])[0]?.marks).toBe(undefined);
	});

	it('are both shown in full when they are too long to compare', () => {
		const rows = diffLines(lines(2_000), lines(2_000).toReversed());
		expect(rows.filter(({ from }) => from !== null)).toHaveLength(2_000);
		expect(rows.filter(({ to }) => to !== null)).toHaveLength(2_000);
	});

	it('leave out lines far from a change', () => {
		const shown = foldSame(diffLines(lines(40), lines(40).with(20, 'another')));
		expect(shown).toHaveLength(9);
		const folds = shown.flatMap((part) => ('folded' in part ? [part.folded.length] : []));
		expect(folds).toEqual([17, 16]);
	});
});
