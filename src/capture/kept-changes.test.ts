import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createKeptChanges } from './kept-changes.js';

const name = fc.constantFrom('a', 'b');
interface Step {
	what: 'keep' | 'write' | 'fail' | 'failed' | 'savepoint' | 'release' | 'rollback' | 'commit' | 'undo';
	/** Of a savepoint. */
	name: string;
}

const named = (...all: Step['what'][]): fc.Arbitrary<Step> => fc.record({ what: fc.constantFrom(...all), name });
const step = fc.oneof(
	{ weight: 5, arbitrary: named('keep') },
	{ weight: 2, arbitrary: named('write', 'fail') },
	{ weight: 4, arbitrary: named('savepoint', 'release', 'rollback') },
	{ weight: 1, arbitrary: named('failed') },
	{ weight: 1, arbitrary: named('commit', 'undo') },
);

/** A transaction of a database as it is: every savepoint is a copy of its rows. */
function transaction() {
	let rows: number[] = [];
	let savepoints: { name: string; rows: number[] }[] = [];
	const at = (wanted: string) => savepoints.findLastIndex((savepoint) => savepoint.name === wanted);
	return {
		rows: () => rows,
		insert: (added: readonly number[]) => void (rows = [...rows, ...added]),
		savepoint: (wanted: string) => void savepoints.push({ name: wanted, rows }),
		release(wanted: string) {
			if (at(wanted) !== -1) savepoints = savepoints.slice(0, at(wanted));
		},
		rollbackTo(wanted: string) {
			const found = savepoints[at(wanted)];
			if (!found) return;
			savepoints = savepoints.slice(0, at(wanted) + 1);
			rows = found.rows;
		},
	};
}

it('writes what each transaction would have written at once, in order, over savepoints and failed writes', () => {
	const seed = process.env['DOWNSTREAM_TEST_SEED'];
	fc.assert(
		fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
			const kept = createKeptChanges<number>();
			/** Written at once, and written as it is kept. */
			let [wanted, database] = [transaction(), transaction()];
			let failing: ReturnType<typeof kept.take>[] = [];
			let made = 0;
			for (const { what, name: of } of steps) {
				if (what === 'keep') {
					made += 1;
					kept.keep(made);
					wanted.insert([made]);
				} else if (what === 'write') {
					database.insert(kept.take().changes);
				} else if (what === 'fail') {
					// The answer comes later, whatever happens meanwhile.
					if (failing.length === 0) failing.push(kept.take());
				} else if (what === 'failed') {
					for (const taken of failing) kept.giveBack(taken);
					failing = [];
				} else if (what === 'commit' || what === 'undo') {
					if (what === 'commit') {
						for (const taken of failing) kept.giveBack(taken);
						database.insert(kept.take().changes);
						expect(database.rows().toSorted((a, b) => a - b)).toEqual(wanted.rows());
						failing = [];
					}
					kept.clear();
					[wanted, database] = [transaction(), transaction()];
				} else {
					if (what === 'rollback') for (const one of [kept, wanted, database]) one.rollbackTo(of);
					else for (const one of [kept, wanted, database]) one[what](of);
				}
			}
			for (const taken of failing) kept.giveBack(taken);
			database.insert(kept.take().changes);
			expect(database.rows().toSorted((a, b) => a - b)).toEqual(wanted.rows());
		}),
		{
			numRuns: 3_000,
			...(seed ? { seed: Number(seed) } : {}),
			examples: [
				// A savepoint is made and gone back to while a write before it has not been answered, which then fails.
				[(['keep', 'fail', 'savepoint', 'write', 'failed', 'rollback'] as const).map((what) => ({ what, name: 'b' }))],
			],
		},
	);
});

it('keeps the order of what is written', () => {
	const kept = createKeptChanges<number>();
	kept.keep(1);
	kept.savepoint('a');
	kept.keep(2);
	expect(kept.take().changes).toEqual([1, 2]);
	kept.keep(3);
	kept.rollbackTo('a');
	kept.keep(4);
	expect(kept.take().changes).toEqual([1, 4]);
});

it('is full once so much waits, and no more after writing it has failed, until the next transaction', () => {
	const kept = createKeptChanges<number>(2);
	kept.keep(1);
	expect(kept.isFull()).toBe(false);
	kept.keep(2);
	expect(kept.isFull()).toBe(true);
	kept.giveBack(kept.take());
	expect(kept.count()).toBe(2);
	expect(kept.isFull()).toBe(false);
	kept.clear();
	kept.keep(3);
	kept.keep(4);
	expect(kept.isFull()).toBe(true);
});
