import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import { movedBundle } from '../../src/config/core/moves/move-bundle.js';
import { asMoved, renamedBy, type Move } from '../../src/config/core/moves/move-names.js';
import { allMoves, baseElements, baseSchema, ROWS, someMoves } from '../config/moves.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import {
	ask,
	buildFailing,
	copied,
	diff,
	everythingIn,
	pull,
	push,
	pushTo,
	removeFailing,
	stepsOf,
} from './config-world.js';

const available = await databasesAvailable();
const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const [VERSION = '12'] = sampledVersions(import.meta.url);
/** What the databases themselves do differently is tried on SQLite alone, but for whole runs. */
const DATABASES =
	process.env['DOWNSTREAM_TEST_WHOLE'] === '1' ? (['sqlite', 'postgres', 'mysql'] as const) : (['sqlite'] as const);
const KINDS = {
	kinds: ['policies', 'permissions', 'presets', 'dashboards', 'panels', 'flows', 'operations'],
	extensions: false,
};
const AGREED = { allow_destructive: true, allow_data_loss: true, max_deletions: 100_000 };

const RULE = {
	collection: 'm_articles',
	events: ['create', 'update', 'delete'],
	payload: ['slug', 'author.name'],
	tags: ['article:{{id}}', 'tag:{{tags.m_tags_id.label}}'],
};

const rulesOf = async (directus: Directus): Promise<unknown> =>
	(await directus.data<{ schema: unknown }[]>('GET', '/items/cache_flush_targets?fields=schema'))[0]?.schema;

/** Named path by path, so that what a rule says is not worked out by what is tested. */
function movedFlushRuleBy(moves: readonly Move[]): typeof RULE {
	const name = (place: string) => renamedBy(place, moves).split('.')[1] ?? '';
	const link = name('m_articles_tags.m_tags_id');
	return {
		...RULE,
		collection: renamedBy('m_articles', moves),
		payload: [name('m_articles.slug'), `${name('m_articles.author')}.name`],
		tags: [
			`article:{{${name('m_articles.id')}}}`,
			`tag:{{${name('m_articles.tags')}.${link}.${name('m_tags.label')}}}`,
		],
	};
}

/** The rows of all tables as they are after moves: each value, under the name that its column has then. */
async function rowsAfter({ sql }: Directus, moves: readonly Move[]): Promise<Record<string, unknown>> {
	const tables: Record<string, unknown> = {};
	for (const [name, rows] of Object.entries(ROWS)) {
		const table = renamedBy(name, moves);
		const column = (field: string) => renamedBy(`${name}.${field}`, moves).split('.')[1] ?? field;
		const now = (await sql(table).select('*')) as Record<string, unknown>[];
		tables[name] = rows.map((row) => {
			const found = now.find((one) => String(one[column('id')]) === String(row['id']));
			return Object.fromEntries(Object.keys(row).map((field) => [field, found?.[column(field)] ?? null]));
		});
	}
	return tables;
}

/** A bundle without what says in which order Directus lists things. */
function comparable(bundle: Bundle): unknown {
	const { schema } = bundle;
	const sorted = <Item>(list: Item[]) => list.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
	const named = (entry: Record<string, unknown>) => {
		const column = { ...(Object(entry['schema']) as Record<string, unknown>) };
		delete column['constraint_name'];
		return { ...entry, schema: entry['schema'] ? column : entry['schema'] };
	};
	return {
		elements: Object.fromEntries(Object.entries(bundle.elements).map(([kind, list]) => [kind, sorted(list)])),
		collections: sorted(schema?.collections ?? []),
		fields: sorted((schema?.fields ?? []).map(named)),
		relations: sorted((schema?.relations ?? []).map(named)),
	};
}

