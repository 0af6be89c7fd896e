import { describe, expect, it } from 'vitest';
import type { Change, FieldChange } from '../../contract/plan.js';
import { oneLine, shownFields } from './shown-values.js';

const shown = (action: Change['action'], ...fields: FieldChange[]) => shownFields({ action, fields } as Change);

describe('a value in the Studio', () => {
	it('distinguishes empty values from missing ones', () => {
		expect(shown('update', { field: 'note', from: null, to: 'Yes' })).toMatchObject([
			{ from: 'empty', to: { lines: ['Yes'] }, isLong: false },
		]);
		expect(shown('update', { field: 'note', to: false })).toMatchObject([
			{ from: 'nothing', to: { lines: ['false'] } },
		]);
		expect(shown('create', { field: 'note', to: null }, { field: 'name', to: 'A' })).toHaveLength(1);
	});

	it('is text line by line, and JSON as it is read', () => {
		expect(shown('update', { field: 'options', from: { a: 1 }, to: 'x\r\ny' })).toMatchObject([
			{ from: { lines: ['{', '  "a": 1', '}'] }, to: { lines: ['x', 'y'] }, isLong: true },
		]);
	});

	it('neither rings a bell, turns the text around, nor tells a credential', () => {
		const [field] = shown('update', { field: 'token', from: 'abc', to: '\u0007\u202Ea' });
		expect(field).toMatchObject({ from: { lines: ['(looks like a credential, not shown)'] } });
		expect(shown('update', { field: 'note', from: '\u0007', to: '\u202Ea' })).toMatchObject([
			{ from: { lines: ['\uFFFD'] }, to: { lines: ['\uFFFDa'] } },
		]);
		expect(oneLine('two\n lines\u0000')).toBe('two lines\uFFFD');
	});
});
