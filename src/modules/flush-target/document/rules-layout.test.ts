import { expect, it } from 'vitest';
import { layOutRules } from './rules-layout.js';

it('puts short lists on one line and says the same', () => {
	const rules = [
		{ collection: 'a', events: ['create', 'update'], when: { _and: [{ a: { _eq: 1 } }] }, via: [], 'x"': null },
		{ payload: Array.from({ length: 30 }, (_, index) => `field_${index}`) },
	];
	const text = layOutRules(rules);
	expect(JSON.parse(text)).toEqual(rules);
	expect(text).toContain('    "events": ["create", "update"],\n');
	expect(text).toContain('    "payload": [\n      "field_0",\n');
	expect(layOutRules([])).toBe('[]');
});
