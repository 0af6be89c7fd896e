import { describe, expect, it } from 'vitest';
import { stepsOf } from '../../../kernel/core/json-pointer.js';
import { locate, positionAt, stretchAt } from './text-place.js';

const text = `[
  {
    "collection": "articles",
    "payload": ["id", "nmae"],
    "a/b~c": 1
  }
]`;
const marked = (pointer: string, onKey = false) => {
	const { offset, length } = stretchAt(text, pointer, onKey);
	return text.slice(offset, offset + length);
};

it('reads JSON pointers', () => {
	expect(stepsOf('')).toEqual([]);
	expect(stepsOf('/0/a~1b~0c/')).toEqual(['0', 'a/b~c', '']);
});

describe('the place of a pointer in the text', () => {
	it('is the value', () => {
		expect(marked('/0/payload/1')).toBe('"nmae"');
		expect(positionAt(text, stretchAt(text, '/0/payload/1', false).offset)).toEqual({ line: 3, ch: 22 });
	});

	it('is the key where the key is wrong, or its value is long', () => {
		expect(marked('/0/a~1b~0c', true)).toBe('"a/b~c"');
		expect(marked('/0/payload')).toBe('"payload"');
	});

	it('is the beginning of the rule where something is missing', () => {
		expect(marked('/0/events')).toBe('{');
		expect(positionAt(text, stretchAt(text, '/0/events', false).offset)).toEqual({ line: 1, ch: 2 });
		expect(marked('/7')).toBe('[');
	});

	it('is found in broken text as far as it can be read', () => {
		expect(locate('[{"a": ["x", ', '/0/a/0')).toMatchObject({ exact: true, path: [0, 'a', 0] });
		expect(locate('', '/0')).toBeNull();
	});
});

it('counts lines and characters from 0', () => {
	expect(positionAt('ab\ncd', 0)).toEqual({ line: 0, ch: 0 });
	expect(positionAt('ab\ncd', 3)).toEqual({ line: 1, ch: 0 });
	expect(positionAt('ab\r\ncd', 5)).toEqual({ line: 1, ch: 1 });
});
