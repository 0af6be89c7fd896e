import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventName } from '../contract/vocabulary.js';
import { createNotedWrites, type Note } from './noted-writes.js';

const item = fc.constantFrom('1', '2', '3');
const event = fc.constantFrom<EventName>('create', 'update', 'delete');
const name = fc.constantFrom('a', 'b');
const step = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ what: fc.constant('note' as const), item, event }) },
	{ weight: 2, arbitrary: fc.record({ what: fc.constant('account' as const), item, event }) },
	{
		weight: 2,
		arbitrary: fc.record({
			what: fc.constantFrom('savepoint' as const, 'release' as const, 'rollback' as const),
			name,
		}),
	},
);

/** The same, by copying everything at each savepoint. */
function model() {
	let notes: Note[] = [];
	let savepoints: { name: string; notes: Note[] }[] = [];
	const at = (wanted: string) => savepoints.findLastIndex((savepoint) => savepoint.name === wanted);
	return {
		notes: () => notes,
		note: (note: Note) => void (notes = [...notes, note]),
		account(of: string, what: EventName) {
			const lastOf = (one: EventName) => notes.findLastIndex((note) => note.item === of && note.event === one);
			const other = { create: 'update', update: 'create', delete: 'delete' } as const;
			const last = lastOf(what) === -1 ? lastOf(other[what]) : lastOf(what);
			if (last !== -1) notes = notes.filter((note, index) => note.item !== of || index > last);
		},
		savepoint: (wanted: string) => void savepoints.push({ name: wanted, notes }),
		release(wanted: string) {
			if (at(wanted) !== -1) savepoints = savepoints.slice(0, at(wanted));
		},
		rollback(wanted: string) {
			const found = savepoints[at(wanted)];
			if (!found) return;
			savepoints = savepoints.slice(0, at(wanted) + 1);
			notes = found.notes;
		},
	};
}

it('leaves exactly what is neither undone nor recorded, over any savepoints', () => {
	fc.assert(
		fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
			const noted = createNotedWrites();
			const expected = model();
			noted.begin();
			for (const one of steps) {
				if (one.what === 'note') {
					const note = { collection: 'posts', item: one.item, event: one.event, fields: null, glimpse: null };
					noted.add(note);
					expected.note(note);
				} else if (one.what === 'account') {
					noted.account('posts', one.item, one.event);
					expected.account(one.item, one.event);
				} else if (one.what === 'rollback') {
					noted.rollbackTo(one.name);
					expected.rollback(one.name);
				} else {
					noted[one.what](one.name);
					expected[one.what](one.name);
				}
			}
			expect(noted.count()).toBe(expected.notes().length);
			expect(noted.take()).toEqual(expected.notes());
			expect(noted.count()).toBe(0);
		}),
		{ numRuns: 2_000 },
	);
});

it('gives what came before a write that is recorded, to be recorded first', () => {
	const noted = createNotedWrites();
	const note = (what: EventName): Note => ({
		collection: 'posts',
		item: '1',
		event: what,
		fields: null,
		glimpse: null,
	});
	noted.add(note('update'));
	noted.add(note('delete'));
	expect(noted.account('posts', '1', 'delete').earlier.map((one) => one.event)).toEqual(['update']);
	expect(noted.count()).toBe(0);
});

it('does work that grows with the number of writes, of one item or of many', () => {
	const noted = createNotedWrites();
	noted.begin();
	for (let index = 0; index < 20_000; index += 1) {
		const of = index % 2 ? '1' : String(index);
		noted.savepoint('s');
		noted.add({ collection: 'posts', item: of, event: 'update', fields: null, glimpse: null });
		if (index % 3 === 0) noted.rollbackTo('s');
		noted.release('s');
		if (index % 5 === 0) noted.account('posts', of, 'update');
	}
	expect(noted.count()).toBeGreaterThan(0);
	noted.end();
});
