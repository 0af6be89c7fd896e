import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ELEMENT_KINDS, SCHEMA_KINDS } from '../../src/contract/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { sampledWorlds } from '../kit/playground.js';
import { everythingChanged } from './config-changes.js';
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

/** All steps on 12; on 11, where the same code writes, some of them: `npm run chaos -- --config` fails at each. */
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '11', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
	{ version: '12', database: 'mysql' },
] as const);

describe('a push that fails', () => {
	let extension: string;
	beforeAll(async () => {
		extension = await buildFailing();
	});
	afterAll(removeFailing);

	for (const { version, database } of worlds) {
		describe.runIf(available[database] === null)(`on ${database}, Directus ${version}`, () => {
			let directus: Directus;
			beforeAll(async () => {
				directus = await startDirectus({ version, database, extraExtensions: [extension] });
				await pull(directus);
				await push(directus, someConfig(version, 0.04));
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

			test.runIf(database === 'mysql')(
				'because its process is killed is told, and can be undone or finished',
				{ timeout: 600_000 },
				async () => {
					const taken = await pull(directus);
					const wanted = everythingChanged(taken);
					const first = await killedPush(wanted, 3);
					expect(await diagnosticsOf(directus)).toContain(first);
					// Whatever comes after it would be taken back with it.
					expect(await push(directus, wanted, EVERYTHING)).toMatchObject({
						status: 409,
						code: 'PUSH_BROKEN_OFF',
						message: expect.stringContaining(first),
					});
					const undone = await ask(directus, `/downstream/config/history/${first}/revert`, EVERYTHING);
					expect(undone.status, JSON.stringify(undone.body)).toBe(200);
					expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));

					const second = await killedPush(wanted, 5);
					expect(second).not.toBe(first);
					const finished = await ask(directus, `/downstream/config/history/${second}/finish`, EVERYTHING);
					expect(finished.status, JSON.stringify(finished.body)).toBe(200);
					expect(stepsOf(await diff(directus, wanted))).toEqual([]);
					expect(await diagnosticsOf(directus)).not.toContain('PUSH_BROKEN_OFF');
					const again = await ask(directus, `/downstream/config/history/${second}/finish`, EVERYTHING);
					expect(again.status).toBe(400);
					// As it was, for the tests that follow.
					await push(directus, taken, { ...EVERYTHING, mirror: true });
				},
			);

			/** The push that was broken off. */
			async function killedPush(bundle: unknown, at: number): Promise<string> {
				await ask(directus, '/failing/push', { bundle, kill_at: at }).catch(() => {});
				await directus.restart();
				// Its lease has to run out: until then somebody may still be at it.
				await directus.sql('downstream_meta').where({ key: 'lease:config-push' }).update({ until: 0 });
				const row = await directus
					.sql('downstream_config_pushes')
					.where({ status: 'begun' })
					.first<{ id: string } | undefined>('id');
				return row?.id ?? '';
			}

			test('leaves exactly what was there, whichever of its steps it is', { timeout: 600_000 }, async () => {
				const taken = await pull(directus);
				const wanted = everythingChanged(taken);
				const before = await everythingIn(directus);
				const failed = new Set<string>();
				const count = stepsOf(await diff(directus, wanted)).length;
				for (const step of stepsToFail(database === 'mysql' || version === '11', count)) {
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
				if (database !== 'mysql' && version === '12')
					expect([...failed].toSorted()).toEqual([...SCHEMA_KINDS, ...ELEMENT_KINDS].toSorted());
				const { body } = await ask(directus, '/failing/push', { bundle: wanted, fail_at: count });
				expect(body).toMatchObject({ data: { steps: count } });
				expect(stepsOf(await diff(directus, wanted))).toEqual([]);
			});
		});
	}
});

const EVERYTHING = { allow_destructive: true, allow_data_loss: true, max_deletions: 100_000 };

const diagnosticsOf = async (directus: Directus): Promise<string> =>
	JSON.stringify((await ask(directus, '/downstream/status', undefined, 'GET')).body);

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
const stepsToFail = (some: boolean, count: number): number[] =>
	Array.from({ length: count }, (_, step) => step).filter(
		(step) => !some || step < 6 || step % 6 === 0 || step === count - 1,
	);

const without = (everything: Record<string, unknown>, tables: string[]) =>
	Object.fromEntries(Object.entries(everything).filter(([table]) => !tables.includes(table)));

/** Kept beside the helper, so that a change of shape of either is seen. */
test('changes something of every kind', () => {
	const bundle = someConfig('12', 0.04);
	const changed = everythingChanged(bundle);
	for (const kind of ELEMENT_KINDS) expect(changed.elements[kind], kind).not.toEqual(bundle.elements[kind]);
});
