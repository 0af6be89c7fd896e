import { expect, test } from 'vitest';
import { freshByHour } from './summarize-checks.js';

test('time to fresh by hour is that of pages that were seen to be new', () => {
	const hourOf = (at: number) => Math.floor(at / 10) * 10;
	const check = (target: string, at: number, tookMs: number | null) => ({ target, at, tookMs });
	const hours = freshByHour([check('a', 1, 100), check('a', 9, 300), check('a', 12, null), check('b', 11, 50)], hourOf);
	expect(hours.get('a')).toEqual(new Map([[0, 300]]));
	expect(hours.get('b')).toEqual(new Map([[10, 50]]));
});
