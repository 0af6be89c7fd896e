import { describe, expect, it } from 'vitest';
import { NO_STATE } from './row-state.js';
import {
	covers,
	fieldOf,
	groupsOf,
	knowsAllOf,
	onlyFields,
	stampDelete,
	stampEdits,
	unionOf,
	valuesOf,
	versionsOf,
} from './stamp-edits.js';
import { nextStamp } from './stamp.js';

const A = 'aaaaaaaaaaaa';
const B = 'bbbbbbbbbbbb';
const at = (now: number, instance = A) => ({ now, instance });
const made = stampEdits(NO_STATE, { title: 'One', body: 'Text', tags: ['a'] }, at(1)).state;

describe('stampEdits', () => {
	it('makes one group of a new row', () => {
		const stamp = nextStamp(1, null, A);
		expect(made).toEqual({
			groups: [{ stamp, knows: { [A]: stamp }, values: { title: 'One', body: 'Text', tags: ['a'] } }],
			deleted: null,
		});
	});

	it('stamps what differs, and nothing else', () => {
		const { state, changed } = stampEdits(made, { title: 'Two', body: 'Text', tags: ['a'] }, at(2, B));
		expect(changed).toEqual(['title']);
		expect(fieldOf(state, 'title')).toEqual({
			stamp: nextStamp(2, null, B),
			knows: { [A]: nextStamp(1, null, A), [B]: nextStamp(2, null, B) },
			value: 'Two',
		});
		expect(fieldOf(state, 'body')).toEqual(fieldOf(made, 'body'));
	});

	it('stamps each field with when it was set, after all that this instance has stamped of the row', () => {
		const when = (field: string) => (field === 'title' ? 5 : 9);
		const { state } = stampEdits(made, { title: 'Two', body: 'New', tags: ['a'] }, { ...at(9, B), setAt: when });
		expect(fieldOf(state, 'title')?.stamp).toBe(nextStamp(5, null, B));
		expect(fieldOf(state, 'body')?.stamp).toBe(nextStamp(9, null, B));
		// Whoever knows of the one at 9 counts on knowing of all before.
		const later = stampEdits(state, { tags: ['b'] }, { ...at(9, B), setAt: () => 7 });
		expect(fieldOf(later.state, 'tags')?.stamp).toBe(nextStamp(7, nextStamp(9, null, B), B));
	});

	it('is not delayed by what others have set in other fields', () => {
		const other = stampEdits(made, { body: 'Theirs' }, at(50, B)).state;
		expect(fieldOf(stampEdits(other, { title: 'Two' }, at(9)).state, 'title')?.stamp).toBe(nextStamp(9, null, A));
	});

	it('gives the same state back where nothing was edited, null and nothing included', () => {
		const empty = stampEdits(NO_STATE, { title: null, options: { a: 1, b: 2 } }, at(1)).state;
		expect(stampEdits(empty, { title: undefined, options: { b: 2, a: 1 } }, at(2)).state).toBe(empty);
	});

	it('takes what reading a field deliberately gives for no edit, also where that is null', () => {
		const overrides = { body: null };
		expect(stampEdits(made, { body: null }, { ...at(2), overrides }).changed).toEqual([]);
		expect(stampEdits(made, { body: 'Text' }, { ...at(2), overrides }).changed).toEqual(['body']);
	});

	it('adds a field that the row never had', () => {
		const { state, changed } = stampEdits(made, { title: 'One', slug: 'one' }, at(2));
		expect(changed).toEqual(['slug']);
		expect(valuesOf(state)).toEqual({ title: 'One', body: 'Text', tags: ['a'], slug: 'one' });
	});

	it('takes a column that is new and empty for nobody’s edit', () => {
		const state = stampEdits(NO_STATE, { title: 'a' }, { now: 1, instance: 'aaaaaaaaaaaa' }).state;
		const read = { title: 'a', summary: null };
		expect(stampEdits(state, read, { now: 2, instance: 'aaaaaaaaaaaa' }).changed).toEqual([]);
		const edited = stampEdits(state, { ...read, title: 'b' }, { now: 3, instance: 'aaaaaaaaaaaa' });
		expect(edited.changed).toEqual(['title']);
	});

	it('does not let one field claim the knowledge of another edited with it', () => {
		const elsewhere = stampEdits(made, { body: 'Theirs' }, at(2, B)).state;
		const { state } = stampEdits(elsewhere, { title: 'Two', body: 'Both' }, at(3));
		expect(fieldOf(state, 'title')?.stamp).toBe(fieldOf(state, 'body')?.stamp);
		expect(Object.keys(fieldOf(state, 'body')?.knows ?? {})).toEqual([A, B]);
		expect(Object.keys(fieldOf(state, 'title')?.knows ?? {})).toEqual([A]);
	});

	it('brings a deleted row back with everything, knowing that it was deleted', () => {
		const gone = stampDelete(made, at(2, B));
		const { state, changed } = stampEdits(gone, { title: 'One', body: 'New' }, at(3));
		expect([state.deleted, changed]).toEqual([null, ['title', 'body']]);
		expect(valuesOf(state)).toEqual({ title: 'One', body: 'New', tags: ['a'] });
		for (const { knows } of state.groups) expect(covers(knows, gone.deleted?.knows ?? {})).toBe(true);
	});
});

describe('stampDelete', () => {
	it('knows all values, and says it once', () => {
		const edited = stampEdits(made, { title: 'Two' }, at(2, B)).state;
		const gone = stampDelete(edited, at(3));
		expect(gone).toEqual({
			groups: edited.groups,
			deleted: { stamp: nextStamp(3, null, A), knows: { [A]: nextStamp(3, null, A), [B]: nextStamp(2, null, B) } },
		});
		expect(stampDelete(gone, at(4))).toBe(gone);
	});
});

describe('the parts of a state', () => {
	it('can be cut to fields, without empty groups', () => {
		const edited = stampEdits(made, { title: 'Two' }, at(2)).state;
		expect(valuesOf(onlyFields(edited, ['body']))).toEqual({ body: 'Text' });
		expect(onlyFields(edited, ['body']).groups).toHaveLength(1);
		expect(onlyFields(edited, ['other'])).toEqual(NO_STATE);
	});

	it('are joined again where they know the same', () => {
		expect(groupsOf(versionsOf(made))).toEqual(made.groups);
	});

	it('compare by what they know', () => {
		const [one, two] = [nextStamp(1, null, A), nextStamp(2, null, B)];
		expect(unionOf({ [A]: one }, { [B]: two })).toEqual({ [A]: one, [B]: two });
		expect(covers({ [A]: one, [B]: two }, { [A]: one })).toBe(true);
		expect(covers({ [A]: one }, { [A]: one, [B]: two })).toBe(false);
		const edited = stampEdits(made, { title: 'Two' }, at(2, B)).state;
		expect([knowsAllOf(edited, made), knowsAllOf(made, edited)]).toEqual([true, false]);
		const gone = stampDelete(made, at(3));
		expect([knowsAllOf(gone, made), knowsAllOf(made, gone), knowsAllOf(gone, edited)]).toEqual([true, false, false]);
	});
});
