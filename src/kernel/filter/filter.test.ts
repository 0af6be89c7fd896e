import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchedEver, matchFilter, momentsOf, type Judging } from './filter.js';

const NOW = Date.UTC(2026, 10, 21);
const item = {
	status: 'published',
	n: 5,
	price: '4.50',
	on: true,
	at: '2026-11-20T00:00:00.000Z',
	none: null,
	list: ['a'],
	words: ['a', 'b c'],
	day: '2026-11-21',
};
const TYPES = new Map(
	Object.entries({
		status: 'string',
		n: 'integer',
		price: 'decimal',
		on: 'boolean',
		at: 'timestamp',
		none: 'string',
		list: 'json',
		words: 'csv',
		day: 'date',
	}),
);
const judging: Judging = { now: NOW, dialect: 'postgres', types: TYPES };
const match = (filter: Record<string, unknown>) => matchFilter(filter, item, judging);

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
		[{ 'year(at)': { _eq: 2026 } }],
		[{ words: { _contains: 'b c' } }],
		[{ none: { _empty: true } }],
		[{ status: { _contains: 'p_b' } }],
		[{ status: { _in: 'a,published' } }],
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
		[{ none: { _neq: 'x' } }],
		[{ none: { _nin: ['x'] } }],
		[{ none: { _ncontains: 'x' } }],
		[{ n: { _gt: 4, _lt: 5 } }],
		[{ status: { _eq: '$CURRENT_USER' } }],
		[{ status: { _nin: ['x', null] } }],
		[{ day: { _lt: '$NOW' } }],
	])('%j does not', (filter) => expect(match(filter)).toBe('no'));

	it.each<[Record<string, unknown>]>([
		[{ author: { name: { _eq: 'x' } } }],
		[{ tags: { _some: { id: { _eq: 1 } } } }],
		[{ status: { _new_operator: 1 } }],
		[{ list: { _eq: 'a' } }],
		[{ _or: [{ n: { _eq: 1 } }, { other: { _eq: 1 } }] }],
	])('%j cannot be told', (filter) => expect(match(filter)).toBe('unknown'));

	it('knows that a part it cannot tell does not save what another part refuses', () => {
		expect(match({ _and: [{ other: { _eq: 1 } }, { n: { _eq: 6 } }] })).toBe('no');
		expect(match({ _or: [{ other: { _eq: 1 } }, { n: { _eq: 5 } }] })).toBe('yes');
	});

	it.each(['string', 'text', 'csv', 'uuid', 'json'])('does not throw for an object in a field of type %s', (type) => {
		for (const value of [{ toString: '' }, [{ toString: null }], Object.create(null), Symbol('x'), [Symbol('x')]])
			for (const operator of ['_eq', '_contains', '_icontains', '_starts_with', '_in', '_empty', '_nempty', '_lt'])
				expect(['yes', 'no', 'unknown']).toContain(
					matchFilter(
						{ at: { [operator]: operator === '_in' ? ['x'] : 'x' } },
						{ at: value },
						{
							...judging,
							types: new Map([['at', type]]),
						},
					),
				);
	});

	it('never throws', () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string(), fc.anything()),
				fc.dictionary(fc.string(), fc.anything()),
				(filter, values) => {
					const types = new Map(Object.keys(values).map((key) => [key, 'string']));
					expect(['yes', 'no', 'unknown']).toContain(matchFilter(filter, values, { ...judging, types }));
				},
			),
		);
	});
});

describe('what may have matched earlier', () => {
	const when = { _and: [{ status: { _eq: 'published' } }, { at: { _gt: '$NOW' } }] };

	it('may have been shown when it expired by the clock, whose values are not for the target any more', () => {
		expect(match(when)).toBe('no');
		expect(matchedEver(when, item, judging)).toBe('unknown');
	});

	it('was shown when it still matched as it was replaced', () => {
		expect(matchedEver(when, item, { ...judging, now: Date.UTC(2026, 10, 19) })).toBe('yes');
	});

	it('was never shown before its date', () => {
		expect(matchedEver({ at: { _lte: '$NOW' } }, item, { ...judging, now: Date.UTC(2026, 10, 19) })).toBe('no');
		expect(matchedEver({ ...when, status: { _eq: 'draft' } }, item, judging)).toBe('no');
	});
});

it('finds the comparisons with now, each once, of own fields only', () => {
	const filter = {
		_and: [
			{ from: { _lte: '$NOW' } },
			{ _or: [{ until: { _null: true } }, { until: { _between: ['$NOW(-1 day)', '$NOW'] } }] },
			{ from: { _lte: '$NOW' } },
			{ author: { left: { _lt: '$NOW' } } },
		],
	};
	expect(momentsOf(filter)).toEqual([
		{ field: 'from', variable: '$NOW' },
		{ field: 'until', variable: '$NOW(-1 day)' },
		{ field: 'until', variable: '$NOW' },
	]);
});
