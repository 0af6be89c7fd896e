import { expect, it } from 'vitest';
import { referenceText } from './reference-text.js';

it.each([
	[{ $ref: 'x', of: 'authors', item: '5', title: 'Ada' }, 'Ada (authors 5)'],
	[{ $ref: 'x', of: 'authors', item: '5', title: null }, 'authors 5'],
	[{ $ref: 'x', of: 'authors', item: null, title: null }, 'authors x'],
	[{ $ref: 'x' }, 'x'],
	[{ $user: 'email:ada@example.com' }, 'ada@example.com'],
	[{ ref: 'x' }, null],
	['text', null],
	[null, null],
	[0, null],
])('a reference is shown by its title and key, and nothing else is taken for one: %j', (value, text) => {
	expect(referenceText(value)).toBe(text);
});
