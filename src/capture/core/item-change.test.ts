import { expect, it } from 'vitest';
import { foldChanges, lastSet, type RecordedChange } from './item-change.js';

const change = (event: RecordedChange['event'], more: Partial<RecordedChange> = {}): RecordedChange => ({
	id: 1,
	collection: 'articles',
	item: '1',
	event,
	at: 1,
	user: null,
	before: event === 'create' ? null : { title: 'x' },
	between: null,
	beforeRelated: null,
	absent: false,
	fields: null,
	...more,
});
const fold = (...changes: RecordedChange[]) => foldChanges(changes)[0];

it('folds the changes of one item, oldest version first', () => {
	const folded = fold(
		change('update', { before: { title: 'a' } }),
		change('update', { before: { title: 'b' }, at: 5 }),
	);
	expect(folded).toMatchObject({
		updated: true,
		created: false,
		deleted: false,
		at: 5,
		before: [{ title: 'a' }, { title: 'b' }],
	});
});
it('keeps a creation a creation, and lets the last deletion win', () => {
	expect(fold(change('create'), change('update'))).toMatchObject({
		created: true,
		updated: true,
		existedBefore: false,
	});
	expect(fold(change('create'), change('delete'))).toMatchObject({
		created: false,
		deleted: true,
		existedBefore: false,
	});
	expect(fold(change('delete'), change('create'))).toMatchObject({
		created: true,
		deleted: false,
		existedBefore: true,
	});
});
it('knows what it does not know', () => {
	expect(fold(change('update', { before: null }))?.incomplete).toBe(true);
	expect(fold(change('update', { before: null, absent: true }))).toMatchObject({
		incomplete: false,
		existedBefore: false,
	});
	expect(fold(change('create'))?.incomplete).toBe(false);
});
it('tells of the version that another writer made in between', () => {
	expect(fold(change('update', { before: { slug: 'a', n: 1 }, between: { slug: 'b' } }))?.before).toEqual([
		{ slug: 'a', n: 1 },
		{ slug: 'b', n: 1 },
	]);
});
it('does not mix items or collections', () => {
	expect(
		foldChanges([change('update'), change('update', { item: '2' }), change('update', { collection: 'posts' })]),
	).toHaveLength(3);
});

it('knows when each field was last set, by the steps that name it or may have', () => {
	const folded = fold(
		change('create', { at: 1 }),
		change('update', { at: 5, fields: ['title', 'body'] }),
		change('update', { at: 9, fields: ['title'] }),
	);
	const at = lastSet(folded?.steps ?? [], 99);
	expect(['title', 'body', 'views'].map(at)).toEqual([9, 5, 1]);
	const updated = lastSet([{ at: 5, fields: ['title'] }], 7);
	expect(['title', 'date_updated'].map(updated)).toEqual([5, 7]);
});
