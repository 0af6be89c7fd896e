import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepsEveryValue, type ColumnShape } from './column-values.js';

const VENDORS = ['sqlite', 'postgres', 'mysql'];

/** A number as digits: `digits` × 10^-`scale`. */
interface Exact {
	digits: bigint;
	scale: number;
}

const numeric = fc.oneof(
	fc.constant<ColumnShape>({ type: 'integer' }),
	fc.constant<ColumnShape>({ type: 'bigInteger' }),
	fc.constant<ColumnShape>({ type: 'float', dataType: 'real' }),
	fc.constant<ColumnShape>({ type: 'float', dataType: 'double precision' }),
	fc
		.record({ precision: fc.integer({ min: 1, max: 30 }), scale: fc.integer({ min: 0, max: 12 }) })
		.filter(({ precision, scale }) => scale <= precision)
		.map((digits): ColumnShape => ({ type: 'decimal', dataType: 'numeric', ...digits })),
);

/** A value that a column of the shape holds exactly. */
function valueOf(shape: ColumnShape, random: bigint): Exact | null {
	const limit = { integer: 2n ** 31n - 1n, bigInteger: 2n ** 63n - 1n }[shape.type];
	if (limit !== undefined) return { digits: random % (limit + 1n), scale: 0 };
	if (shape.type !== 'decimal') return null;
	return { digits: random % 10n ** BigInt(shape.precision ?? 1), scale: shape.scale ?? 0 };
}

/** What another column makes of a value, as PostgreSQL would; null where it refuses. */
function stored({ digits, scale }: Exact, to: ColumnShape): Exact | null {
	if (to.type === 'decimal' || to.type === 'integer' || to.type === 'bigInteger') {
		const behind = to.type === 'decimal' ? (to.scale ?? 0) : 0;
		const kept =
			behind >= scale ? digits * 10n ** BigInt(behind - scale) : roundedDiv(digits, 10n ** BigInt(scale - behind));
		const limit =
			to.type === 'integer' ? 2n ** 31n : to.type === 'bigInteger' ? 2n ** 63n : 10n ** BigInt(to.precision ?? 1);
		return kept < limit ? { digits: kept, scale: behind } : null;
	}
	const value = Number(`${digits}e-${scale}`);
	const read = to.dataType === 'real' ? Number(Math.fround(value).toPrecision(6)) : Number(value.toPrecision(15));
	// Exponents are spelled out.
	const [mantissa = '0', exponent = '0'] = read.toExponential().split('e');
	const [whole = '0', rest = ''] = mantissa.split('.');
	const shift = Number(exponent) - rest.length;
	const all = BigInt(whole + rest);
	return shift >= 0 ? { digits: all * 10n ** BigInt(shift), scale: 0 } : { digits: all, scale: -shift };
}

const roundedDiv = (a: bigint, b: bigint): bigint => (2n * a + b) / (2n * b);

const same = (a: Exact, b: Exact): boolean => {
	const scale = Math.max(a.scale, b.scale);
	return a.digits * 10n ** BigInt(scale - a.scale) === b.digits * 10n ** BigInt(scale - b.scale);
};

