import type { Row } from '../kernel/core/row.js';
import type { SchemaOverview } from '@directus/types';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { collection, field, relation } from '../../test/schema-overview.js';
import { ALL_ITEMS } from '../contract/vocabulary.js';
import { buildWatch } from './core/watch.js';
import { findVictims } from './find-cascades.js';
import type { Handle } from './capture-ports.js';

interface ForeignKey {
	from: string;
	field: string;
	to: string;
	onDelete: string;
}
type Tables = Record<string, Row[]>;

const NAMES = ['a', 'b', 'c', 'd'];

/** Random tables with random foreign keys, circles and tables that refer to themselves included, and random rows. */
const worlds = fc
	.array(
		fc.record({
			from: fc.constantFrom(...NAMES),
			to: fc.constantFrom(...NAMES),
			onDelete: fc.constantFrom('CASCADE', 'CASCADE', 'SET NULL', 'SET DEFAULT', 'NO ACTION'),
		}),
		{ minLength: 1, maxLength: 7 },
	)
	.map((edges): ForeignKey[] => edges.map((edge, index) => ({ ...edge, field: `f${index}` })))
	.chain((edges) =>
		fc.record({
			edges: fc.constant(edges),
			watched: fc.subarray(NAMES, { minLength: 1 }),
			deleted: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
			tables: fc.record(
				Object.fromEntries(
					NAMES.map((name) => [
						name,
						fc
							.array(
								fc.record(
									Object.fromEntries(
										edges
											.filter(({ from }) => from === name)
											.map((edge) => [edge.field, fc.option(fc.integer({ min: 1, max: 6 }))] as const),
									),
								),
								{ minLength: 1, maxLength: 6 },
							)
							.map((rows): Row[] => rows.map((row, index) => ({ id: index + 1, ...row }))),
					]),
				),
			),
		}),
	);

function schemaOf(edges: ForeignKey[]): SchemaOverview {
	return {
		collections: Object.fromEntries(
			NAMES.map((name) => [
				name,
				collection(name, [
					field('id', 'integer'),
					...edges.filter(({ from }) => from === name).map((edge) => field(edge.field, 'integer')),
				]),
			]),
		),
		relations: edges.map((edge) => ({
			...relation([edge.from, edge.field], edge.to),
			schema: { on_delete: edge.onDelete } as never,
		})),
	};
}

/** What a database does, step by step, until nothing more happens. */
function truth(tables: Tables, edges: ForeignKey[], deleted: string[]): Map<string, string> {
	const happened = new Map(deleted.map((place) => [place, 'delete']));
	let known = -1;
	while (known < happened.size) {
		known = happened.size;
		for (const { from, field: column, to, onDelete } of edges) {
			for (const row of onDelete === 'CASCADE' ? (tables[from] ?? []) : [])
				if (happened.has(`${to}/${String(row[column])}`)) happened.set(`${from}/${String(row['id'])}`, 'delete');
		}
	}
	const gone = new Set(happened.keys());
	for (const { from, field: column, to, onDelete } of edges) {
		for (const row of onDelete.startsWith('SET') ? (tables[from] ?? []) : []) {
			const place = `${from}/${String(row['id'])}`;
			if (!gone.has(place) && gone.has(`${to}/${String(row[column])}`)) happened.set(place, 'update');
		}
	}
	for (const place of deleted) happened.delete(place);
	return happened;
}

const handleOn = (tables: Tables) =>
	({
		rows: (name, column, values, columns, limit) =>
			Promise.resolve(
				(tables[name] ?? [])
					.filter(
						(row) => column === null || (row[column] !== null && values.map(String).includes(String(row[column]))),
					)
					.slice(0, limit)
					.map((row) => Object.fromEntries(columns.map((one) => [one, row[one]]))),
			),
	}) as Pick<Handle, 'rows'> as Handle;

it('finds exactly what the database deletes and empties, over any foreign keys, circles too', async () => {
	await fc.assert(
		fc.asyncProperty(worlds, async ({ edges, watched, deleted, tables }) => {
			const watch = buildWatch([], schemaOf(edges), watched);
			const keys = deleted.filter((key) => (tables['a'] ?? []).some((row) => row['id'] === key));
			const victims = await findVictims('a', keys, handleOn(tables), { watch: () => watch, primary: () => 'id' });
			const found = new Map(
				[...victims.values()].flat().map(({ collection: name, item, event }) => [`${name}/${item}`, event] as const),
			);
			const happened = truth(
				tables,
				edges,
				keys.map((key) => `a/${key}`),
			);
			const expected = [...happened].filter(([place]) => watched.includes(place.split('/')[0] ?? ''));
			expect([...found].toSorted()).toEqual(expected.toSorted());
			expect([...victims.keys()].every((cause) => keys.map(String).includes(cause))).toBe(true);
		}),
		{ numRuns: 500 },
	);
});

it('records a row once, as deleted, if one deletion empties its reference and another one deletes it', async () => {
	const edges = [
		{ from: 'c', field: 'a', to: 'a', onDelete: 'CASCADE' },
		{ from: 'b', field: 'emptied', to: 'c', onDelete: 'SET NULL' },
		{ from: 'b', field: 'taken', to: 'c', onDelete: 'CASCADE' },
	];
	const watch = buildWatch([], schemaOf(edges), ['b']);
	const tables = {
		b: [{ id: 1, emptied: 3, taken: 1 }],
		c: [
			{ id: 1, a: 4 },
			{ id: 3, a: 1 },
		],
	};
	const victims = await findVictims('a', [1, 4], handleOn(tables), { watch: () => watch, primary: () => 'id' });
	expect([...victims.values()].flat()).toMatchObject([{ collection: 'b', item: '1', event: 'delete' }]);
});

it('names whole collections, and those that follow from them, if rows are too many', async () => {
	const edges = [
		{ from: 'b', field: 'a', to: 'a', onDelete: 'CASCADE' },
		{ from: 'c', field: 'b', to: 'b', onDelete: 'CASCADE' },
	];
	const watch = buildWatch([], schemaOf(edges), ['c']);
	const tables = {
		b: Array.from({ length: 10_001 }, (_, index) => ({ id: index, a: 1 })),
		c: [{ id: 1, b: 10_000 }],
	};
	const victims = await findVictims('a', [1], handleOn(tables), { watch: () => watch, primary: () => 'id' });
	expect([...victims.values()].flat()).toMatchObject([{ collection: 'c', item: ALL_ITEMS, event: 'update' }]);
});

it('finds dependent rows if the database writes the key in another case than the request', async () => {
	const watch = buildWatch([], schemaOf([{ from: 'b', field: 'a', to: 'a', onDelete: 'CASCADE' }]), ['b']);
	const handle = { rows: () => Promise.resolve([{ id: 1, a: 'nl' }]) } as unknown as Handle;
	const victims = await findVictims('a', ['NL'], handle, { watch: () => watch, primary: () => 'id' });
	expect(victims.get('NL')).toMatchObject([{ collection: 'b', item: '1', event: 'delete' }]);
});
