import { describe, expect, it } from 'vitest';
import { heldFrom, heldState, resolveFields } from './merge-fields.js';
import { type RowsToMerge, joinedState, mergeRow, resolveDelete, seenByAfter } from './merge-row.js';
import { NO_STATE, type RowState } from './row-state.js';
import { fieldOf, knowsAllOf, onlyFields, stampDelete, stampEdits, valuesOf } from './stamp-edits.js';

const A = 'aaaaaaaaaaaa';
const B = 'bbbbbbbbbbbb';
const edit = (state: RowState, values: Record<string, unknown>, now: number, instance: string) =>
	stampEdits(state, values, { now, instance }).state;
const made = edit(NO_STATE, { title: 'One', body: 'Text' }, 1, A);

/** On instance A, ten seconds later. */
function merge(local: RowState, remote: RowState, more: Partial<RowsToMerge> = {}) {
	const policies = { conflict: 'newest' as const, onDelete: 'park' as const };
	const rows = {
		local,
		remote,
		fields: null,
		policies,
		held: heldFrom([]),
		agreed: valuesOf(made),
		now: 10,
		instance: A,
	};
	return mergeRow({ ...rows, ...more });
}

const policy = (
	conflict: 'newest' | 'local' | 'remote' | 'manual',
	onDelete: 'park' | 'delete' | 'update' = 'park',
) => ({
	policies: { conflict, onDelete },
});

describe('mergeRow', () => {
	it('creates a row that is not known here', () => {
		expect(merge(NO_STATE, made)).toMatchObject({
			write: { title: 'One', body: 'Text' },
			exists: true,
			recreates: false,
			from: 'there',
		});
	});

	it('takes what only the other side changed, and writes nothing else', () => {
		const theirs = edit(made, { title: 'Theirs' }, 2, B);
		const result = merge(made, theirs);
		expect(result).toMatchObject({ write: { title: 'Theirs' }, decisions: [], from: 'there', mustBroadcast: false });
		expect(result.state).toEqual(theirs);
	});

	it('changes nothing by what is old, or comes twice', () => {
		const ours = edit(made, { title: 'Ours' }, 2, A);
		for (const state of [made, ours]) {
			const result = merge(ours, state);
			expect(result.state).toBe(ours);
			expect(result).toMatchObject({ write: {}, decisions: [], from: 'here', exists: true });
		}
	});

	it('merges different fields of one row without a conflict', () => {
		const result = merge(edit(made, { title: 'Ours' }, 2, A), edit(made, { body: 'Theirs' }, 3, B));
		expect(valuesOf(result.state)).toEqual({ title: 'Ours', body: 'Theirs' });
		expect(result).toMatchObject({ write: { body: 'Theirs' }, decisions: [], from: 'both' });
	});

	it('takes only the fields it is told to', () => {
		const result = merge(made, edit(made, { title: 'Theirs', body: 'Theirs' }, 2, B), { fields: ['body'] });
		expect(result.write).toEqual({ body: 'Theirs' });
	});

	it('is no conflict where both say the same', () => {
		const result = merge(edit(made, { title: 'Same' }, 2, A), edit(made, { title: 'Same' }, 3, B));
		expect(result).toMatchObject({ write: {}, decisions: [] });
		expect(Object.keys(fieldOf(result.state, 'title')?.knows ?? {})).toEqual([A, B]);
	});

	it('lets the newest win on both sides alike, and says what was decided', () => {
		const [ours, theirs] = [edit(made, { title: 'Ours' }, 2, A), edit(made, { title: 'Theirs' }, 3, B)];
		const [here, there] = [merge(ours, theirs), merge(theirs, ours, { instance: B })];
		expect(here.state).toEqual(there.state);
		expect(valuesOf(here.state).title).toBe('Theirs');
		expect(here.decisions).toEqual([
			{ field: 'title', base: 'One', here: 'Ours', there: 'Theirs', took: 'there', policy: 'newest' },
		]);
		expect(there.decisions[0]?.took).toBe('here');
		expect([here.mustBroadcast, there.mustBroadcast]).toEqual([false, false]);
	});

	for (const [conflict, took, title] of [
		['local', 'here', 'Ours'],
		['remote', 'there', 'Theirs'],
	] as const) {
		it(`decides by ${conflict} with a stamp that wins everywhere`, () => {
			const [ours, theirs] = [edit(made, { title: 'Ours' }, 2, A), edit(made, { title: 'Theirs' }, 3, B)];
			const result = merge(ours, theirs, policy(conflict));
			expect(result).toMatchObject({ mustBroadcast: true, decisions: [{ took, policy: conflict }] });
			const back = merge(theirs, result.state, { instance: B, ...policy('local') });
			expect(valuesOf(back.state).title).toBe(title);
			expect(back).toMatchObject({ decisions: [], mustBroadcast: false });
		});
	}

	it('does not question what was decided once', () => {
		const [ours, theirs] = [edit(made, { title: 'Ours' }, 2, A), edit(made, { title: 'Theirs' }, 3, B)];
		const decided = merge(ours, theirs, policy('local')).state;
		const third = edit(made, { title: 'Third' }, 4, 'cccccccccccc');
		expect(merge(decided, third, policy('local'))).toMatchObject({
			mustBroadcast: false,
			decisions: [{ policy: 'newest', took: 'here' }],
		});
	});
});

