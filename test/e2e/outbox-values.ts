import fc from 'fast-check';
import type { Row } from '../../src/kernel/core/row.js';
import type { NewChange } from '../../src/capture/new-change.js';

/** Pieces that have a meaning somewhere on the way: to Knex, to the databases, to JSON, to the outbox itself. */
const PIECES = [
	...String.raw`\ \\ ? \? ?? :name $1 ' '' " ; -- /* % _ { } $date \u0000 \0 \x00 \n E\ * null NaN 0 -1e9`.split(' '),
	...'` | \n | \r\n | \t | \u2028 | \u00a0 | \u200d | \ufeff | \ufffd | savepoint downstream'.split(' | '),
	...'😀 👩‍👩‍👧 é e\u0301 ß İ 中 \u202e'.split(' '),
];
const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 5 }));
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
/** Larger than any buffer on the way. */
const long = fc
	.tuple(text, fc.integer({ min: 1, max: 40_000 }))
	.map(([some, times]) => some.repeat(times).slice(0, 150_000));

const json = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 3 },
		text,
		fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 53 - 1),
		fc.array(tie('value'), { maxLength: 3 }),
		// What looks like the forms in which dates and bytes are kept.
		fc.dictionary(fc.oneof(text, fc.constantFrom('$date', '$binary', '$value', 'columns', 'absent')), tie('value'), {
			maxKeys: 3,
			noNullPrototype: true,
		}),
	),
})).value;

const value = fc.oneof(
	{ weight: 6, arbitrary: text },
	{ weight: 4, arbitrary: json },
	{ weight: 1, arbitrary: long },
	{ weight: 1, arbitrary: fc.date({ noInvalidDate: true }) },
	{ weight: 1, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
);
/** No object takes `__proto__` for a name of its own as it takes others. */
const row: fc.Arbitrary<Row> = fc
	.dictionary(
		text.filter((name) => name !== '__proto__'),
		value,
		{ maxKeys: 5, noNullPrototype: true },
	)
	.map((some) => ({ id: 1, ...some }));

/** No database holds half a character; PostgreSQL holds no NUL either. What is longer than a key is none. */
const key = text.map((some) => [...some].slice(0, 200).join('').toWellFormed().replaceAll('\0', '') || 'key');

/** Changes with old values that anybody may have written, as capture gives them. */
export const anyChanges: fc.Arbitrary<NewChange[]> = fc.array(
	fc.record({
		collection: fc.constant('articles'),
		item: key,
		event: fc.constantFrom('update' as const, 'delete' as const),
		at: fc.nat(),
		user: fc.constant(null),
		before: fc.record({
			columns: row,
			between: fc.option(fc.dictionary(text, text, { maxKeys: 2, noNullPrototype: true })),
			related: fc.constant(null),
		}),
		fields: fc.option(fc.array(text, { maxLength: 3 })),
		source: fc.constant('activity' as const),
	}),
	{ minLength: 1, maxLength: 4 },
);
