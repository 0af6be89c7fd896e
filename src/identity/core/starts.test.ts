import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../test/kit/random.js';
import { decidedToken, judgeStarts, readStarts, STARTS_KEPT, type KnownStarts } from './starts.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['STARTS_SEED'] ?? Date.now() % 1_000_000);

/** What remembers of one name, and who speaks in it. */
function remote() {
	let known: KnownStarts | null = null;
	return (tokens: string[]): boolean => {
		const first = judgeStarts(known, tokens, false);
		known = first.remember ?? known;
		if (first.isItself) return true;
		const again = judgeStarts(known, tokens, true);
		known = again.remember ?? known;
		return again.isItself;
	};
}

describe('who speaks in a name', () => {
	it(`is recognised however often it starts, whichever of its nodes speaks (seed ${SEED})`, () => {
		const random = randomFrom(SEED);
		const hears = remote();
		const tokens: string[] = [];
		for (let start = 0; start < 500; start += 1) {
			tokens.push(`t${String(start).padStart(5, '0')}`);
			if (random() < 0.3) expect(hears(tokens.slice(-STARTS_KEPT))).toBe(true);
		}
	});

	it('is two when a copy answers, and neither is heard until a person decides which one it is', () => {
		const hears = remote();
		const original = ['one1', 'two2'];
		expect(hears(original)).toBe(true);
		const copy = [...original, 'cpy3'];
		// The first word of a copy cannot be told from one of the original after a start.
		expect(hears(copy)).toBe(true);
		expect(hears(original)).toBe(false);
		expect(hears(copy)).toBe(false);
		const vouchedFor = [...original, decidedToken('own4')];
		expect(hears(vouchedFor)).toBe(true);
		expect(hears(copy)).toBe(false);
		expect(hears([...vouchedFor, 'own5'])).toBe(true);
	});

	it('is no dispute because of a node that had not yet seen the start of another one', () => {
		const known = { last: 'new2', decided: null, disputed: false };
		expect(judgeStarts(known, ['old1'], false)).toEqual({ isItself: false, remember: null });
		expect(judgeStarts(known, ['old1', 'new2'], true)).toEqual({ isItself: true, remember: null });
	});

	it('is not asked of versions that say nothing, and nonsense is nothing', () => {
		for (const header of [null, '', ',', 'a b', '<script>']) expect(readStarts(header)).toBeNull();
		expect(readStarts('one1,!two2')).toEqual(['one1', '!two2']);
	});
});
