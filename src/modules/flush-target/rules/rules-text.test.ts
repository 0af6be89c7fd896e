import { describe, expect, it } from 'vitest';
import { duplicateRule, insertRule, readRules, removeRule, setAt, swapRules } from './rules-text.js';

const text = `[
  { "collection": "a", "x-note": "mine", "payload": ["id"] },
  {
    "payload": [ "id" , "slug" ],
    "collection": "b"
  }
]`;
const value = (changed: string) => JSON.parse(changed) as unknown;

describe('editing rules by hand and by form', () => {
	it('changes only what it names: unknown keys, order and layout of the rest stay', () => {
		const changed = setAt(text, [0, 'payload'], ['id', 'title']);
		expect(changed).toContain('{ "collection": "a", "x-note": "mine", "payload": [');
		expect(changed).toContain('    "payload": [ "id" , "slug" ],\n    "collection": "b"');
		expect(Object.keys((value(changed) as object[])[0] ?? {})).toEqual(['collection', 'x-note', 'payload']);
	});

	it('removes a key with its comma', () => {
		expect(value(setAt(text, [0, 'x-note'], undefined))).toEqual([
			{ collection: 'a', payload: ['id'] },
			{ payload: ['id', 'slug'], collection: 'b' },
		]);
	});

	it('adds to an empty list, and at the end', () => {
		expect(value(insertRule('[]', 0, { collection: 'c' }))).toEqual([{ collection: 'c' }]);
		expect(value(insertRule(text, 2, { collection: 'c' }))).toMatchObject([{}, {}, { collection: 'c' }]);
	});

	it('duplicates, swaps and removes rules as they are written', () => {
		expect(duplicateRule(text, 0).split('"x-note": "mine"')).toHaveLength(3);
		expect(value(duplicateRule('[{"collection":"a"}]', 0))).toEqual([{ collection: 'a' }, { collection: 'a' }]);
		const swapped = swapRules(text, 1, 0);
		expect(swapped.indexOf('"b"')).toBeLessThan(swapped.indexOf('"x-note": "mine"'));
		expect(swapRules(swapped, 0, 1)).toBe(text);
		expect(swapRules(text, 0, 5)).toBe(text);
		expect(value(removeRule(text, 0))).toEqual([{ payload: ['id', 'slug'], collection: 'b' }]);
	});
});

describe('reading rules', () => {
	it('says where a text stops being JSON', () => {
		expect(readRules('[{"a": }]')).toEqual({ ok: false, problems: [{ code: 'ValueExpected', offset: 7, length: 1 }] });
		expect(readRules('[1,]')).toMatchObject({ ok: false });
		expect(readRules('[] // no')).toMatchObject({ ok: false });
		expect(readRules('')).toMatchObject({ ok: false });
	});

	it('finds duplicate keys, and rules that are not a list', () => {
		expect(readRules('[{"a":1,"a":2}]')).toMatchObject({ problems: [{ code: 'DuplicateKey', offset: 8, key: 'a' }] });
		expect(readRules('{}')).toMatchObject({ problems: [{ code: 'NoList' }] });
	});

	it('gives whatever stands in the list', () => {
		expect(readRules('[1, {"a": null}]')).toEqual({ ok: true, rules: [1, { a: null }] });
	});
});
