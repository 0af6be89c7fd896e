import { applyEdits } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { applySuggestion, suggestionEdits } from './apply-suggestion.js';

const text = `[{ "colection": "articles", "payload": ["id", "author.nmae"], "when": { "_and": [{ "stauts": { "_eqq": 1 } }] } }]`;
const apply = (path: string, code: string, message: string, suggestion: string) =>
	applyEdits(text, suggestionEdits(text, path, { path: `/schema${path}`, code, message, suggestion }));

describe('a suggestion', () => {
	it('replaces the misspelt part of a path', () => {
		expect(apply('/0/payload/1', 'unknown_field', 'authors has no field "nmae" (in "author.nmae")', 'name')).toContain(
			'"payload": ["id", "author.name"]',
		);
	});

	it('renames a key and keeps its value', () => {
		expect(apply('/0/colection', 'unknown_key', '"colection" is not known here', 'collection')).toContain(
			'{ "collection": "articles", "payload"',
		);
		expect(apply('/0/when/_and/0/stauts', 'unknown_field', 'articles has no field "stauts"', 'status')).toContain(
			'{ "status": { "_eqq": 1 } }',
		);
		expect(apply('/0/when/_and/0/stauts/_eqq', 'unknown_operator', '"_eqq" is not', '_eq')).toContain('{ "_eq": 1 }');
	});

	it('does nothing when the place no longer exists', () => {
		expect(apply('/3/payload/1', 'unknown_field', '"x"', 'name')).toBe(text);
	});

	it('finds the word in a template, also where the message does not quote it', () => {
		expect(applySuggestion('/blog/{{slgu}}/{{ author.slgu }}', { message: 'no "slgu"', suggestion: 'slug' })).toBe(
			'/blog/{{slug}}/{{ author.slug }}',
		);
		expect(applySuggestion('article:{{titel}}', { message: 'wrong', suggestion: 'title' })).toBe('article:{{title}}');
		expect(applySuggestion('updte', { message: 'expected one of "update"', suggestion: 'update' })).toBe('update');
	});
});