describe(`new names keep the data (seed ${SEED}, Directus ${VERSION})`, () => {
	let extension: string;
	beforeAll(async () => {
		extension = await buildFailing();
	});
	afterAll(removeFailing);

	for (const database of DATABASES) {
		describe.runIf(available[database] === null)(`on ${database}`, () => {
			let directus: Directus;
			let base: Bundle;
			beforeAll(async () => {
				directus = await startDirectus({ version: VERSION, database, extraExtensions: [extension] });
				const wanted = copied(await pull(directus, KINDS));
				if (wanted.schema) baseSchema(wanted.schema);
				baseElements(wanted);
				// An unlicensed Directus 12 takes no other permissions.
				for (const permission of wanted.elements.permissions ?? [])
					if (permission['collection'] === 'm_articles') Object.assign(permission, { fields: ['*'], presets: null });
				const made = await push(directus, wanted, AGREED);
				expect(made.issues).toEqual([]);
				expect(made.message).toBe('');
				for (const [table, rows] of Object.entries(ROWS)) await directus.sql(table).insert(rows);
				await directus.sql('directus_presets').insert({
					user: (await directus.sql('directus_users').first<{ id: string }>('id'))?.id,
					collection: 'm_articles',
					layout: 'tabular',
					layout_query: JSON.stringify({ tabular: { fields: ['slug'] } }),
				});
				await directus.request('POST', '/items/cache_flush_targets', {
					name: 'Website',
					status: 'published',
					url: 'http://127.0.0.1:9/flush',
					schema: [RULE],
				});
				base = await pull(directus, KINDS);
			}, 300_000);
			afterAll(async () => {
				await directus?.stop();
			});

			const shapes = [
				{ name: 'everything at once', moves: allMoves() },
				{ name: `seed ${SEED}`, moves: someMoves(SEED) },
			];
			test.each(shapes)('$name: moved, and back by a revert', { timeout: 300_000 }, async ({ moves }) => {
				const wanted = { ...movedBundle(base, moves), moved: asMoved(moves) };
				const plan = await diff(directus, wanted);
				expect(stepsOf(plan).map(({ action, sync_id }) => `${action} ${sync_id}`)).toEqual(
					moves.map((move) => `move ${asMoved([move])[0]?.to}`),
				);
				expect((await push(directus, wanted)).issues.map(({ code }) => code)).toEqual(['needs_allow_renames']);

				const { dryRun } = { dryRun: await push(directus, wanted, { allow_renames: true, dry_run: true }) };
				expect([dryRun.message, dryRun.issues]).toEqual(['', []]);
				expect(await rowsAfter(directus, [])).toEqual(await rowsAfter(directus, []));

				const before = await rowsAfter(directus, []);
				const pushed = await push(directus, wanted, { allow_renames: true });
				expect([pushed.message, pushed.issues]).toEqual(['', []]);
				const after = await rowsAfter(directus, moves);
				const table = (value: unknown) =>
					moves.some(({ from }) => from === value) ? renamedBy(String(value), moves) : value;
				const expected = structuredClone(before) as Record<string, Record<string, unknown>[]>;
				for (const row of expected['m_blocks'] ?? []) row['collection'] = table(row['collection']);
				expect(after).toEqual(expected);
				expect(comparable(await pull(directus, KINDS))).toEqual(comparable(movedBundle(base, moves)));
				expect(stepsOf(await diff(directus, wanted, { mirror: true }))).toEqual([]);
				const left = moves.filter((move) => move.kind === 'collections').map(({ from }) => from);
				const personal = await directus.sql('directus_presets').whereNotNull('user').select('collection');
				expect(personal.map(({ collection }) => left.includes(String(collection)))).not.toContain(true);

				// What is flushed, by the rules as everybody reads them.
				expect(await rulesOf(directus)).toEqual([movedFlushRuleBy(moves)]);
				const status = await directus.data<{ targets: { name: string; state: string }[] }>('GET', '/downstream/status');
				expect(status.targets.find(({ name }) => name === 'Website')?.state).not.toBe('invalid');

				// Its own service works on the new names: what Directus knows is what there is.
				const articles = renamedBy('m_articles', moves);
				const author = renamedBy('m_articles.author', moves).split('.')[1];
				const read = await ask(directus, `/items/${articles}?fields=*,${author}.*`, undefined, 'GET');
				expect(read.status).toBe(200);

				const reverted = await pushTo(directus, `/downstream/config/history/${pushed.id}/revert`, {
					...AGREED,
					allow_renames: true,
				});
				expect([reverted.message, reverted.issues]).toEqual(['', []]);
				expect(await rowsAfter(directus, [])).toEqual(before);
				expect(await rulesOf(directus)).toEqual([RULE]);
				expect(comparable(await pull(directus, KINDS))).toEqual(comparable(base));
			});

			test('a failure at any step leaves what was there, or is told', { timeout: 300_000 }, async () => {
				const moves = someMoves(SEED, 0.25);
				const wanted = { ...movedBundle(base, moves), moved: asMoved(moves) };
				const [first] = wanted.elements.policies ?? [];
				if (first) first['description'] = 'Changed as well.';
				const about = async () => {
					const { downstream_config_pushes: _, ...everything } = await everythingIn(directus);
					for (const name of database === 'mysql'
						? ['directus_collections', 'directus_fields', 'directus_relations']
						: [])
						delete everything[name];
					return everything;
				};
				const before = await about();
				const count = stepsOf(await diff(directus, wanted)).length;
				for (let step = 0; step < count; step++) {
					const { body } = await ask(directus, '/failing/push', {
						bundle: wanted,
						fail_at: step,
						moved: wanted.moved,
					});
					expect(JSON.stringify(body)).toContain('failed on purpose');
					expect(JSON.stringify(body)).not.toContain('"partial":true');
					expect(await about()).toEqual(before);
				}
			});

			test('what the files contradict is refused', async () => {
				const wanted = { ...movedBundle(base, []), moved: [{ from: 'm_tags', to: 'm_labels' }] };
				const refused = await push(directus, wanted, { allow_renames: true });
				expect(refused.issues.map(({ code }) => code)).toContain('impossible_move');
			});
		});
	}
});
