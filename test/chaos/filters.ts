import fc from 'fast-check';
import type { Dialect } from '../../src/kernel/core/dialect.js';
import { matchFilter } from '../../src/kernel/filter/filter.js';
import type { Directus } from '../kit/directus.js';

/** What came of comparing our judge of old values with Directus' own answers. */
export interface Compared {
	/** Filters that Directus has answered; the rest it refused. */
	filters: number;
	refused: number;
	/** Pairs of a filter and a row. */
	pairs: number;
	/** Pairs of which our judge says that it cannot tell. */
	unknown: number;
	/** Filters, with a row each, that are judged otherwise than Directus does; at most 20 of them. */
	wrong: { filter: unknown; row: unknown; ours: string; matches: boolean }[];
}

type Row = Record<string, unknown> & { id: number };

const COLLECTION = 'filtered';
const TYPES = {
	text: 'string',
	long: 'text',
	whole: 'integer',
	big: 'bigInteger',
	real: 'float',
	exact: 'decimal',
	flag: 'boolean',
	stamp: 'timestamp',
	wall: 'dateTime',
	day: 'date',
	clock: 'time',
	data: 'json',
	words: 'csv',
	uid: 'uuid',
} as const;
type Field = keyof typeof TYPES;
const SPECIAL: Partial<Record<Field, string>> = { flag: 'cast-boolean', data: 'cast-json', words: 'cast-csv' };

const texts = [
	'',
	'a',
	'A',
	'ab',
	'aB',
	'a b',
	'a_b',
	'a%b',
	'50%',
	'über',
	'UBER',
	'Über',
	'a\\b',
	'a?',
	'5',
	'05',
	'true',
	'null',
	"it's",
	'😀',
	'a ',
];
const days = ['1999-12-31', '2000-01-01', '2024-02-29', '2024-03-01', '2025-12-29', '2026-01-04', '2037-07-15'];
const clocks = ['00:00:00', '09:05:07', '12:30:00', '23:59:59'];
const uuids = ['00000000-0000-4000-8000-000000000001', 'abcdefab-cdef-4abc-8def-abcdefabcdef'];
const moments = days.flatMap((day) => clocks.map((time) => `${day}T${time}`));
const values: Record<Field, readonly unknown[]> = {
	text: texts,
	long: texts,
	whole: [0, 1, -1, 5, 2_147_483_647],
	big: ['0', '5', '9007199254740993', '-9007199254740993'],
	real: [0, 0.5, -1.25, 1024],
	exact: ['0.00', '4.50', '-1.25', '99999.99'],
	flag: [true, false],
	stamp: moments.map((text) => `${text}Z`),
	wall: moments,
	day: days,
	clock: clocks,
	data: [[], [1, 2], { a: 1 }],
	words: [['a'], ['a', 'b c'], ['B']],
	uid: uuids,
};
const nullable = (field: Field) =>
	fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 5, arbitrary: fc.constantFrom(...values[field]) });

const NULLS = ['_null', '_nnull'];
const EQUALITY = ['_eq', '_neq', '_in', '_nin'];
const ORDER = ['_lt', '_lte', '_gt', '_gte', '_between', '_nbetween'];
const LIKE = [
	'contains',
	'ncontains',
	'icontains',
	'starts_with',
	'nstarts_with',
	'istarts_with',
	'nistarts_with',
	'ends_with',
	'nends_with',
	'iends_with',
	'niends_with',
].map((name) => `_${name}`);
const TEXT = [...EQUALITY, ...LIKE, '_empty', '_nempty', ...NULLS];
const OPERATORS: Record<Field, string[]> = {
	text: TEXT,
	long: TEXT,
	words: TEXT,
	whole: [...EQUALITY, ...ORDER, ...NULLS],
	big: [...EQUALITY, ...ORDER, ...NULLS],
	real: [...EQUALITY, ...ORDER, ...NULLS],
	exact: [...EQUALITY, ...ORDER, ...NULLS],
	flag: ['_eq', '_neq', ...NULLS],
	stamp: [...EQUALITY, ...ORDER, ...NULLS],
	wall: [...EQUALITY, ...ORDER, ...NULLS],
	day: [...EQUALITY, ...ORDER, ...NULLS],
	clock: [...EQUALITY, ...ORDER, ...NULLS],
	data: NULLS,
	uid: [...EQUALITY, ...NULLS],
};
const NOWS = ['$NOW', '$NOW(-1 day)', '$NOW(+2 months)', '$NOW(-3 years)'];
const operandOf = (field: Field): fc.Arbitrary<unknown> => {
	const own = fc.constantFrom(...values[field]);
	if (field === 'words') return fc.constantFrom(...texts, 'a,b c', 'b');
	if (field === 'text' || field === 'long') return fc.oneof(own, fc.constantFrom('A%', '_', '%', 5));
	if (field === 'stamp' || field === 'wall' || field === 'day')
		return fc.oneof(own, fc.constantFrom(...NOWS), fc.constantFrom(...days, ...moments));
	return own;
};
const condition = (operators: readonly string[], operand: fc.Arbitrary<unknown>) =>
	fc.constantFrom(...operators).chain((operator): fc.Arbitrary<Record<string, unknown>> => {
		if (operator.endsWith('null') || operator.endsWith('empty'))
			return fc.boolean().map((yes) => ({ [operator]: yes }));
		if (operator.endsWith('between')) return fc.tuple(operand, operand).map((pair) => ({ [operator]: pair }));
		if (operator.endsWith('in')) return fc.array(operand, { maxLength: 3 }).map((list) => ({ [operator]: list }));
		return operand.map((one) => ({ [operator]: one }));
	});
