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
	at: 0,
	turn: 0,
	...more,
});

it('names the fields of every write that may be meant, also after one that was refused', () => {
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

it('keeps what goes along with a deletion, whoever else was about to write the item, or was refused', () => {
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
