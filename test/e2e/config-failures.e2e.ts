import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ELEMENT_KINDS, SCHEMA_KINDS, type Bundle, type Element } from '../../src/core/config/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { directusVersions } from '../kit/playground.js';
import {
	ask,
	buildFailing,
	copied,
	diff,
	everythingIn,
	pull,
	push,
	removeFailing,
	someConfig,
	stepsOf,
} from './config-world.js';

const available = await databasesAvailable();

describe.runIf(directusVersions().includes('12'))('a push that fails', () => {
	let extension: string;
	beforeAll(async () => {
		extension = await buildFailing();
	});
	afterAll(removeFailing);

	for (const database of ['sqlite', 'postgres', 'mysql'] as const) {
		describe.runIf(available[database] === null)(`on ${database}`, () => {
			let directus: Directus;
			beforeAll(async () => {
				directus = await startDirectus({ version: '12', database, extraExtensions: [extension] });
				await pull(directus);
				await push(directus, someConfig('12', 0.04));
				await directus.request('POST', '/items/c_001', [{ title: 'One' }]);
			});
			afterAll(async () => {
				await directus?.stop();
			});

			test.runIf(database !== 'sqlite')('in the middle of a step leaves no half of it', async () => {
				const taken = await pull(directus);
				const before = await everythingIn(directus);
				const wanted = copied(taken);
				// The table can be made, but not written down: the database takes 64 characters.
				const meta = { collection: 'half', icon: 'x'.repeat(500) };
				wanted.schema?.collections.push({ collection: 'half', meta, schema: { name: 'half' } });
				wanted.schema?.fields.push({
					collection: 'half',
					field: 'id',
					type: 'integer',
					meta: { collection: 'half', field: 'id' },
					schema: { is_primary_key: true, has_auto_increment: true },
				});
				const failed = await push(directus, wanted);
				expect(failed.status).toBeGreaterThanOrEqual(400);
				expect(failed.message).toContain('"half"');
				const after = await everythingIn(directus);
				expect(without(after, ['downstream_config_pushes'])).toEqual(without(before, ['downstream_config_pushes']));
				expect(await pull(directus)).toEqual(taken);
			});

			test('leaves exactly what was there, whichever of its steps it is', { timeout: 600_000 }, async () => {
				const taken = await pull(directus);
				const wanted = everythingChanged(taken);
				const before = await everythingIn(directus);
				const failed = new Set<string>();
				const count = stepsOf(await diff(directus, wanted)).length;
				for (const step of stepsToFail(database, count)) {
					const { status, body } = await ask(directus, '/failing/push', { bundle: wanted, fail_at: step });
					expect(status).toBe(500);
					const [error] = body['errors'] as {
						message: string;
						extensions: { step?: { kind: string; name: string } };
					}[];
					expect(error?.message).toContain('failed on purpose');
					expect(error?.extensions.step).toMatchObject({ kind: expect.any(String), name: expect.any(String) });
					failed.add(error?.extensions.step?.kind ?? 'nothing');
					const after = await everythingIn(directus);
					// That it failed is history.
					const passing = ['downstream_config_pushes', ...(database === 'mysql' ? MADE_AGAIN : [])];
					expect(
						without(after, passing),
						`failed before step ${step}: ${JSON.stringify(error?.extensions.step)}`,
					).toEqual(without(before, passing));
					expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
				}
				if (database !== 'mysql')
					expect([...failed].toSorted()).toEqual([...SCHEMA_KINDS, ...ELEMENT_KINDS].toSorted());
				const { body } = await ask(directus, '/failing/push', { bundle: wanted, fail_at: count });
				expect(body).toMatchObject({ data: { steps: count } });
				expect(stepsOf(await diff(directus, wanted))).toEqual([]);
			});
		});
	}
});

/**
 * Where a database commits each change of a table, what was undone was made again: as it was, but with other numbers, or
 * other times of creation. The bundle is the same.
 */
const MADE_AGAIN = [
	'directus_collections',
	'directus_fields',
	'directus_relations',
	'directus_panels',
	'directus_sync_id_map',
	'downstream_meta',
];