describe('whether a column keeps every value of another', () => {
	it('is said only where each number comes back as it was', () => {
		fc.assert(
			fc.property(numeric, numeric, fc.bigInt({ min: 0n, max: 10n ** 31n }), (from, to, random) => {
				const value = valueOf(from, random);
				if (value === null || !keepsEveryValue(from, to, 'postgres')) return;
				const back = stored(value, to);
				expect(back !== null && same(back, value)).toBe(true);
			}),
			{ numRuns: 3000 },
		);
	});

	it('is denied only where some number does not', () => {
		const exact = numeric.filter(({ type }) => type !== 'float');
		fc.assert(
			fc.property(exact, numeric, (from, to) => {
				if (keepsEveryValue(from, to, 'postgres')) return;
				// The largest one, and the one with the most digits that count.
				const nines = valueOf(from, 10n ** BigInt(from.precision ?? (from.type === 'integer' ? 9 : 18)) - 1n);
				const largest = valueOf(from, from.type === 'integer' ? 2n ** 31n - 1n : 2n ** 63n - 1n);
				const lost = [nines, largest].some((value) => {
					const back = value && stored(value, to);
					return value !== null && (back === null || back === undefined || !same(back, value));
				});
				expect(lost).toBe(true);
			}),
			{ numRuns: 1000 },
		);
	});

	it('holds for the same shape, and for one at least as wide in every respect', () => {
		const shape = fc.oneof(
			numeric,
			fc.record({ type: fc.constant('string'), length: fc.option(fc.integer({ min: 1, max: 300 })) }),
			fc.record({
				type: fc.constantFrom('text', 'json', 'csv', 'date', 'dateTime', 'timestamp', 'time', 'uuid', 'hash'),
			}),
		);
		fc.assert(
			fc.property(shape, fc.constantFrom(...VENDORS), (one, vendor) => {
				if (vendor !== 'mysql' || one.type !== 'timestamp') expect(keepsEveryValue(one, one, vendor)).toBe(true);
			}),
		);
	});

	it.each<[ColumnShape, ColumnShape, string, boolean]>([
		[{ type: 'decimal', precision: 10, scale: 4 }, { type: 'decimal', precision: 10, scale: 1 }, 'postgres', false],
		[{ type: 'decimal', precision: 10, scale: 1 }, { type: 'decimal', precision: 10, scale: 4 }, 'postgres', false],
		[{ type: 'decimal', precision: 10, scale: 4 }, { type: 'decimal', precision: 12, scale: 6 }, 'postgres', true],
		[{ type: 'decimal' }, { type: 'decimal', precision: 10, scale: 5 }, 'postgres', false],
		[{ type: 'float' }, { type: 'decimal', precision: 10, scale: 1 }, 'postgres', false],
		[{ type: 'integer' }, { type: 'float', dataType: 'real' }, 'postgres', false],
		[{ type: 'integer' }, { type: 'float' }, 'sqlite', true],
		[{ type: 'float', dataType: 'double precision' }, { type: 'float', dataType: 'real' }, 'postgres', false],
		[{ type: 'integer' }, { type: 'decimal', precision: 10, scale: 5 }, 'postgres', false],
		[{ type: 'bigInteger' }, { type: 'integer' }, 'mysql', false],
		[{ type: 'decimal', precision: 10, scale: 0 }, { type: 'integer' }, 'postgres', false],
		[{ type: 'decimal', precision: 9, scale: 0 }, { type: 'integer' }, 'postgres', true],
		[{ type: 'decimal', precision: 19, scale: 0 }, { type: 'bigInteger' }, 'mysql', false],
		[{ type: 'string', length: 255 }, { type: 'string', length: 100 }, 'mysql', false],
		[{ type: 'string', length: null }, { type: 'string', length: 255 }, 'postgres', false],
		[{ type: 'string', length: 255 }, { type: 'text' }, 'mysql', true],
		[{ type: 'text' }, { type: 'string', length: 255 }, 'postgres', false],
		[{ type: 'uuid' }, { type: 'string', length: 20 }, 'postgres', false],
		[{ type: 'uuid' }, { type: 'string', length: 255 }, 'postgres', true],
		[{ type: 'string', length: 36 }, { type: 'uuid' }, 'postgres', false],
		[{ type: 'dateTime' }, { type: 'timestamp' }, 'mysql', false],
		[{ type: 'dateTime' }, { type: 'timestamp' }, 'postgres', true],
		[{ type: 'timestamp' }, { type: 'date' }, 'postgres', false],
		[{ type: 'text' }, { type: 'json' }, 'postgres', false],
		[{ type: 'geometry.Point' }, { type: 'geometry' }, 'postgres', true],
	])('says of %j to %j on %s: %s', (from, to, vendor, kept) => {
		expect(keepsEveryValue(from, to, vendor)).toBe(kept);
	});
});
