import { expect, it } from 'vitest';
import type { NewChange } from './new-change.js';
import { createBeforeValues, type Glimpse } from './before-values.js';

const glimpse = (more: Partial<Glimpse>): Glimpse => ({
	event: 'update',
	before: null,
	asked: null,
	fields: null,
	victims: [],
	outcome: null,
	write: { alive: 0, patience: 60_000 },
	turn: 0,
	...more,
});

it('names the fields of all pending writes, including a refused one', () => {
	let now = 0;
	const values = createBeforeValues(() => now);
	expect(values.fieldsOf('posts', '1')).toBeNull();
	values.put('posts', '1', glimpse({ fields: ['author'] }));
	values.put('posts', '1', glimpse({ fields: ['title', 'author'] }));
	expect(values.fieldsOf('posts', '1')).toEqual(['author', 'title']);
	values.take('posts', '1', 'update');
	expect(values.fieldsOf('posts', '1')).toEqual(['title', 'author']);
	values.put('posts', '1', glimpse({ fields: null }));
	expect(values.fieldsOf('posts', '1')).toBeNull();
	values.put('posts', '2', glimpse({ fields: ['title'] }));
	now = 120_000;
	expect(values.fieldsOf('posts', '2')).toBeNull();
});

it('keeps the cascades of a deletion, even if other writes of the item are pending or were refused', () => {
	const values = createBeforeValues(() => 0);
	const victim = (item: string): NewChange => ({
		collection: 'comments',
		item,
		event: 'delete',
		at: 0,
		user: null,
		before: null,
		source: 'cascade',
	});
	const asked = { title: 'b' };
	values.put('posts', '1', glimpse({ fields: ['title'] }));
	values.put('posts', '1', glimpse({ event: 'delete', victims: [victim('moved away since'), victim('1')] }));
	values.put('posts', '1', glimpse({ event: 'delete', victims: [victim('1'), victim('2')] }));
	values.put('posts', '1', glimpse({ asked }));
	expect(values.take('posts', '1', 'delete')?.victims.map(({ item }) => item)).toEqual(['1', '2']);
	expect(values.take('posts', '1', 'update')?.asked).toBeNull();
	expect(values.take('posts', '1', 'update')?.asked).toEqual(asked);
	expect(values.take('posts', '1', 'update')).toBeNull();
});

it('keeps all values of one write, however large and slow it is', () => {
	let now = 0;
	const values = createBeforeValues(() => now, 1_000);
	const write = values.write(5_000);
	for (let item = 0; item < 5_000; item += 1) values.put('posts', String(item), glimpse({ write }));
	for (let item = 0; item < 5_000; item += 1) {
		now += 50;
		expect(values.take('posts', String(item), 'update')?.write).toBe(write);
	}
});

it('forgets refused writes, oldest first, before pending ones', () => {
	let now = 0;
	const values = createBeforeValues(() => now, 1_000);
	const writes = Array.from({ length: 11 }, (_, index) => {
		now = index;
		const write = values.write(100);
		for (let item = 0; item < 100; item += 1) values.put(`c${index}`, String(item), glimpse({ write }));
		return write;
	});
	expect(values.take('c0', '0', 'update')).toBeNull();
	expect(values.take('c10', '0', 'update')?.write).toBe(writes[10]);
	now = 120_000;
	expect(values.take('c10', '1', 'update')).toBeNull();
});
