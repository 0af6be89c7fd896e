import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import { removeOldPushes } from '../../src/config/tables/config-history.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { ask, copied, diff, elementOf, everythingIn, pull, push, pushTo, someConfig, stepsOf } from './config-world.js';

for (const version of sampledVersions(import.meta.url)) {
	describe(`a push to Directus ${version}`, () => {
		let directus: Directus;
		let taken: Bundle;
		const small = someConfig(version, 0.1);

		beforeAll(async () => {
			directus = await startDirectus({ version, database: 'sqlite' });
			await push(directus, small);
			await directus.request('POST', '/items/c_001', [{ title: 'One' }, { title: 'Two' }]);
			await directus.request('POST', '/items/c_001_blocks', [{ c_001_id: 1 }, { c_001_id: 2 }]);
			taken = await pull(directus);
		});
		afterAll(async () => {
			await directus?.stop();
		});

		/** Nothing of the database is another after it. */
		async function changesNothing<T>(work: () => Promise<T>): Promise<T> {
			const before = await everythingIn(directus);
			const result = await work();
			expect(await everythingIn(directus)).toEqual(before);
			return result;
		}

		test('is refused where anything moved since the plan, and says what the plan would be now', async () => {
			const changed = copied(taken);
			elementOf(changed, 'roles', ({ name }) => name === 'Role 2')['description'] = 'Planned.';
			const plan = await diff(directus, changed);
			const { fingerprint } = plan;
			const { id } = (await directus.data<{ id: string }[]>('GET', '/roles?filter[name][_eq]=Role 1'))[0] ?? { id: '' };
			await directus.request('PATCH', `/roles/${id}`, { description: 'Hot fix.' });
			const refused = await changesNothing(() => push(directus, changed, { fingerprint }));
			expect(refused).toMatchObject({ status: 409, code: 'STATE_MOVED' });
			expect(stepsOf(refused.plan).map(({ name }) => name)).toEqual(expect.arrayContaining(['Role 1', 'Role 2']));
			const told = await changesNothing(() => push(directus, changed, { plan }));
			expect(told).toMatchObject({
				status: 409,
				issues: [{ code: 'changed_since', moved: { field: 'description', to: 'Hot fix.' } }],
			});
			await push(directus, taken);
		});

		test('of a plan alone does what was reviewed, and is refused where a step finds something else', async () => {
			const changed = copied(taken);
			elementOf(changed, 'roles', ({ name }) => name === 'Role 2')['description'] = 'By a plan.';
			changed.elements.roles?.push({
				_syncId: 'the-editors',
				name: 'Editors',
				description: null,
				icon: 'edit',
				parent: null,
			});
			const plan = await diff(directus, changed);
			const pushed = await pushTo(directus, '/downstream/config/push', { plan });
			expect(pushed).toMatchObject({ status: 200, message: '' });
			const roles = (await pull(directus)).elements.roles;
			expect(roles?.find(({ name }) => name === 'Role 2')).toMatchObject({ description: 'By a plan.' });
			expect(roles?.find(({ _syncId }) => _syncId === 'the-editors')).toMatchObject({ name: 'Editors' });
			const again = await changesNothing(() => pushTo(directus, '/downstream/config/push', { plan }));
			expect(again).toMatchObject({
				status: 409,
				issues: expect.arrayContaining([expect.objectContaining({ code: 'changed_since' })]),
			});
			await push(directus, taken, { allow_destructive: true });
		});

		test('that would delete is refused with a list of what would go, and done with consent', async () => {
			const fewer = copied(taken);
			fewer.elements.dashboards = fewer.elements.dashboards?.filter(({ name }) => name !== 'Dashboard 1') ?? [];
			const gone = taken.elements.dashboards?.find(({ name }) => name === 'Dashboard 1')?._syncId;
			fewer.elements.panels = fewer.elements.panels?.filter(({ dashboard }) => dashboard !== gone) ?? [];
			const refused = await changesNothing(() => push(directus, fewer));
			expect(refused).toMatchObject({ status: 422, issues: [{ code: 'needs_allow_destructive' }] });
			expect(refused.message).toContain('Dashboard 1');
			expect(await push(directus, fewer, { allow_destructive: true })).toMatchObject({ status: 200 });
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(fewer));
			expect(await push(directus, taken)).toMatchObject({ status: 200 });
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
		});

		test('that would take values along asks for that too', async () => {
			const fewer = copied(taken);
			const without = <T extends { collection: string; field?: unknown }>(entries: T[]) =>
				entries.filter(({ collection, field }) => collection !== 'c_001' || field !== 'title');
			if (fewer.schema) fewer.schema.fields = without(fewer.schema.fields);
			const refused = await changesNothing(() => push(directus, fewer, { allow_destructive: true }));
			expect(refused).toMatchObject({ status: 422, issues: [{ code: 'needs_allow_data_loss' }] });
			expect(refused.message).toContain('c_001.title');
			const named = { allow_destructive: true, allow_data_loss: ['c_001.title'] };
			expect(await push(directus, fewer, named)).toMatchObject({ status: 200, message: '' });
			// SQLite copies the table and drops the old one, which must not empty what refers to its rows.
			expect(await directus.data('GET', '/items/c_001')).toHaveLength(2);
			expect(await directus.data('GET', '/items/c_001_blocks')).toMatchObject([{ c_001_id: 1 }, { c_001_id: 2 }]);
			await push(directus, taken);
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
		});

		test('that drops a collection keeps what others hold beside their reference to it', async () => {
			await directus.request('PATCH', '/items/c_001', { keys: [1, 2], data: { status: 'published' } });
			const fewer = copied(taken);
			const gone = 'c_002';
			const { schema } = fewer;
			if (schema) {
				const leads = ({
					collection,
					related_collection,
					meta,
				}: {
					collection: string;
					related_collection?: string | null;
					meta?: unknown;
				}) => collection === gone || related_collection === gone || JSON.stringify(meta ?? '').includes(gone);
				const dropped = schema.relations.filter(leads);
				schema.collections = schema.collections.filter(
					({ collection }) => collection !== gone && !collection.includes(gone),
				);
				const stays = new Set(schema.collections.map(({ collection }) => collection));
				schema.relations = schema.relations.filter(
					(relation) => !dropped.includes(relation) && stays.has(relation.collection),
				);
				schema.fields = schema.fields.filter(
					({ collection, field }) => stays.has(collection) && field !== `with_${gone}`,
				);
			}
			for (const kind of ['permissions', 'presets'] as const)
				fewer.elements[kind] =
					fewer.elements[kind]?.filter(({ collection }) =>
						schema?.collections.some((one) => one.collection === collection),
					) ?? [];
			const pushed = await push(directus, fewer, {
				allow_destructive: true,
				allow_data_loss: true,
				max_deletions: 1_000,
			});
			expect(pushed).toMatchObject({ status: 200, message: '' });
			expect(await directus.data('GET', '/items/c_001')).toMatchObject([
				{ status: 'published' },
				{ status: 'published' },
			]);
			expect(await directus.sql.raw('pragma foreign_key_check')).toEqual([]);
			expect(stepsOf(await diff(directus, fewer))).toEqual([]);
			expect(await push(directus, taken)).toMatchObject({ status: 200, message: '' });
			expect(await pull(directus)).toEqual(taken);
		});

		test('that is tried says what a push does, and changes nothing', async () => {
			const changed = copied(taken);
			elementOf(changed, 'roles', ({ name }) => name === 'Role 2')['name'] = 'Tried';
			changed.schema?.collections.push({
				collection: 'tried',
				meta: { collection: 'tried', icon: 'box' },
				schema: { name: 'tried' },
			});
			changed.schema?.fields.push({
				collection: 'tried',
				field: 'id',
				type: 'integer',
				meta: { collection: 'tried', field: 'id' },
				schema: { is_primary_key: true, has_auto_increment: true },
			});
			const tried = await changesNothing(() => push(directus, changed, { dry_run: true }));
			expect(tried).toMatchObject({ status: 200, message: '', id: null });
			expect(stepsOf(tried.plan)).toEqual(stepsOf(await diff(directus, changed)));
			await expect(directus.request('GET', '/collections/tried')).rejects.toThrow();
			expect(await pull(directus)).toEqual(taken);
		});

		test('of what is no bundle is refused, all that is wrong at once', async () => {
			const wrong: unknown = {
				...copied(taken),
				elements: { ...taken.elements, rols: [], folders: [{ name: 'No SyncID' }] },
			};
			const refused = await changesNothing(() => push(directus, wrong));
			expect(refused).toMatchObject({ status: 400, code: 'INVALID_PAYLOAD' });
			expect(refused.issues.map(({ code }) => code)).toEqual(expect.arrayContaining(['unknown_kind', 'wrong_type']));
			const lost = copied(taken);
			elementOf(lost, 'panels')['dashboard'] = '11111111-1111-4111-8111-111111111111';
			expect(await changesNothing(() => push(directus, lost))).toMatchObject({ status: 400 });
			expect((await ask(directus, '/downstream/config/push', { nothing: true })).status).toBe(400);
		});

		test('knows elements by their SyncIDs until they are untracked, and seeds beside them', async () => {
			const ids = async (body: unknown) => (await ask(directus, '/downstream/config/ids', body)).body['data'];
			const role = elementOf(taken, 'roles', ({ name }) => name === 'Role 1');
			const { id } = (await directus.data<{ id: string }[]>('GET', '/roles?filter[name][_eq]=Role 1'))[0] ?? { id: '' };
			expect(await ids({ tables: ['roles'] })).toMatchObject({
				roles: expect.arrayContaining([{ sync_id: role._syncId, local_id: id }]),
			});
			const add = [
				{ sync_id: 'one', local_id: 1 },
				{ sync_id: 'two', local_id: 2 },
			];
			await ids({ tables: [], write: { table: 'items:c_001', add } });
			await ids({
				tables: [],
				write: { table: 'items:c_001', add: [{ sync_id: 'uno', local_id: 1 }], forget: ['two'] },
			});
			expect(await ids({ tables: ['items:c_001', 'items:c_002'] })).toEqual({
				'items:c_001': [{ sync_id: 'uno', local_id: '1' }],
				'items:c_002': [],
			});
			expect(
				(await ask(directus, '/downstream/config/ids', { tables: [], write: { table: 'roles', add } })).status,
			).toBe(400);
			const untrack = { kind: 'roles', id };
			expect((await ask(directus, '/downstream/config/untrack', untrack)).body).toEqual({ data: { untracked: true } });
			expect((await ask(directus, '/downstream/config/untrack', untrack)).body).toEqual({ data: { untracked: false } });
			// Found again by its name, and nothing made twice.
			const again = await push(directus, taken);
			expect(again.plan.adoptions).toMatchObject([{ kind: 'roles', sync_id: role._syncId, local_id: id }]);
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
		});

		test('stays in the history for a year, and longer as long as it is among the newest hundred', async () => {
			const history = () => directus.sql('downstream_config_pushes');
			const [recent] = await history().select('*').limit(1);
			const before = Number((await history().count({ rows: '*' }).first())?.['rows']);
			const old = (index: number) => ({
				...recent,
				id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
				at: Date.now() - 400 * 86_400_000,
			});
			for (let index = 0; index < 120; index++) await history().insert(old(index));
			await removeOldPushes(directus.sql, Date.now());
			const left = await history().orderBy('id').select<{ id: string }[]>('id');
			expect(left).toHaveLength(100);
			expect(left[0]?.id).toBe(old(20 + before).id);
			await history().where('id', 'like', '00000000%').delete();
		});

		test('may be of many megabytes, and only an admin may', async () => {
			const big = copied(taken);
			const filler = 'A sentence of some length that stands for the words of a project. '.repeat(20);
			big.elements.translations?.push(
				...Array.from({ length: 2_500 }, (_, index) => ({
					_syncId: `filler-${index}`,
					language: 'de-DE',
					key: `filler.${index}`,
					value: `${index} ${filler}`,
				})),
			);
			expect(JSON.stringify(big).length).toBeGreaterThan(3_000_000);
			const plan = await diff(directus, big);
			expect(plan.summary.create).toBe(2_500);
			const raw = await fetch(`${directus.url}/downstream/config/diff`, {
				method: 'POST',
				headers: { authorization: `Bearer ${directus.token}`, 'content-type': 'application/octet-stream' },
				body: JSON.stringify({ bundle: big }),
			});
			expect(raw.status).toBe(200);
			for (const path of ['pull', 'diff', 'push']) {
				const nobody = await fetch(`${directus.url}/downstream/config/${path}`, { method: 'POST' });
				expect(nobody.status).toBe(403);
			}
		});
	});
}
