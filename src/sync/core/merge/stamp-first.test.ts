import { describe, expect, it } from 'vitest';
import { mergeRow } from './merge-row.js';
import { NO_STATE, type RowState } from './row-state.js';
import { stampEdits, valuesOf } from './stamp-edits.js';
import { stampFirst, stampRead } from './stamp-first.js';
import type { SyncField } from '../rules/sync-model.js';

const [HERE, THERE] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];
const field = (name: string, more: Partial<SyncField> = {}): [string, SyncField] => [
	name,
	{ field: name, kind: 'value', type: 'string', related: null, typeField: null, required: false, ...more },
];
const model = { fields: new Map([field('title'), field('status', { default: 'draft' }), field('rank')]) };

const merged = (here: RowState, there: RowState, conflict: 'newest' | 'manual' | 'remote' | 'local') =>
	mergeRow({
		local: here,
		remote: there,
		fields: null,
		policies: { conflict, onDelete: 'park' },
		held: new Map(),
		agreed: {},
		now: 10_000,
		instance: HERE,
	});

describe('what a database fills in', () => {
	// The other side has sent the title alone; the row was made here, and its other fields are as they were made.
	const { state: sent } = stampEdits(NO_STATE, { title: 'one' }, { now: 1_000, instance: THERE });
	const made = stampRead(sent, { title: 'one', status: 'draft', rank: null }, { now: 5_000, instance: HERE, model });
	const { state: theirs } = stampEdits(sent, { title: 'one', status: 'published' }, { now: 2_000, instance: THERE });

	it('is told to others', () => {
		expect(made.changed).toEqual(['status', 'rank']);
		expect(valuesOf(made.state)).toEqual({ title: 'one', status: 'draft', rank: null });
	});

	it.each(['newest', 'manual', 'remote', 'local'] as const)(
		'gives way to what somebody has set, earlier and elsewhere, without a question (%s)',
		(policy) => {
			for (const [here, there] of [
				[made.state, theirs],
				[theirs, made.state],
			] as const) {
				const merge = merged(here, there, policy);
				expect(valuesOf(merge.state)).toEqual({ title: 'one', status: 'published', rank: null });
				expect([merge.decisions, [...merge.held]]).toEqual([[], []]);
			}
		},
	);

	it('counts like anything else once somebody has set it', () => {
		const set = stampRead(made.state, { status: 'published' }, { now: 6_000, instance: HERE, model });
		const back = stampRead(set.state, { status: 'draft' }, { now: 7_000, instance: HERE, model });
		expect(valuesOf(merged(theirs, back.state, 'newest').state)['status']).toBe('draft');
	});

	it('is known of new rows, and not taken for granted of rows that were edited', () => {
		const read = { title: 'two', status: 'draft', rank: null };
		const { state: earlier } = stampEdits(NO_STATE, { ...read, status: 'published' }, { now: 2_000, instance: THERE });
		const first = (isNew: boolean) => stampFirst(read, { at: 5_000, isNew, instance: HERE, model });
		expect(valuesOf(merged(first(true), earlier, 'newest').state)['status']).toBe('published');
		expect(valuesOf(merged(first(false), earlier, 'newest').state)['status']).toBe('draft');
	});
});
