import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FlushChange } from './adapter.js';
import { packChanges, partsOf, type Load } from './pack.js';

const change = (tags: string[]): FlushChange => ({
	collection: 'a',
	event: 'update',
	item: '1',
	fields: {},
	previous: null,
	tags,
	paths: [],
	timestamp: 0,
});

const tagSets = fc.array(
	fc.array(
		fc.integer({ min: 0, max: 30 }).map((number) => `t${number}`),
		{ maxLength: 12 },
	),
	{ maxLength: 60 },
);

test('every change is in exactly one group, in order, and only a change too big on its own exceeds the load', () => {
	fc.assert(
		fc.property(tagSets, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 20 }), (sets, max, batch) => {
			const changes = sets.map(change);
			const load: Load = { of: ({ tags }) => tags, max };
			const groups = packChanges(changes, batch, [load]);
			expect(groups.flat()).toEqual(changes);
			const carried = (group: FlushChange[]) => new Set(group.flatMap(({ tags }) => tags)).size;
			for (const [index, group] of groups.entries()) {
				expect(group.length).toBeGreaterThan(0);
				expect(group.length).toBeLessThanOrEqual(batch);
				if (group.length > 1) expect(carried(group)).toBeLessThanOrEqual(max);
				// As large as possible: the next change did not fit any more.
				const next = groups[index + 1]?.[0];
				if (next && group.length < batch) expect(carried([...group, next])).toBeGreaterThan(max);
			}
		}),
	);
});

test('the parts of a group hold each entry once, none is empty, none exceeds the load', () => {
	fc.assert(
		fc.property(tagSets, fc.integer({ min: 3, max: 40 }), (sets, max) => {
			const load: Load = { of: ({ tags }) => tags, max, size: (tag) => tag.length };
			const parts = partsOf(sets.map(change), load);
			expect(parts.flat()).toEqual([...new Set(sets.flat())]);
			for (const part of parts) {
				expect(part.length).toBeGreaterThan(0);
				expect(part.join('').length).toBeLessThanOrEqual(max);
			}
		}),
	);
});
