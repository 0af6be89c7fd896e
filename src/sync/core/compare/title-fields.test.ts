import { expect, it } from 'vitest';
import { titleFields } from './title-fields.js';

const own = new Set(['id', 'name', 'slug', 'first', 'last']);

it('an item is called by its display template', () => {
	expect(titleFields('{{first}} {{ last }}', own)).toEqual(['first', 'last']);
});
it.each([
	['without a template', null],
	['where the template follows a relation', '{{author.name}}'],
	['where the template names a field that may not be shown', '{{secret}}'],
	['where the template has no field', 'Article'],
])('an item is called by a field that is likely its title %s', (_when, template) => {
	expect(titleFields(template, own)).toEqual(['name']);
});
it('an item without any such field has no title', () => {
	expect(titleFields(null, new Set(['id', 'body']))).toEqual([]);
});
