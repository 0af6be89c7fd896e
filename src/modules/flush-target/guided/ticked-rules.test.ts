import { expect, it } from 'vitest';
import { readContentModel } from '../document/content-model.js';
import { magazine } from '../../../../test/fixtures/magazine.js';
import { tickedCollections, toggleCollection } from './ticked-rules.js';

const model = readContentModel(magazine);

it('adds a sensible rule for a ticked collection and takes it out again, leaving the others', () => {
	const own = { collection: 'authors', events: ['delete'], payload: [] };
	const draft = { rules: JSON.stringify([own]), adapter: 'webhook' };
	const ticked = { ...draft, rules: toggleCollection(draft, 'articles', model) };
	expect(tickedCollections(ticked)).toEqual(['authors', 'articles']);
	expect(JSON.parse(toggleCollection(ticked, 'articles', model))).toEqual([own]);
});

it('knows of broken rules that there is nothing to tick', () => {
	expect(tickedCollections({ rules: '[{' })).toBeNull();
	expect(tickedCollections({ rules: '[null, {"collection": 7}]' })).toEqual([]);
});
