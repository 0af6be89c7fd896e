import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ELEMENT_KINDS, type Snapshot } from '../../contract/bundle.js';
import { baseElements, baseSchema, ROWS, someMoves } from '../../../test/config/moves.js';
import { memoryDatabase } from '../../../test/kit/memory-database.js';
import { isRecord } from '../../kernel/core/is-record.js';
import type { Row } from '../../kernel/core/row.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import type { ConfigState } from '../core/elements/config-state.js';
import { kinds } from '../core/elements/kinds.js';
import { movedState } from '../core/moves/move-bundle.js';
import { renamedBy, reversed, type Move } from '../core/moves/move-names.js';
import { moveSteps } from '../core/moves/move-steps.js';
import { applyMove, completeMoves } from './config-moves.js';
import { renameTable } from './rename-table.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const TABLES = [
	'directus_policies',
	'directus_permissions',
	'directus_presets',
	'directus_dashboards',
	'directus_panels',
	'directus_flows',
	'directus_operations',
];
const META = {
	directus_collections: 'collections',
	directus_fields: 'fields',
	directus_relations: 'relations',
} as const;

let database: Knex;
let state: ConfigState;

/** As Directus' service for items stores it: what is no text or number as JSON. */
const stored = (values: Row): Row =>
	Object.fromEntries(Object.entries(values).map(([key, value]) => [key, storedValue(value)]));
const storedValue = (value: unknown) =>
	Array.isArray(value) || isRecord(value) ? JSON.stringify(value) : typeof value === 'boolean' ? Number(value) : value;

/** The calls that a move makes of it. */
class ItemsService {
	readonly table: string;
	readonly options: { knex: Knex };
	constructor(table: string, options: { knex: Knex }) {
		this.table = table;
		this.options = options;
	}

	async updateOne(key: string | number, values: Row): Promise<void> {
		const column = this.table === 'directus_collections' ? 'collection' : 'id';
		const changed = await this.options
			.knex(this.table)
			.where({ [column]: key })
			.update(stored(values));
		if (changed !== 1) throw new Error(`${this.table} has no ${key}`);
	}

	async readByQuery({ filter }: { filter: { collection: { _eq: string } } }): Promise<Row[]> {
		const rows = (await this.options.knex(this.table).where({ collection: filter.collection._eq })) as Row[];
		const parsed = rows.filter((row) => this.table !== 'directus_presets' || row['user'] !== null);
		return parsed.map((row) =>
			Object.fromEntries(
				Object.entries(row).map(([key, value]) => [
					key,
					typeof value === 'string' && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value,
				]),
			),
		);
	}
}

const services = { ItemsService } as unknown as DirectusServices;
const schema = { collections: { directus_versions: { fields: { delta: {} } } } } as unknown as SchemaOverview;

beforeEach(async () => {
	database = memoryDatabase();
	(database.client as { config: { client: string } }).config.client = 'sqlite3';
	const snapshot: Snapshot = {
		version: 1,
		directus: '12.4.0',
		vendor: 'sqlite',
		collections: [],
		fields: [],
		relations: [],
	};
	baseSchema(snapshot);
	const bundle: Parameters<typeof baseElements>[0] = { version: 1, directus: '12.4.0', schema: snapshot, elements: {} };
	baseElements(bundle);
	const rows = Object.fromEntries(
		ELEMENT_KINDS.map((kind) => [
			kind,
			(bundle.elements[kind] ?? []).map(({ _syncId, ...values }, index) => ({ ...values, id: index + 1, user: null })),
		]),
	) as unknown as ConfigState['rows'];
	state = { rows, snapshot } as unknown as ConfigState;
	for (const table of TABLES) await fill(table, rowsOf(table));
	for (const [table, kind] of Object.entries(META))
		await fill(
			table,
			snapshot[kind].map((entry, index) => {
				const meta = { ...Object(entry['meta']) } as Row;
				return kind === 'collections' ? { group: null, ...meta } : { id: index + 1, ...meta };
			}),
		);
	for (const table of ['directus_activity', 'directus_revisions', 'directus_comments', 'directus_shares'])
		await fill(table, [{ id: 1, collection: 'm_articles' }]);
	await fill('directus_versions', [{ id: 'draft', collection: 'm_articles', delta: { slug: 'draft', rank: 2 } }]);
	await database('directus_presets').insert(
		stored({ id: 99, user: 'someone', collection: 'm_articles', layout_query: { tabular: { fields: ['slug'] } } }),
	);
	for (const [table, list] of Object.entries(ROWS)) await fill(table, list);
});
afterEach(() => database.destroy());

function rowsOf(table: string): Row[] {
	const kind = ELEMENT_KINDS.find((name) => kinds[name].table === table);
	return kind ? (state.rows[kind] as Row[]) : [];
}

