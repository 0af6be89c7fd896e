import { expect, it } from 'vitest';
import { countRules, wayOf, withWay } from './ways.js';

it('switches the way, and keeps what only the other one uses', () => {
	const options = { tags: 'automatic', collections: ['posts'], check: {} };
	const rules = withWay(options, 'rules');
	expect(rules).toEqual({ collections: ['posts'], check: {} });
	expect(withWay(rules, 'automatic')).toEqual(options);
	expect([wayOf({ options }), wayOf({ options: rules }), wayOf({ options: { tags: 'rules' } })]).toEqual([
		'automatic',
		'rules',
		'rules',
	]);
});

it('counts rules; a text that is none has none', () => {
	expect(['[{}, {}]', '[]', '{', '{}'].map((rules) => countRules({ rules }))).toEqual([2, 0, 0, 0]);
});
