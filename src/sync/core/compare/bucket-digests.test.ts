import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUCKETS, BucketSums, bucketOf, compareRows, differingBuckets } from './bucket-digests.js';
import { digestKeyOf } from './digest-key.js';
import { fieldDigests, rowDigest } from './row-digest.js';

type Rows = Map<string, Record<string, unknown>>;

const bucketsOf = (rows: Rows) => {
	const sums = new BucketSums();
	for (const [syncId, values] of rows) sums.add(syncId, rowDigest(syncId, values));
	return sums.digests();
};
const comparedOf = (rows: Rows) =>
	new Map([...rows].map(([id, values]) => [id, { digest: rowDigest(id, values), fields: fieldDigests(id, values) }]));

describe('rowDigest', () => {
	it('is of the values, not of how they are written', () => {
		const digest = rowDigest('a', { title: 'One', options: { a: 1, b: 2 }, body: null });
		expect(digest).toMatch(/^[0-9a-f]{16}$/);
		expect(rowDigest('a', { options: { b: 2, a: 1 }, title: 'One' })).toBe(digest);
	});

	it('differs for other values, types, fields and rows', () => {
		const digests = [
			rowDigest('a', { title: '1' }),
			rowDigest('a', { title: 1 }),
			rowDigest('a', { body: '1' }),
			rowDigest('b', { title: '1' }),
			rowDigest('a', { title: '1', body: '' }),
			rowDigest('a', {}),
		];
		expect(new Set(digests).size).toBe(digests.length);
	});
});

describe('digests with the key of a link', () => {
	const [key, other] = [digestKeyOf('one link'), digestKeyOf('another link')];

	it('are the same at both ends, and tell nothing to whoever has another key or none', () => {
		const values = { pin: '4711', title: 'One' };
		expect(rowDigest('a', { title: 'One', pin: '4711' }, digestKeyOf('one link'))).toBe(rowDigest('a', values, key));
		expect(rowDigest('a', values, key)).toMatch(/^[0-9a-f]{16}$/);
		expect(new Set([key, other, null].map((digestKey) => rowDigest('a', values, digestKey))).size).toBe(3);
		expect(new Set([key, other, null].map((digestKey) => fieldDigests('a', values, digestKey)['pin'])).size).toBe(3);
	});

	it('do not tell which rows or fields have the same value', () => {
		const same = ['a', 'b'].flatMap((id) => Object.values(fieldDigests(id, { pin: '4711', code: '4711' }, key)));
		expect(new Set(same).size).toBe(4);
		expect(fieldDigests('a', { pin: null, code: undefined }, key)).toEqual({});
	});
});

describe('a comparison', () => {
	it('of some thousand rows finds each difference, and looks at no other bucket', () => {
		const here: Rows = new Map(
			Array.from({ length: 5_000 }, (_, index) => [`row ${index}`, { title: index, body: '' }]),
		);
		const there: Rows = new Map([...here].reverse());
		expect(differingBuckets(bucketsOf(here), bucketsOf(there))).toEqual([]);
		there.set('row 7', { title: 7, body: 'other' });
		there.delete('row 8');
		there.set('new', { title: 1 });
		const buckets = differingBuckets(bucketsOf(here), bucketsOf(there));
		expect(buckets).toEqual([...new Set(['row 7', 'row 8', 'new'].map(bucketOf))].sort());
		expect(compareRows(comparedOf(here), comparedOf(there))).toEqual({
			equal: 4_998,
			different: [{ syncId: 'row 7', fields: ['body'] }],
			missing_here: ['new'],
			missing_there: ['row 8'],
		});
	});

	it('says the same whatever the order, and misses no changed row', () => {
		const rows = fc.uniqueArray(fc.tuple(fc.string(), fc.record({ title: fc.string(), count: fc.integer() })), {
			minLength: 1,
			selector: ([id]) => id,
		});
		fc.assert(
			fc.property(rows, fc.nat(), (list, which) => {
				const [first, second]: [Rows, Rows] = [new Map(list), new Map([...list].reverse())];
				expect(bucketsOf(first)).toEqual(bucketsOf(second));
				const [id, values] = list[which % list.length] ?? ['', { title: '', count: 0 }];
				second.set(id, { ...values, count: values.count + 1 });
				expect(differingBuckets(bucketsOf(first), bucketsOf(second))).toEqual([bucketOf(id)]);
				expect(compareRows(comparedOf(first), comparedOf(second)).different).toEqual([
					{ syncId: id, fields: ['count'] },
				]);
			}),
		);
	});

	it('spreads rows over all buckets', () => {
		const used = new Set(Array.from({ length: 40_000 }, (_, index) => bucketOf(String(index))));
		expect(used.size).toBe(BUCKETS);
	});
});