async function fill(table: string, rows: Row[]): Promise<void> {
	const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	await database.schema.createTable(table, (made) => {
		for (const column of columns) made.specificType(column, '');
	});
	for (const row of rows) await database(table).insert(stored(row));
}

async function move(moves: readonly Move[], from = state): Promise<void> {
	for (const { step } of moveSteps(from, moves))
		await applyMove(step, { database, services, schema, commitsAtOnce: false });
}

/** What the tables hold that say which collections, fields and elements there are. */
async function everything(): Promise<Record<string, unknown>> {
	const tables = await database('sqlite_master').where({ type: 'table' }).pluck<string[]>('name');
	const all: Record<string, unknown> = {};
	for (const table of tables.toSorted()) {
		const rows = (await database(table).select('*')) as Row[];
		all[table] = rows.map((row) => JSON.stringify(row)).toSorted();
	}
	return all;
}

describe(`moves in the database (seed ${SEED})`, () => {
	it('make of it what the plan was made from, and reversed what it was', async () => {
		for (let index = 0; index < 12; index++) {
			const moves = someMoves(SEED + index);
			const before = await everything();
			await move(moves);
			const after = movedState(state, moves);
			for (const [table, kind] of Object.entries(META)) {
				const rows = (await database(table).select('*')) as Row[];
				const names = (row: Row) =>
					kind === 'collections'
						? row['collection']
						: `${String(row['collection'] ?? row['many_collection'])}.${String(row['field'] ?? row['many_field'])}`;
				const wanted = after.snapshot[kind].map((entry) => ({ ...Object(entry['meta']) }) as Row);
				expect(rows.map(names).toSorted(), `seed ${SEED + index}`).toEqual(wanted.map(names).toSorted());
				for (const meta of wanted) {
					const row = rows.find((one) => names(one) === names(meta));
					expect(row, `seed ${SEED + index}`).toMatchObject(stored(meta));
				}
			}
			for (const table of TABLES) {
				const kind = ELEMENT_KINDS.find((name) => kinds[name].table === table);
				for (const wanted of kind ? (after.rows[kind] as Row[]) : [])
					expect(await database(table).where({ id: wanted['id'] }).first()).toMatchObject(stored(wanted));
			}
			await move(reversed(moves), after);
			expect(await everything(), `seed ${SEED + index}`).toEqual(before);
		}
	});

	it('take history, comments, drafts and bookmarks of people along', async () => {
		await move([
			{ kind: 'collections', from: 'm_articles', to: 'm_posts' },
			{ kind: 'fields', collection: 'm_posts', from: 'slug', to: 'path' },
		]);
		for (const table of ['directus_activity', 'directus_revisions', 'directus_comments', 'directus_shares'])
			expect(await database(table).pluck('collection')).toEqual(['m_posts']);
		const [draft] = (await database('directus_versions')) as Row[];
		expect(JSON.parse(String(draft?.['delta']))).toEqual({ path: 'draft', rank: 2 });
		const own = (await database('directus_presets').where({ id: 99 }).first()) as Row;
		expect(own).toMatchObject({ collection: 'm_posts', layout_query: '{"tabular":{"fields":["path"]}}' });
		expect(await database('m_posts').pluck('path')).toEqual(['one', 'two']);
	});

	it('change the names that rows of a many-to-any relation have', async () => {
		await move([{ kind: 'collections', from: 'm_tags', to: 'm_labels' }]);
		expect(await database('m_blocks').pluck('collection')).toEqual(['m_labels']);
	});

	it('are completed where a process ended between the new name and what follows it', async () => {
		const moves: Move[] = [{ kind: 'collections', from: 'm_articles', to: 'm_posts' }];
		await renameTable(database, 'm_articles', 'm_posts');
		await completeMoves(moves, state, { database, services, schema, commitsAtOnce: true });
		expect(await database('directus_collections').pluck('collection')).toContain('m_posts');
		expect(await database('directus_fields').where({ collection: 'm_articles' })).toEqual([]);
		expect(renamedBy('m_articles.slug', moves)).toBe('m_posts.slug');
	});

	it('give the table its name back where what follows fails and nothing is rolled back by itself', async () => {
		const [step] = moveSteps(state, [{ kind: 'collections', from: 'm_articles', to: 'm_posts' }]);
		if (!step) throw new Error('no step');
		const before = await everything();
		const failing = {
			ItemsService: class {
				updateOne = () => Promise.reject(new Error('refused'));
			},
		};
		const ports = { database, services: failing as unknown as DirectusServices, schema, commitsAtOnce: true };
		await expect(applyMove(step.step, ports)).rejects.toThrow('refused');
		expect(await everything()).toEqual(before);
	});
});
