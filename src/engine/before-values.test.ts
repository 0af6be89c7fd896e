import { expect, it } from 'vitest';
import { createBeforeValues, type Glimpse } from './before-values.js';

const glimpse = (more: Partial<Glimpse>): Glimpse => ({
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
	values.take('posts', '1');
	expect(values.fieldsOf('posts', '1')).toEqual(['title', 'author']);
	values.put('posts', '1', glimpse({ fields: null }));
	expect(values.fieldsOf('posts', '1')).toBeNull();
	values.put('posts', '2', glimpse({ fields: ['title'] }));
	now = 120_000;
	expect(values.fieldsOf('posts', '2')).toBeNull();
});
