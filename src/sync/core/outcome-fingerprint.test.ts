import { expect, it } from 'vitest';
import type { RowOutcome } from '../../contract/sync-together.js';
import { fingerprintOf } from './outcome-fingerprint.js';

const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const row = (syncId: string, to: unknown, more: Partial<RowOutcome> = {}): RowOutcome => ({
	collection: 'articles',
	sync_id: syncId,
	item: '1',
	action: 'create',
	fields: [{ field: 'author', to }],
	...more,
});

it('is the same for rows that only got other names and numbers, and another one where anything else differs', () => {
	const first = fingerprintOf(
		[row(id(1), { $ref: id(2) })],
		new Map([
			[id(1), '5'],
			[id(2), '6'],
		]),
	);
	const again = fingerprintOf(
		[row(id(3), { $ref: id(4) }, { item: '9' })],
		new Map([
			[id(3), '5'],
			[id(4), '6'],
		]),
	);
	expect(again).toBe(first);
	const other = fingerprintOf(
		[row(id(3), { $ref: id(4) })],
		new Map([
			[id(3), '5'],
			[id(4), '7'],
		]),
	);
	expect(other).not.toBe(first);
	const refused = row(id(3), { $ref: id(4) }, { action: 'refused', code: 'FORBIDDEN', message: 'no' });
	expect(
		fingerprintOf(
			[refused],
			new Map([
				[id(3), '5'],
				[id(4), '6'],
			]),
		),
	).not.toBe(first);
});

const [title, author] = [
	{ field: 'title', from: 'a', to: 'b' },
	{ field: 'author', from: null, to: 'c' },
];
const updated = (more: Partial<RowOutcome>, syncId = id(1)) => row(syncId, null, { action: 'update', ...more });
const print = (...rows: RowOutcome[]) => fingerprintOf(rows, new Map());

it('is the same in whatever order rows and fields come: planning an edit orders them anew', () => {
	const other = updated({ item: '2' }, id(2));
	expect(print(updated({ fields: [title, author] }), other)).toBe(print(other, updated({ fields: [author, title] })));
});

it.each([
	[{ fields: [title] }],
	[{ fields: [{ ...title, to: 'd' }, author] }],
	[{ fields: [title, author], decided: [{ field: 'title', took: 'here' as const }] }],
])('is another one where something else would be written: %j', (more) => {
	expect(print(updated(more))).not.toBe(print(updated({ fields: [title, author] })));
});