/** All of them; where each takes seconds to undo, those of tables (the first, and the last), and every sixth between. */
const stepsToFail = (database: DatabaseKind, count: number): number[] =>
	Array.from({ length: count }, (_, step) => step).filter(
		(step) => database !== 'mysql' || step < 6 || step % 6 === 0 || step === count - 1,
	);

const without = (everything: Record<string, unknown>, tables: string[]) =>
	Object.fromEntries(Object.entries(everything).filter(([table]) => !tables.includes(table)));

/** One of every kind created, changed and deleted, in the schema too. */
function everythingChanged(bundle: Bundle): Bundle {
	const changed = copied(bundle);
	const { schema } = changed;
	if (!schema) throw new Error('no schema was pulled');
	schema.collections.push({ collection: 'made', meta: { collection: 'made', icon: 'box' }, schema: { name: 'made' } });
	schema.fields.push(
		{
			collection: 'made',
			field: 'id',
			type: 'integer',
			meta: { collection: 'made', field: 'id' },
			schema: { is_primary_key: true, has_auto_increment: true },
		},
		{
			collection: 'made',
			field: 'page',
			type: 'integer',
			meta: { collection: 'made', field: 'page', special: ['m2o'] },
			schema: {},
		},
		{
			collection: 'c_001',
			field: 'added',
			type: 'string',
			meta: { collection: 'c_001', field: 'added', interface: 'input' },
			schema: { max_length: 255 },
		},
	);
	schema.relations.push({
		collection: 'made',
		field: 'page',
		related_collection: 'c_001',
		meta: { many_collection: 'made', many_field: 'page', one_collection: 'c_001', one_deselect_action: 'nullify' },
		schema: { on_delete: 'SET NULL' },
	});
	const title = schema.fields.find(({ collection, field }) => collection === 'c_001' && field === 'title');
	if (title) title['meta'] = { ...(title['meta'] as object), note: 'Changed.' };
	schema.fields = schema.fields.filter(({ collection, field }) => collection !== 'c_002' || field !== 'summary');
	for (const kind of ELEMENT_KINDS) {
		if (kind === 'settings') {
			for (const settings of changed.elements.settings ?? []) settings['project_name'] = 'Changed';
			continue;
		}
		const list = changed.elements[kind] ?? [];
		const [first] = list.filter(({ _syncId }) => !_syncId.startsWith('_sync_default'));
		const last = list.at(-1);
		if (!first || !last) continue;
		const mine = ['name', 'bookmark', 'value', 'key'].find((field) => typeof first[field] === 'string');
		if (mine && kind !== 'operations') first[mine] = 'Changed';
		if (kind === 'permissions') first['action'] = 'share';
		if (kind === 'operations') first['name'] = 'Changed';
		const made: Element = { ...structuredClone(last), _syncId: `made-${kind}` };
		if (kind === 'flows' || kind === 'folders')
			made._syncId = `${kind === 'flows' ? 'f10f10f1' : 'f01de500'}-1111-4222-8333-444444444444`;
		if (kind === 'flows') Object.assign(made, { operation: null, status: 'inactive' });
		if (kind === 'operations') Object.assign(made, { key: 'made', resolve: null, reject: null });
		if (kind === 'permissions') Object.assign(made, { action: 'share', collection: 'c_002' });
		if (kind === 'translations') made['key'] = 'made';
		if (typeof made['name'] === 'string') made['name'] = 'Made';
		if (typeof made['bookmark'] === 'string') made['bookmark'] = 'Made';
		list.push(made);
		if (kind === 'presets' || kind === 'translations' || kind === 'panels') list.splice(list.indexOf(last), 1);
	}
	return changed;
}

/** Kept beside the helper, so that a change of shape of either is seen. */
test('changes something of every kind', () => {
	const bundle = someConfig('12', 0.04);
	const changed = everythingChanged(bundle);
	for (const kind of ELEMENT_KINDS) expect(changed.elements[kind], kind).not.toEqual(bundle.elements[kind]);
});
