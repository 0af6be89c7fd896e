import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliserOf } from './normal-value.js';

const normal = (type: string, value: unknown) => normaliserOf(type)?.(value);
const LOCAL = new Date(2026, 1, 3, 4, 5, 6, 789);
const UTC = new Date('2026-02-03T04:05:06.789Z');

/** By type, one content as SQLite, PostgreSQL, MariaDB and Directus give it. */
const same: [type: string, normal: unknown, given: unknown[]][] = [
	['string', 'Text', ['Text']],
	['text', '12', ['12', 12]],
	['uuid', '6f9619ff-8b86-4011-b42d-00c04fc964ff', ['6F9619FF-8B86-4011-B42D-00C04FC964FF']],
	['integer', 12, [12, '12', 12n]],
	['integer', 1, [true, 1]],
	['bigInteger', '9007199254740993', ['9007199254740993', 9007199254740993n, '+09007199254740993']],
	['bigInteger', '7', [7, '7', '007']],
	['float', '48.85837', [48.85837, '48.85837', Math.fround(48.85837), '48.858370']],
	['float', '-0.1', [-0.1, Math.fround(-0.1)]],
	// What is a decimal elsewhere.
	['float', '12345678.91', [12345678.91, '12345678.910']],
	['float', '3.5', [3.5, '3.50']],
	['decimal', '1.5', [1.5, '1.50000', '01.5', '1.5']],
	['decimal', '100', [100, '100.00', '1e2', '100']],
	['decimal', '0', [0, -0, '0.000', '-0.00', '.0']],
	['decimal', '-0.00000012', [-1.2e-7, '-0.000000120']],
	['decimal', '123456789012345678.12', ['123456789012345678.120']],
	['boolean', true, [true, 1, '1', Buffer.from([1])]],
	['boolean', false, [false, 0, '0', Buffer.from([0])]],
	['json', { b: [1, null], a: 'x' }, [{ b: [1, null], a: 'x' }, '{"b":[1,null],"a":"x"}']],
	['json', ['a'], [['a'], '["a"]', '[ "a" ]']],
	['json', 'plain', ['plain', '"plain"']],
	['csv', ['a', 'b'], ['a,b', ['a', 'b']]],
	['csv', [], ['', [], ['']]],
	['date', '2026-02-03', ['2026-02-03', '2026-02-03T00:00:00', LOCAL, LOCAL.getTime(), String(LOCAL.getTime())]],
	['dateTime', '2026-02-03T04:05:06', ['2026-02-03 04:05:06', '2026-02-03T04:05:06.000']],
	[
		'dateTime',
		'2026-02-03T04:05:06.789',
		['2026-02-03 04:05:06.789', '2026-02-03T04:05:06.789123', LOCAL, LOCAL.getTime()],
	],
	['time', '04:05:06', ['04:05:06', '04:05:06.000000']],
	['time', '04:05:06.789', ['04:05:06.789', '04:05:06.789000', LOCAL]],
	['time', '04:05:06.500', ['04:05:06.5']],
	['time', '04:05:00', ['04:05']],
	[
		'timestamp',
		'2026-02-03T04:05:06.789Z',
		[UTC, UTC.getTime(), String(UTC.getTime()), UTC.toISOString(), '2026-02-03T05:05:06.789+01:00'],
	],
	[
		'geometry.Point',
		{ type: 'Point', coordinates: [8, 50] },
		[{ type: 'Point', coordinates: [8, 50], crs: { type: 'name' } }, '{"type":"Point","coordinates":[8,50]}'],
	],
];

describe('the normal form of a value', () => {
	it.each(same)('of type %s is %j, whoever gives it', (type, expected, given) => {
		for (const value of [...given, expected]) expect(normal(type, value)).toEqual(expected);
	});

	it('has nothing for what is empty, and never travels for secrets and bytes', () => {
		for (const [type] of same) expect([normal(type, null), normal(type, undefined)]).toEqual([null, null]);
		for (const type of ['hash', 'binary', 'alias']) expect(normaliserOf(type)).toBeNull();
	});

	it('leaves what it cannot read as it is, so that it is seen', () => {
		expect(normal('integer', 'twelve')).toBe('twelve');
		expect(normal('integer', '')).toBe('');
		expect(normal('decimal', 'NaN')).toBe('NaN');
		expect(normal('timestamp', 'yesterday')).toBe('yesterday');
		expect(normal('date', '0000-00-00')).toBe('0000-00-00');
	});

	it('stays as it is, whatever it was made of', () => {
		const value = fc.oneof(
			fc.string(),
			fc.double({ noNaN: true }),
			fc.integer(),
			fc.bigInt(),
			fc.boolean(),
			fc.date({ noInvalidDate: true }),
			fc.jsonValue(),
			fc.json(),
			fc.array(fc.string()),
			fc.integer().map(String),
			fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
		);
		fc.assert(
			fc.property(fc.constantFrom(...same.map(([type]) => type)), value, (type, given) => {
				const once = normal(type, given);
				expect(normal(type, once)).toEqual(once);
				expect(normal(type, JSON.parse(JSON.stringify(once)))).toEqual(JSON.parse(JSON.stringify(once)));
			}),
			{ numRuns: 5_000, examples: [['time', { toString: null }]] },
		);
	});
});