const PARTS = ['year', 'month', 'week', 'day', 'weekday', 'hour', 'minute', 'second'];
const part = fc
	.constantFrom<Field>('stamp', 'wall', 'day')
	.chain((field) =>
		fc.constantFrom(...(field === 'day' ? PARTS.slice(0, 5) : PARTS)).map((name) => `${name}(${field})`),
	);
const leaf = fc.oneof(
	{
		weight: 8,
		arbitrary: fc
			.constantFrom(...(Object.keys(TYPES) as Field[]))
			.chain((field) =>
				fc
					.array(condition(OPERATORS[field], operandOf(field)), { minLength: 1, maxLength: 2 })
					.map((conditions) => ({ [field]: Object.assign({}, ...conditions) as unknown })),
			),
	},
	{
		weight: 1,
		arbitrary: fc
			.tuple(part, condition([...EQUALITY, ...ORDER], fc.constantFrom(0, 1, 4, 5, 9, 12, 23, 52, 53, 59, 2000, 2024)))
			.map(([key, test]) => ({ [key]: test })),
	},
	{
		weight: 1,
		arbitrary: fc.oneof(
			condition(['_some', '_none'], fc.constant({ text: { _eq: 'a' } })).map((children) => ({ children })),
			condition(['_eq', '_neq', '_null'], fc.constantFrom('a', 'ab')).map((text) => ({ parent: { text } })),
		),
	},
);
const { filter } = fc.letrec<{ filter: Record<string, unknown> }>((tie) => ({
	filter: fc.oneof(
		{ maxDepth: 3, withCrossShrink: true },
		leaf,
		fc.tuple(leaf, leaf).map(([a, b]) => ({ ...a, ...b })),
		fc.array(tie('filter'), { maxLength: 3 }).map((list) => ({ _and: list })),
		fc.array(tie('filter'), { maxLength: 3 }).map((list) => ({ _or: list })),
	),
}));

/** Makes the collection that is filtered, with rows that the seed decides. */
export async function prepareFilters(
	directus: Directus,
	{ seed, rows }: { seed: number; rows: number },
): Promise<void> {
	const alias = { field: 'children', type: 'alias', schema: null, meta: { special: ['o2m'], interface: 'list-o2m' } };
	await directus.request('POST', '/collections', {
		collection: COLLECTION,
		schema: {},
		meta: {},
		fields: [
			{ field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
			...Object.entries(TYPES).map(([field, type]) => ({
				field,
				type,
				schema: type === 'decimal' ? { numeric_precision: 10, numeric_scale: 2 } : {},
				meta: { special: SPECIAL[field as Field] ? [SPECIAL[field as Field]] : null },
			})),
			{ field: 'parent', type: 'integer', schema: {}, meta: { special: ['m2o'] } },
			alias,
		],
	});
	await directus.request('POST', '/relations', {
		collection: COLLECTION,
		field: 'parent',
		related_collection: COLLECTION,
		schema: { on_delete: 'SET NULL' },
		meta: { one_field: 'children' },
	});
	const row = fc.record(Object.fromEntries((Object.keys(TYPES) as Field[]).map((field) => [field, nullable(field)])));
	const made = await directus.data<{ id: number }[]>(
		'POST',
		`/items/${COLLECTION}?limit=-1`,
		fc.sample(row, { seed, numRuns: rows }),
	);
	for (const [index, { id }] of made.entries())
		if (index > 0 && index % 3 === 0)
			await directus.request('PATCH', `/items/${COLLECTION}/${id}`, { parent: made[index - 1]?.id });
}

/** Asks Directus for the rows of random filters, and our judge for the same. */
export async function compareFilters(
	directus: Directus,
	{ seed, filters }: { seed: number; filters: number },
): Promise<Compared> {
	const all = await directus.data<Row[]>('GET', `/items/${COLLECTION}?limit=-1&fields=*`);
	const types = new Map<string, string>([...Object.entries(TYPES), ['id', 'integer'], ['parent', 'integer']]);
	const compared: Compared = { filters: 0, refused: 0, pairs: 0, unknown: 0, wrong: [] };
	for (const given of fc.sample(filter, { seed, numRuns: filters })) {
		const query = { filter: given, fields: ['id'], limit: -1 };
		const found = await directus.data<{ id: number }[]>('SEARCH', `/items/${COLLECTION}`, { query }).catch(() => null);
		if (!found) {
			compared.refused += 1;
			continue;
		}
		compared.filters += 1;
		const matching = new Set(found.map(({ id }) => id));
		let isRight = true;
		for (const row of all) {
			const ours = matchFilter(given, row, { now: Date.now(), dialect: directus.database as Dialect, types });
			const matches = matching.has(row.id);
			compared.pairs += 1;
			if (ours === 'unknown') compared.unknown += 1;
			else if ((ours === 'yes') !== matches) {
				// One row of each filter is enough to look at.
				if (isRight && compared.wrong.length < 20) compared.wrong.push({ filter: given, row, ours, matches });
				isRight = false;
			}
		}
	}
	return compared;
}
