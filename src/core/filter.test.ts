import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchFilter } from './filter.js';

const NOW = Date.UTC(2026, 10, 21);
const item = {
	status: 'published',
	n: 5,
	price: '4.50',
	on: true,
	at: '2026-11-20T00:00:00.000Z',
	none: null,
	list: ['a'],
};
const match = (filter: Record<string, unknown>) => matchFilter(filter, item, NOW);

describe('matching a filter against the values an item had', () => {
	it.each<[Record<string, unknown>]>([
		[{ status: { _eq: 'published' } }],
		[{ status: { _neq: 'draft' } }],
		[{ status: { _in: ['a', 'published'] } }],
		[{ status: { _nin: ['a'] } }],
		[{ status: { _contains: 'lish' } }],
		[{ status: { _icontains: 'LISH' } }],
		[{ status: { _starts_with: 'pub' } }],
		[{ status: { _nends_with: 'x' } }],
		[{ n: { _gt: 4, _lte: 5 } }],
		[{ n: { _between: [5, 6] } }],
		[{ n: { _eq: '5' } }],
		[{ price: { _eq: 4.5 } }],
		[{ price: { _lt: 10 } }],
		[{ on: { _eq: true } }],
		[{ on: { _eq: 1 } }],
		[{ at: { _lt: '$NOW' } }],
		[{ at: { _gt: '$NOW(-2 days)' } }],
		[{ none: { _null: true } }],
		[{ none: { _nnull: false } }],
		[{ status: { _nempty: true } }],
		[{ _or: [{ n: { _eq: 1 } }, { n: { _eq: 5 } }] }],
		[{ _and: [{ n: { _eq: 5 } }, { on: { _eq: true } }] }],
		[{}],
	])('%j matches', (filter) => expect(match(filter)).toBe('yes'));

	it.each<[Record<string, unknown>]>([
		[{ status: { _eq: 'draft' } }],
		[{ n: { _gt: 5 } }],
		[{ none: { _eq: 'x' } }],
		[{ none: { _gt: 1 } }],
		[{ at: { _gt: '$NOW' } }],
		[{ _and: [{ n: { _eq: 5 } }, { n: { _eq: 6 } }] }],
		[{ _or: [{ n: { _eq: 1 } }] }],
	])('%j does not', (filter) => expect(match(filter)).toBe('no'));

	it.each<[Record<string, unknown>]>([
		[{ author: { name: { _eq: 'x' } } }],
		[{ tags: { _some: { id: { _eq: 1 } } } }],
		[{ 'year(at)': { _eq: 2026 } }],
		[{ status: { _eq: '$CURRENT_USER' } }],
		[{ status: { _new_operator: 1 } }],
		[{ list: { _eq: 'a' } }],
		[{ _or: [{ n: { _eq: 1 } }, { other: { _eq: 1 } }] }],
	])('%j cannot be told', (filter) => expect(match(filter)).toBe('unknown'));

	it('knows that a part it cannot tell does not save what another part refuses', () => {
		expect(match({ _and: [{ other: { _eq: 1 } }, { n: { _eq: 6 } }] })).toBe('no');
		expect(match({ _or: [{ other: { _eq: 1 } }, { n: { _eq: 5 } }] })).toBe('yes');
	});

	it('never throws', () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string(), fc.anything()),
				fc.dictionary(fc.string(), fc.anything()),
				(filter, values) => {
					expect(['yes', 'no', 'unknown']).toContain(matchFilter(filter, values, NOW));
				},
			),
		);
	});
});
