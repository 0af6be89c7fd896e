import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncChange } from '../../contract/sync-messages.js';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

describe('a batch', () => {
	let time = 0;
	let there: ExampleInstance;
	let writes = 0;
	let refuse: (label: unknown) => Error | null;

	beforeEach(() => {
		let ids = 0;
		[time, writes] = [2e12, 0];
		const clock = { now: () => (time += 1), id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
		there = new ExampleInstance('bbbbbbbbbbbb', clock, 'update', 1);
		const { database } = there;
		const create = database.create.bind(database);
		database.create = (collection, values, at) => {
			writes += 1;
			const error = refuse(values['label']);
			if (error) throw error;
			return create(collection, values, at);
		};
	});

	const change = (index: number): SyncChange => ({
		collection: 'tags',
		sync_id: `sync-${index}`,
		key: String(index),
		state: {
			groups: [
				{
					stamp: '0mwqz2un100-aaaaaaaaaaaa',
					knows: { aaaaaaaaaaaa: '0mwqz2un100-aaaaaaaaaaaa' },
					values: { label: `tag ${index}` },
				},
			],
			deleted: null,
		},
		seen_by: ['aaaaaaaaaaaa'],
	});
	const changes = Array.from({ length: 32 }, (_, index) => change(index));

	it('takes all in but the bad row, which is found by halving and parked', async () => {
		refuse = (label) =>
			label === 'tag 13' ? Object.assign(new Error('too long'), { status: 400, code: 'FAILED_VALIDATION' }) : null;
		const results = await there.takeIn('aaaaaaaaaaaa', changes);
		expect(results.filter(({ outcome }) => outcome !== 'applied')).toEqual([
			{ collection: 'tags', sync_id: 'sync-13', outcome: 'parked', code: 'FAILED_VALIDATION', message: 'too long' },
		]);
		expect(there.database.table('tags').size).toBe(31);
		// 32 rows once, and on the way to the bad one each half again.
		expect(writes).toBeLessThan(32 * 3);
	});

	it('leaves what may pass to be tried again, and parks nothing', async () => {
		refuse = (label) => (label === 'tag 13' ? new Error('the connection was lost') : null);
		await expect(there.takeIn('aaaaaaaaaaaa', changes)).rejects.toThrow('the connection was lost');
		expect(there.database.table('tags').size).toBe(0);
	});
});
