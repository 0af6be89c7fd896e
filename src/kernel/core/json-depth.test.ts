import { expect, test } from 'vitest';
import { isNestedTooDeeply } from './json-depth.js';
import { readJson } from './read-json.js';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

test.each([
	[1, false],
	[400, false],
	[600, true],
	[200_000, true],
])('tells of %i levels whether they are too many', (levels, isTooDeep) => {
	expect(isNestedTooDeeply(JSON.parse(nested(levels)))).toBe(isTooDeep);
});

test('leaves text as it is when it is JSON nested too deeply', () => {
	expect(readJson(nested(200_000))).toBe(nested(200_000));
	expect(readJson(nested(3))).toEqual([[[]]]);
});

test('gives no JSON when a column holds a value nested too deeply', () => {
	expect(typeof readJson(JSON.parse(nested(200_000)))).toBe('string');
});