describe('manual conflicts', () => {
	const [ours, theirs] = [edit(made, { title: 'Ours' }, 2, A), edit(made, { title: 'Theirs', body: 'New' }, 3, B)];
	const waiting = merge(ours, theirs, policy('manual'));

	it('hold back the field, and nothing else', () => {
		expect(waiting.write).toEqual({ body: 'New' });
		expect(waiting.decisions).toMatchObject([{ field: 'title', took: 'held' }]);
		expect(valuesOf(heldState(waiting.held))).toEqual({ title: 'Theirs' });
	});

	it('are told once', () => {
		const again = merge(waiting.state, theirs, { held: waiting.held, ...policy('manual') });
		expect(again).toMatchObject({ decisions: [], write: {}, closes: [] });
		expect(again.held).toEqual(waiting.held);
	});

	it('keep up with what the other side says meanwhile', () => {
		const later = merge(waiting.state, edit(theirs, { title: 'Later' }, 5, B), { held: waiting.held });
		expect(valuesOf(later.state).title).toBe('Ours');
		expect(valuesOf(heldState(later.held))).toEqual({ title: 'Later' });
	});

	it('are over where ours says the same by now, or the row is gone, and then all hear what was held back', () => {
		const same = edit(waiting.state, { title: 'Theirs' }, 9, A);
		expect(merge(same, theirs, { held: waiting.held })).toMatchObject({
			closes: ['title'],
			mustBroadcast: true,
			write: {},
		});
		const gone = stampDelete(waiting.state, { now: 9, instance: B });
		expect(merge(waiting.state, gone, { held: waiting.held })).toMatchObject({
			deletes: true,
			closes: ['title'],
			mustBroadcast: true,
		});
	});

	it('are over with what somebody chose, on both sides', () => {
		const resolved = resolveFields(waiting.state, waiting.held, { title: 'Chosen' }, { now: 20, instance: A });
		const back = merge(theirs, resolved, { instance: B, held: heldFrom([onlyFields(ours, ['title'])]) });
		expect(back).toMatchObject({ write: { title: 'Chosen' }, closes: ['title'], decisions: [] });
		expect(back.held.size).toBe(0);
	});
});

