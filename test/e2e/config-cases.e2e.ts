import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle, Snapshot } from '../../src/contract/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { directusVersions, type DirectusVersion } from '../kit/playground.js';
import { KINDS_OF_COLUMNS } from '../config/column-kinds.js';
import { snapshotOf } from '../config/vendor-snapshots.js';
import { add, drop, KEY, relate, retarget, UUID_KEY } from '../config/edit-schema.js';
import { makeSource, tryWay } from '../chaos/config-matrix.js';
import { diff, pull, push, stepsOf, type PushOptions } from './config-world.js';

const available = await databasesAvailable();

const WORLDS: [DirectusVersion, DatabaseKind][] = [
	['12', 'sqlite'],
	['12', 'postgres'],
	['12', 'mysql'],
	['11', 'sqlite'],
];

/** What one world has is taken to the next: another database, another version. */
let carried: Bundle | null = null;
const SEED = Number(process.env['CONFIG_SEED'] ?? Date.now() % 1_000_000);

const CONSENT = { allow_destructive: true, allow_data_loss: true };

describe('a schema that is pushed', () => {
	for (const [version, database] of WORLDS.filter(([one]) => directusVersions().includes(one))) {
		describe.runIf(available[database] === null)(`onto ${database}, Directus ${version}`, () => {
			let directus: Directus;
			beforeAll(async () => {
				directus = await startDirectus({ version, database });
			});
			afterAll(async () => {
				await directus?.stop();
			});

			test(`has one of everything, or takes it from the world before, and then has nothing to do (seed ${SEED})`, async () => {
				const before = await pull(directus);
				if (carried) expect(await tryWay(carried, null, directus)).toEqual([]);
				else await makeSource(directus, { version, database }, SEED);
				carried = await pull(directus);
				expect(stepsOf(await diff(directus, carried, { mirror: true }))).toEqual([]);
				await directus.request('POST', '/items/relating', [{}]);
				const [row] = await rowsOf('relating');
				expect(row).toMatchObject({ asks: "Why? It's a \\ and a ?" });
				// Room for the tests that follow: a licence counts collections.
				const undone = await push(directus, before, { ...CONSENT, max_deletions: 10_000, mirror: true });
				expect(`${undone.status} ${undone.message}`).toBe('200 ');
			});

			/** Pushes what is there with a change, and gives what was answered. */
			async function pushChanged(change: (schema: Snapshot) => void, options: PushOptions = CONSENT) {
				const bundle = await changed(change);
				return { bundle, ...(await push(directus, bundle, options)) };
			}
			async function changed(change: (schema: Snapshot) => void): Promise<Bundle> {
				const { schema } = await pull(directus, { kinds: [] });
				if (!schema) throw new Error('no schema was pulled');
				change(schema);
				return { version: 1, directus: schema.directus, schema, elements: {} };
			}
			/** Pushes with consent, and sees that nothing is left to do. */
			async function apply(change: (schema: Snapshot) => void): Promise<void> {
				const { status, message, bundle } = await pushChanged(change);
				expect(`${status} ${message}`).toBe('200 ');
				expect(stepsOf(await diff(directus, bundle, { mirror: true }))).toEqual([]);
			}
			const rowsOf = async (collection: string) =>
				(await directus.sql(collection).select('*')) as Record<string, unknown>[];

			describe.runIf(version === '12')('as the model changes', () => {
				test.runIf(database !== 'mysql')(
					'keeps a column when the collection that it pointed to is dropped',
					async () => {
						await apply((schema) => {
							add(schema, 'writers', { id: KEY, name: {} });
							add(schema, 'pieces', { id: KEY, title: {}, writer: { type: 'integer' } });
							relate(schema, 'pieces', 'writer', 'writers');
						});
						await directus.request('POST', '/items/writers', [{ id: 7, name: 'Ada' }]);
						await directus.request('POST', '/items/pieces', [{ title: 'One', writer: 7 }]);
						await apply((schema) => {
							drop(schema, 'writers');
							schema.relations = schema.relations.filter(({ collection }) => collection !== 'pieces');
						});
						expect(await rowsOf('pieces')).toEqual([{ id: 1, title: 'One', writer: 7 }]);
					},
				);

				test.runIf(database !== 'mysql')(
					'lets a value stand that names nothing when its relation is removed',
					async () => {
						await apply((schema) => {
							add(schema, 'hosts', { id: KEY });
							add(schema, 'events', { id: KEY, host: { type: 'integer' } });
							relate(schema, 'events', 'host', 'hosts');
						});
						await apply((schema) => {
							schema.relations = schema.relations.filter(({ collection }) => collection !== 'events');
						});
						await directus.request('POST', '/items/events', [{ host: 4711 }]);
						expect(await rowsOf('events')).toEqual([{ id: 1, host: 4711 }]);
					},
				);

				test('points a relation to another collection, of the same kind of key or of another', async () => {
					await apply((schema) => {
						for (const name of ['plans_old', 'plans_new']) add(schema, name, { id: KEY });
						add(schema, 'plans_named', { id: UUID_KEY });
						add(schema, 'orders', { id: KEY, note: {}, plan: { type: 'integer' } });
						relate(schema, 'orders', 'plan', 'plans_old');
					});
					await directus.request('POST', '/items/orders', [{ note: 'kept' }]);
					await apply((schema) => retarget(schema, 'orders', 'plan', 'plans_new'));
					await directus.request('POST', '/items/plans_new', [{ id: 5 }]);
					await directus.request('PATCH', '/items/orders/1', { plan: 5 });

					const toNamed = (schema: Snapshot) => {
						retarget(schema, 'orders', 'plan', 'plans_named');
						const field = schema.fields.find((one) => one.collection === 'orders' && one.field === 'plan');
						Object.assign(field ?? {}, {
							type: 'uuid',
							schema: { is_nullable: true, foreign_key_table: 'plans_named', foreign_key_column: 'id' },
						});
					};
					const refused = await pushChanged(toNamed, {});
					expect(refused.issues.map(({ code }) => code)).toEqual(['needs_allow_destructive', 'needs_allow_data_loss']);
					await apply(toNamed);
					expect(await rowsOf('orders')).toEqual([{ id: 1, note: 'kept', plan: null }]);
				});

				test('asks for consent before digits are lost', async () => {
					await apply((schema) =>
						add(schema, 'prices', {
							id: KEY,
							exact: { type: 'decimal', schema: { numeric_precision: 10, numeric_scale: 4 } },
							rough: { type: 'float' },
							whole: { type: 'integer' },
						}),
					);
					await directus.request('POST', '/items/prices', [{ exact: 1.2345, rough: 3.14159, whole: 123456789 }]);
					const before = await rowsOf('prices');
					const column = (name: string, values: Record<string, unknown>) => (schema: Snapshot) => {
						const field = schema.fields.find((one) => one.collection === 'prices' && one.field === name);
						Object.assign(field ?? {}, {
							...values,
							schema: { ...Object(field?.['schema']), ...Object(values['schema']) },
						});
					};
					const cases: [string, Record<string, unknown>][] = [
						['rough', { type: 'integer' }],
						// SQLite has one kind of number with a fraction, and it is as exact as any.
						...(database === 'sqlite'
							? []
							: ([
									['exact', { schema: { numeric_precision: 10, numeric_scale: 1 } }],
									['rough', { type: 'decimal', schema: { numeric_precision: 10, numeric_scale: 1 } }],
									['whole', { type: 'float' }],
								] as [string, Record<string, unknown>][])),
					];
					for (const [name, values] of cases) {
						const refused = await pushChanged(column(name, values), { allow_destructive: true });
						expect(
							refused.issues.map(({ code }) => code),
							name,
						).toEqual(['needs_allow_data_loss']);
					}
					expect(await rowsOf('prices')).toEqual(before);
				});

				test('takes a table as it is that somebody else made', async () => {
					await directus.sql.schema.createTable('by_hand', (table) => {
						table.increments('id');
						table.string('title', 100);
					});
					await directus.sql('by_hand').insert({ title: 'kept' });
					// Directus remembers what it saw.
					await directus.request('POST', '/utils/cache/clear?system');
					await apply((schema) =>
						add(schema, 'by_hand', {
							id: KEY,
							title: { meta: { note: 'The title.' }, schema: { max_length: 100 } },
							added: {},
						}),
					);
					await directus.sql.schema.alterTable('by_hand', (table) => void table.string('later', 50));
					await directus.request('POST', '/utils/cache/clear?system');
					await apply((schema) => {
						const entry = { collection: 'by_hand', field: 'later', type: 'string', meta: null };
						schema.fields.push({
							...entry,
							schema: { name: 'later', table: 'by_hand', max_length: 50, is_nullable: true },
						});
					});
					expect(await rowsOf('by_hand')).toEqual([{ id: 1, title: 'kept', added: null, later: null }]);
				});

				test('is refused as a whole, before anything is written, where the database would refuse a part of it', async () => {
					await apply((schema) => add(schema, 'filled', { id: KEY, note: {}, self: { type: 'integer' } }));
					await directus.request('POST', '/items/filled', [{ note: null }]);
					const before = JSON.stringify(await pull(directus, { kinds: [] }));
					const refused = await pushChanged((schema) => {
						const of = (name: string) =>
							schema.fields.find((field) => field.collection === 'filled' && field.field === name);
						const alter = (name: string, values: Record<string, unknown>) =>
							Object.assign(of(name) ?? {}, { schema: { ...Object(of(name)?.['schema']), ...values } });
						Object.assign(of('id') ?? {}, { type: 'uuid' });
						alter('id', { has_auto_increment: false });
						alter('note', { is_nullable: false });
						const added = { collection: 'filled', field: 'needed', type: 'string', meta: {} };
						schema.fields.push({ ...added, schema: { is_nullable: false, default_value: null } });
						schema.fields.push({ ...added, field: 'odd', type: 'unknown', schema: { data_type: 'inet' } });
						relate(schema, 'filled', 'self', 'nowhere');
						add(schema, 'grouped', { id: KEY });
						for (const entry of schema.collections)
							if (entry.collection === 'grouped') entry['meta'] = { collection: 'grouped', group: 'nowhere' };
					});
					expect(refused.status).toBe(422);
					expect(refused.issues.map(({ path, code }) => `${path} ${code}`).toSorted()).toEqual([
						'collections:grouped unknown_collection',
						'fields:filled.id key_type',
						'fields:filled.needed needs_default',
						'fields:filled.note has_empty_values',
						'fields:filled.odd unknown_type',
						'relations:filled.self unknown_collection',
					]);
					expect(JSON.stringify(await pull(directus, { kinds: [] }))).toBe(before);
				});

				test('comes with settings under any SyncID, as often as it is pushed, and without what is the instance’s own', async () => {
					const taken = await pull(directus, { kinds: ['settings'], schema: false });
					const settings = { ...taken.elements.settings?.[0], _syncId: '0b1a8dd6-2ca8-4b8f-9b36-62b0e7f0a0b1' };
					for (const own of ['project_owner', 'project_status', 'product_updates', 'org_name', 'project_usage'])
						expect(settings).not.toHaveProperty(own);
					for (const name of ['One', 'Two']) {
						const bundle = { ...taken, elements: { settings: [{ ...settings, project_name: name }] } };
						expect(await push(directus, bundle)).toMatchObject({ status: 200, message: '' });
						expect(stepsOf(await diff(directus, bundle))).toEqual([]);
					}
				});

				test('of flows alone is refused where an operation is nowhere', async () => {
					const flow = { _syncId: '5b0e6f1e-6a34-4d0c-b1d8-5d9a3f1b0f11', name: 'Alone', operation: 'nowhere' };
					const refused = await push(directus, {
						version: 1,
						directus: null,
						schema: null,
						elements: { flows: [flow] },
					});
					expect(refused.status).toBe(422);
					expect(refused.issues.map(({ code }) => code)).toEqual(['unknown_reference']);
				});
			});

			for (const vendor of ['postgres', 'mysql', 'sqlite'] as const) {
				test(`takes a dump of ${vendor}, and then has nothing to do`, async () => {
					const name = `from_${vendor}`;
					const foreign = snapshotOf(vendor, version === '12' ? '12.4.0' : '11.17.4', name);
					const bundle: Bundle = {
						version: 1,
						directus: foreign.directus,
						schema: { ...foreign, version: 2 },
						elements: {},
					};
					const first = await push(directus, bundle);
					expect(`${first.status} ${first.message}`).toBe('200 ');
					expect(stepsOf(await diff(directus, bundle))).toEqual([]);
					expect((await push(directus, bundle)).id).toBeNull();
					const { schema } = await pull(directus, { kinds: [] });
					const types = Object.fromEntries(
						(schema?.fields ?? [])
							.filter(({ collection }) => collection === name)
							.map(({ field, type }) => [field, type]),
					);
					for (const [field, kind] of Object.entries(KINDS_OF_COLUMNS))
						expect(kind.types, `${field} is ${String(types[field])}`).toContain(types[field]);
					await directus.request('POST', `/items/${name}`, [{}]);
					const [row] = await rowsOf(name);
					expect(row).toMatchObject({ quoted: `it's "quoted"` });
					expect(row?.['made'], 'the moment in which it was made').toBeTruthy();
				});
			}
		});
	}
});
