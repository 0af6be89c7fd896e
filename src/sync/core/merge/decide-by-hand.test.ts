import { describe, expect, it } from 'vitest';
import { ChoiceRefused, decidedState, type ConflictToDecide } from './decide-by-hand.js';
import { mergeRow } from './merge-row.js';
import { NO_STATE, type RowState } from './row-state.js';
import { stampDelete, stampEdits, valuesOf } from './stamp-edits.js';

const [HERE, THERE] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
const edit = (state: RowState, values: object, now: number, instance: string) =>
	stampEdits(state, { ...valuesOf(state), ...values }, { now, instance }).state;
const agreed = edit(NO_STATE, { title: 'old', views: 1 }, 1_000, HERE);
const ours = edit(agreed, { title: 'ours' }, 2_000, HERE);
const theirs = edit(agreed, { title: 'theirs' }, 3_000, THERE);
const moment = { now: 4_000, instance: HERE };
const conflict = (change: Partial<ConflictToDecide> = {}): ConflictToDecide => ({
	status: 'open',
	kind: 'fields',
	fields: [{ field: 'title', here: 'ours', there: 'theirs' }],
	theirs,
	...change,
});
/** What an instance has after it is told of a decision. */
const after = (here: RowState, there: RowState, onDelete: 'park' | 'delete' | 'update' = 'park') =>
	mergeRow({
		local: here,
		remote: there,
		fields: null,
		policies: { conflict: 'manual', onDelete },
		held: new Map(),
		agreed: {},
		...moment,
	});

describe('a decision about fields', () => {
	it.each([
		['local', 'ours'],
		['remote', 'theirs'],
		[{ fields: { title: 'remote' as const } }, 'theirs'],
		[{ fields: { title: { value: 'a third' } } }, 'a third'],
	])('%j wins on both sides, and is not questioned', (use, title) => {
		const decided = decidedState(conflict(), use as 'local', ours, moment);
		expect(valuesOf(decided)).toEqual({ title });
		for (const side of [ours, theirs]) {
			const merge = after(side, decided);
			expect(valuesOf(merge.state)).toMatchObject({ title });
			expect(merge.decisions).toEqual([]);
		}
	});

	it('takes the present value for "local", and leaves the other fields alone', () => {
		const later = edit(ours, { title: 'ours, later', views: 9 }, 3_500, HERE);
		expect(valuesOf(decidedState(conflict(), 'local', later, moment))).toEqual({ title: 'ours, later' });
	});

	it('refuses fields that are not in conflict, and no field at all', () => {
		for (const fields of [{ views: 'local' }, {}] as Record<string, 'local'>[])
			expect(() => decidedState(conflict(), { fields }, ours, moment)).toThrow(ChoiceRefused);
	});

	it('turns around what a rule decided, from both sides', () => {
		const automatic = conflict({ status: 'automatic', theirs: null });
		const settled = after(theirs, ours).state;
		const decided = decidedState(automatic, 'local', edit(settled, { title: 'theirs' }, 3_600, HERE), moment);
		expect(valuesOf(decided)).toEqual({ title: 'ours' });
		expect(valuesOf(after(theirs, decided).state)).toMatchObject({ title: 'ours' });
	});
});

describe('a decision about a deletion', () => {
	const gone = stampDelete(agreed, { now: 2_500, instance: THERE });
	const deletion = conflict({ kind: 'delete', fields: [], theirs: gone });

	it('deletes on both sides, or keeps on both', () => {
		const deleted = decidedState(deletion, 'remote', ours, moment);
		expect([after(ours, deleted).exists, after(gone, deleted).exists]).toEqual([false, false]);
		const kept = decidedState(deletion, 'local', ours, moment);
		expect([after(ours, kept).exists, after(gone, kept).recreates]).toEqual([true, true]);
		expect(valuesOf(after(gone, kept).state)).toMatchObject({ title: 'ours' });
	});

	it('turns around what a rule decided: what was kept is deleted, what was deleted comes back', () => {
		const automatic = { ...deletion, status: 'automatic' as const };
		const kept = after(ours, gone, 'update').state;
		expect(after(kept, decidedState(automatic, 'remote', kept, moment)).exists).toBe(false);
		const deleted = after(ours, gone, 'delete').state;
		expect(after(deleted, decidedState(automatic, 'local', deleted, moment)).exists).toBe(true);
	});

	it('is decided as a whole', () => {
		expect(() => decidedState(deletion, { fields: { title: 'local' } }, ours, moment)).toThrow(ChoiceRefused);
	});
});