describe('deletes', () => {
	it('take a row all of whose values were seen', () => {
		const gone = stampDelete(made, { now: 2, instance: B });
		expect(merge(made, gone)).toMatchObject({ deletes: true, exists: false, parked: null, from: 'there' });
		expect(merge(stampDelete(made, { now: 3, instance: A }), gone)).toMatchObject({ deletes: false, write: {} });
	});

	it('of a row that was never here delete nothing', () => {
		const result = merge(NO_STATE, stampDelete(made, { now: 2, instance: B }));
		expect(result).toMatchObject({ deletes: false, exists: false, write: {} });
		expect(merge(result.state, made)).toMatchObject({ exists: false, recreates: false, write: {} });
	});

	const gone = stampDelete(made, { now: 2, instance: B });
	const edited = edit(made, { title: 'Unseen' }, 3, A);

	it('park against an edit they have not seen', () => {
		const result = merge(edited, gone);
		expect(result.state).toBe(edited);
		expect(result).toMatchObject({ deletes: false, exists: true });
		expect(result.parked).toMatchObject({ code: 'DELETE_CONFLICT', deleted: 'there', unseen: ['title'] });
		expect(result.parked?.message).toContain('title');
		expect(merge(gone, edited).parked).toMatchObject({ deleted: 'here', unseen: ['title'] });
	});

	it('need not have seen what their maker is never told of', () => {
		// B is sent the title only.
		const shown = edit(onlyFields(made, ['title']), { title: 'Two' }, 2, B);
		const both = merge(made, shown, { fields: ['title'] }).state;
		const internal = edit(both, { body: 'Unseen' }, 4, A);
		const deleted = stampDelete(shown, { now: 5, instance: B });
		const result = merge(internal, deleted, { fields: ['title'] });
		expect(result).toMatchObject({ deletes: true, parked: null });
		// It is gone for good: what A knows of it is in what it tells.
		expect(merge(internal, result.state)).toMatchObject({ deletes: true, parked: null });
		expect(merge(edit(internal, { title: 'Unseen' }, 6, A), deleted, { fields: ['title'] }).parked).toMatchObject({
			unseen: ['title'],
		});
	});

	it('win or lose by policy, and everybody hears of it', () => {
		expect(merge(edited, gone, policy('newest', 'delete'))).toMatchObject({
			deletes: true,
			mustBroadcast: true,
			deleteDecision: { deleted: 'there', took: 'there', policy: 'delete' },
		});
		const kept = merge(edited, gone, policy('newest', 'update'));
		expect(kept).toMatchObject({ deletes: false, exists: true, write: {}, mustBroadcast: true });
		expect(merge(gone, kept.state, { instance: B })).toMatchObject({
			recreates: true,
			write: { title: 'Unseen', body: 'Text' },
			parked: null,
		});
	});

	it('are over once somebody decided', () => {
		const theirs = joinedState(gone, gone);
		for (const [take, exists] of [
			['update', true],
			['delete', false],
		] as const) {
			const resolved = resolveDelete(edited, theirs, take);
			expect(merge(gone, resolved, { instance: B })).toMatchObject({ exists, parked: null });
			expect(knowsAllOf(resolved, gone) && knowsAllOf(resolved, edited)).toBe(true);
		}
	});

	it('are undone by whoever makes the row again', () => {
		const again = edit(gone, { title: 'Again', body: 'Text' }, 4, B);
		expect(merge(gone, again)).toMatchObject({ recreates: true, write: { title: 'Again', body: 'Text' } });
		expect(merge(again, gone)).toMatchObject({ deletes: false, exists: true });
	});
});

describe('seenByAfter', () => {
	const C = 'cccccccccccc';
	const seen = { here: [A, B], there: [B, C], instance: A };

	it('counts whoever has all of it', () => {
		expect(seenByAfter(merge(NO_STATE, made), seen)).toEqual([A, B, C]);
		expect(seenByAfter(merge(made, made), seen)).toEqual([A, B]);
		const both = merge(edit(made, { title: 'Ours' }, 2, A), edit(made, { body: 'Theirs' }, 3, B));
		expect(seenByAfter(both, seen)).toEqual([A, B]);
		expect(seenByAfter({ ...both, mustBroadcast: true }, seen)).toEqual([A]);
	});
});
