import fc from 'fast-check';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { directusFolder, directusVersions } from '../../../test/kit/playground.js';
import { isOfUser, resolveFilter, resolveNow } from './resolve-filter.js';

const NOW = Date.UTC(2026, 0, 31, 12, 30, 15, 250);
const at = (variable: string) => resolveNow(variable, NOW).toISOString();

describe('the moment that $NOW stands for', () => {
	it.each([
		['$NOW', '2026-01-31T12:30:15.250Z'],
		['$NOW(-1 day)', '2026-01-30T12:30:15.250Z'],
		['$NOW(+1 month)', '2026-02-28T12:30:15.250Z'],
		['$NOW(2 hours)', '2026-01-31T14:30:15.250Z'],
		['$NOW(-30 minutes)', '2026-01-31T12:00:15.250Z'],
		['$NOW(-1 year)', '2025-01-31T12:30:15.250Z'],
		['$NOW(nonsense)', '2026-01-31T12:30:15.250Z'],
	])('%s is %s', (variable, iso) => expect(at(variable)).toBe(iso));
});

it('resolves variables of the current user to null', () => {
	expect(isOfUser('$CURRENT_USER.role')).toBe(true);
	expect(resolveFilter({ owner: { _eq: '$CURRENT_USER' } }, NOW)).toEqual({ owner: { _eq: null } });
});

it('keeps every condition of one object', () => {
	expect(resolveFilter({ n: { _gt: 4, _lte: 5 } }, NOW)).toEqual({ _and: [{ n: { _gt: 4 } }, { n: { _lte: 5 } }] });
});

it('is idempotent', () => {
	const once = resolveFilter({ a: { b: { _lt: '$NOW', _in: '1,2' } }, c: { _between: ['$NOW(-1 day)', '$NOW'] } }, NOW);
	expect(resolveFilter(once, NOW + 1_000)).toEqual(once);
});

const units = [
	'',
	's',
	'sec',
	'minutes',
	'm',
	'hrs',
	'h',
	'days',
	'd',
	'w',
	'weeks',
	'mo',
	'mth',
	'month',
	'y',
	'yrs',
	'ms',
	'msec',
	'eon',
];
const now = fc
	.tuple(
		fc.constantFrom('', '+', '-'),
		fc.oneof(fc.nat(400).map(String), fc.constantFrom('1.5', '.5', 'x', '')),
		fc.constantFrom('', ' '),
		fc.constantFrom(...units),
	)
	.map((parts) => `$NOW(${parts.join('')})`);
const operand = fc.oneof(
	now,
	fc.constantFrom(
		'$NOW',
		'$CURRENT_USER',
		'$CURRENT_ROLES',
		'$CURRENT_ROLE.name',
		'true',
		'false',
		'null',
		'NULL',
		'a,b',
		'',
		5,
		1.5,
		true,
		null,
	),
	fc.string({ maxLength: 5 }),
);
const condition = fc.oneof(
	fc.dictionary(fc.constantFrom('_eq', '_neq', '_lt', '_gte', '_contains', '_null', '_empty'), operand, {
		minKeys: 1,
		maxKeys: 3,
	}),
	fc.dictionary(
		fc.constantFrom('_in', '_nin', '_between', '_nbetween'),
		fc.oneof(fc.array(operand, { maxLength: 3 }), fc.constant('a,$NOW,b')),
		{ minKeys: 1, maxKeys: 2 },
	),
);
const { filter } = fc.letrec<{ filter: Record<string, unknown>; inner: Record<string, unknown> }>((tie) => ({
	inner: fc.oneof(
		{ maxDepth: 3 },
		condition,
		fc.dictionary(fc.constantFrom('a', 'b', 'year(c)', '_some', '_none'), condition, { minKeys: 1, maxKeys: 2 }),
		tie('filter'),
	),
	filter: fc.oneof(
		{ maxDepth: 3 },
		fc.dictionary(fc.constantFrom('a', 'b', 'c:x'), tie('inner'), { maxKeys: 3 }),
		fc.record({ _and: fc.array(tie('filter'), { maxLength: 3 }) }),
		fc.record({ _or: fc.array(tie('filter'), { maxLength: 3 }), a: condition }),
	),
}));

/** Its own functions, as they are in the packages that the playground has. */
describe.each(directusVersions())('filters as Directus %s resolves them', (version) => {
	beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
	afterEach(() => void vi.useRealTimers());

	it('resolves every filter alike', { timeout: 120_000 }, async () => {
		const file = join(directusFolder(version), 'node_modules', '@directus', 'utils', 'dist', 'shared', 'index.js');
		const { parseFilter } = (await import(pathToFileURL(file).href)) as {
			parseFilter: (filter: unknown, accountability: null) => unknown;
		};
		fc.assert(
			fc.property(filter, (given) => {
				expect(resolveFilter(given, NOW)).toEqual(parseFilter(structuredClone(given), null));
			}),
			{ numRuns: 500 },
		);
	});
});
