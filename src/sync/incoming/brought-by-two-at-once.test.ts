import { beforeEach, describe, expect, it } from 'vitest';
import { ExampleInstance } from '../../../test/fixtures/example-instance.js';

describe('a row that two instances bring at the same moment, one of them edited,', () => {
	let first: ExampleInstance;
	let editor: ExampleInstance;
	let receiver: ExampleInstance;
	/** Before and after the rows that are here are read, and before one is made. */
	let moments: number;

	beforeEach(async () => {
		let [ids, time] = [0, 0];
		const clock = { now: () => (time += 1), id: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}` };
		[first, editor, receiver] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map(
			(id, index) => new ExampleInstance(id, clock, 'update', 1 + index * 100),
		) as [ExampleInstance, ExampleInstance, ExampleInstance];
		first.links.push(editor, receiver);
		editor.links.push(first, receiver);
		first.database.create('codes', { id: 'nl', label: 'Dutch' }, clock.now());
		await first.plan();
		await first.send(editor);
		editor.database.update('codes', 'nl', { label: 'Nederlands' }, clock.now());
		await editor.plan();
		moments = 0;
	});

	it.each([1, 2, 3, 4, 5])('is one row, and nobody is asked (moment %i)', async (moment) => {
		receiver.database.meanwhile = async () => {
			if (++moments === moment) await editor.send(receiver);
		};
		await first.send(receiver);
		expect(moments).toBeGreaterThanOrEqual(moment);
		expect(first.failed).toEqual([]);
		expect(editor.failed).toEqual([]);
		expect(receiver.database.contents.conflicts).toEqual([]);
		expect([...receiver.database.table('codes').values()]).toMatchObject([{ id: 'nl', label: 'Nederlands' }]);
	});
});
