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
