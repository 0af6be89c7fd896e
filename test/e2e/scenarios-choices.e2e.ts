import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ElementKind } from '../../src/contract/bundle.js';
import type { Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { pull, push } from './config-world.js';
import { idMap, isScenario, newDesk, rowsOf, withScenarioInstances, type Desk } from './scenario-world.js';

const KEEPABLE = ['dashboards', 'operations', 'panels', 'policies', 'roles', 'translations'] as const;

describe.each(sampledVersions(import.meta.url))('directus-sync, choices, Directus %s:', (version) => {
	let source: Directus;
	let target: Directus;
	withScenarioInstances(version, (begun) => ({ source, target } = begun));

	const scenarioOf = async (on: Directus, kind: ElementKind) =>
		(await rowsOf(on, kind)).filter((row) => isScenario(kind, row));
	/** Its key of this moment: what was deleted comes back under another one. */
	const idOf = async (kind: ElementKind) => String((await scenarioOf(source, kind))[0]?.['id']);
	const roles = (on: Directus, policy: string) =>
		on.data<{ role: string | null; user: string | null }[]>('GET', `/access?filter[policy][_eq]=${policy}&sort=sort`);

	test.each(['flows', 'folders', 'all', ...KEEPABLE])('preserve-ids: %s', async (what) => {
		const kinds = what === 'all' ? [...KEEPABLE] : [what as ElementKind];
		const flag = what === 'flows' || what === 'folders' ? [] : ['--preserve-ids', what];
		// Those that have a SyncID keep it; untracked ones get their id for one.
		for (const kind of kinds) await source.sql('directus_sync_id_map').where({ table: kind }).delete();
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs', ...flag);
		for (const kind of kinds) expect(desk.read(kind).map(({ _syncId }) => _syncId)).toContain(await idOf(kind));
		await desk.fine(target, 'push', ...flag);
		for (const kind of kinds)
			expect((await scenarioOf(target, kind)).map(({ id }) => id)).toEqual(
				(await scenarioOf(source, kind)).map(({ id }) => id),
			);
	});

	test.each(['permissions', 'presets', 'settings'])('preserve-ids: never of %s', async (kind) => {
		const refused = await newDesk().run(source, 'pull', '--preserve-ids', kind);
		expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/cannot be kept/) });
	});

	test('push-with-role-policy-assignment-changes', async () => {
		const desk = newDesk();
		const other = await source.data<{ id: string }>('POST', '/roles', { name: 'Second role' });
		await desk.fine(source, 'pull', '--no-specs');
		await desk.fine(target, 'push');
		const [first] = desk.read('policies').filter((one) => isScenario('policies', one));
		const second = (await idMap(source, 'roles'))[other.id];
		const isOurs = ({ _syncId }: { _syncId: string }) => _syncId === first?._syncId;
		const [policy] = await scenarioOf(target, 'policies');
		const there = async () => (await roles(target, String(policy?.['id']))).map(({ role }) => role);
		const key = async (name: string) => (await rowsOf(target, 'roles')).find((row) => row['name'] === name)?.['id'];
		const [{ role: old } = { role: '' }] = (first?.['roles'] ?? []) as { role: string }[];
		const attached = (...list: (string | undefined)[]) => list.map((role, index) => ({ role, sort: index + 1 }));
		desk.change('policies', isOurs, { roles: attached(second, old) });
		await desk.fine(target, 'push');
		expect(await there()).toEqual([await key('Second role'), await key('Scenario role')]);
		desk.change('policies', isOurs, { roles: attached(second) });
		await desk.fine(target, 'push');
		expect(await there()).toEqual([await key('Second role')]);
		expect((await desk.run(target, 'diff', '--exit-code')).code).toBe(0);
	});

	test.each(['stays on the instance', 'is not in the dump'])('push-with-user-policy-assignment: %s', async (what) => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const before = desk.file('collections/policies.json');
		const policy = await idOf('policies');
		const [user] = await source.data<{ id: string }[]>('GET', '/users?limit=1');
		const access = await source.data<{ id: string }>('POST', '/access', { policy, user: user?.id });
		try {
			if (what === 'is not in the dump') {
				await desk.fine(source, 'pull', '--no-specs');
				expect(desk.file('collections/policies.json')).toBe(before);
			} else {
				desk.change('policies', (one) => isScenario('policies', one), { description: 'Pushed' });
				await desk.fine(source, 'push');
				expect(await roles(source, policy)).toContainEqual(expect.objectContaining({ user: user?.id, role: null }));
			}
		} finally {
			await source.request('DELETE', `/access/${access.id}`);
		}
	});

	test.each(['pull', 'push'])('push-with-no-sync-policy-roles: %s', async (what) => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs', ...(what === 'pull' ? ['--no-sync-policy-roles'] : []));
		if (what === 'pull') {
			for (const policy of desk.read('policies')) expect(policy).not.toHaveProperty('roles');
			return;
		}
		desk.change('policies', (one) => isScenario('policies', one), { roles: [], description: 'Pushed' });
		await desk.fine(source, 'push', '--no-sync-policy-roles');
		expect(await roles(source, await idOf('policies'))).toHaveLength(1);
		expect(await rowsOf(source, 'policies')).toContainEqual(expect.objectContaining({ description: 'Pushed' }));
	});

	test('pretty-diff-output', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const field = JSON.parse(desk.file('snapshot/fields/pages/title.json'));
		field.meta.note = 'What it is called';
		desk.put('directus-config/snapshot/fields/pages/title.json', JSON.stringify(field));
		desk.change('roles', (one) => isScenario('roles', one), { description: 'Readable' });
		const { out } = await desk.fine(source, 'diff');
		expect(out).toMatch(/~ pages\.title[^]*meta\.note: .*What it is called/);
		expect(out).toMatch(/~ Scenario role[^]*description: Made by hand → Readable/);
		expect(out).not.toContain('[object Object]');
	});

	test('sort-json', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs', '--sort-json');
		for (const kind of ['operations', 'settings'] as const)
			for (const element of desk.read(kind)) expect(Object.keys(element)).toEqual(Object.keys(element).toSorted());
		const meta = Object.keys(JSON.parse(desk.file('snapshot/collections/pages.json')).meta);
		expect(meta).toEqual(meta.toSorted());
	});

	describe('exclude-include', () => {
		const kinds: ElementKind[] = ['flows', 'operations'];
		const has = (desk: Desk, path: string) => existsSync(join(desk.folder, 'directus-config', path));

		test.each(['flag', 'configuration file'])('exclude some, by %s', async (by) => {
			const desk = newDesk();
			const flag = by === 'flag' ? ['-x', kinds.join()] : [];
			if (by !== 'flag')
				desk.put('directus-sync.config.cjs', `module.exports = { excludeCollections: ['flows', 'operations'] }`);
			await desk.fine(source, 'pull', '--no-specs', ...flag);
			for (const kind of kinds) expect(has(desk, `collections/${kind}.json`)).toBe(false);
			await desk.fine(target, 'push', ...flag);
			expect(await rowsOf(target, 'flows')).toEqual([]);
			expect(await scenarioOf(target, 'dashboards')).toHaveLength(1);
		});

		test.each(['flag', 'configuration file'])('include some, by %s', async (by) => {
			const desk = newDesk();
			const flag = by === 'flag' ? ['-o', kinds.join()] : [];
			if (by !== 'flag')
				desk.put('directus-sync.config.cjs', `module.exports = { onlyCollections: ['flows', 'operations'] }`);
			await desk.fine(source, 'pull', '--no-specs', '--no-snapshot', ...flag);
			expect(has(desk, 'collections/flows.json')).toBe(true);
			expect(has(desk, 'collections/roles.json')).toBe(false);
			await desk.fine(target, 'push', '--no-snapshot', ...flag);
			expect(await scenarioOf(target, 'flows')).toHaveLength(1);
			expect(await scenarioOf(target, 'dashboards')).toEqual([]);
		});

		test.each(['flag', 'configuration file'])('no snapshot, by %s', async (by) => {
			const desk = newDesk();
			const flag = by === 'flag' ? ['--no-snapshot'] : [];
			if (by !== 'flag') desk.put('directus-sync.config.cjs', `module.exports = { snapshot: false }`);
			await desk.fine(source, 'pull', '--no-specs', ...flag);
			expect(has(desk, 'snapshot')).toBe(false);
			const { plan } = (await desk.fine(target, 'diff', '--json', '-x', 'permissions,presets', ...flag)).json<{
				plan: { changes: { kind: string }[] };
			}>();
			expect(plan.changes.map(({ kind }) => kind)).not.toContain('collections');
			await desk.fine(target, 'push', '-x', 'permissions,presets', ...flag);
			expect(await target.sql.schema.hasTable('pages')).toBe(false);
			expect(await scenarioOf(target, 'roles')).toHaveLength(1);
		});

		test.each(['flag', 'configuration file'])('no collections, by %s', async (by) => {
			const desk = newDesk();
			const flag = by === 'flag' ? ['--no-collections'] : [];
			if (by !== 'flag') desk.put('directus-sync.config.cjs', `module.exports = { collections: false }`);
			await desk.fine(source, 'pull', '--no-specs', ...flag);
			expect(has(desk, 'collections')).toBe(false);
			await desk.fine(target, 'push', ...flag);
			expect(await target.sql.schema.hasTable('pages')).toBe(true);
			expect(await scenarioOf(target, 'roles')).toEqual([]);
		});
	});

	describe('permissions', () => {
		const twice = (policy: string) =>
			source.sql('directus_permissions').insert(
				['first', 'last'].map((name) => ({
					policy,
					collection: 'notes',
					action: 'read',
					fields: `*`,
					presets: JSON.stringify({ text: name }),
				})),
			);
		const left = async () =>
			(
				await source.sql('directus_permissions').where({ collection: 'notes' }).select<{ presets: string }[]>('presets')
			).map(({ presets }) => JSON.parse(presets).text as string);

		test('inserting duplicates: what is there already is recognised, and nothing is there twice', async () => {
			const desk = newDesk();
			await desk.fine(source, 'pull', '--no-specs');
			await desk.fine(target, 'push');
			await target.sql('directus_sync_id_map').where({ table: 'permissions' }).delete();
			const before = (await rowsOf(target, 'permissions')).length;
			await desk.fine(target, 'push');
			expect(await rowsOf(target, 'permissions')).toHaveLength(before);
			expect((await desk.run(target, 'diff', '--exit-code')).code).toBe(0);
		});

		test.each(['last', 'first'])('remove-duplicates: keep the %s', async (keep) => {
			await twice(await idOf('policies'));
			await newDesk().fine(source, 'remove-permission-duplicates', '--keep', keep);
			// Directus 12 hides rules that its licence does not allow, and never touches what it hides.
			expect(await left()).toEqual(version === '12' ? ['first', 'last'] : [keep]);
			await source.sql('directus_permissions').where({ collection: 'notes' }).delete();
		});

		test('remove-duplicates: none', async () => {
			expect((await newDesk().fine(source, 'remove-permission-duplicates')).out).toContain('No duplicates.');
		});

		test.each(['pull', 'push'])('public-policy permissions: %s', async (what) => {
			const desk = newDesk();
			const [access] = await source.data<{ policy: string }[]>(
				'GET',
				'/access?filter[role][_null]=true&filter[user][_null]=true',
			);
			const given = { policy: access?.policy, collection: 'notes', action: 'read', fields: ['*'] };
			const { id } = await source.data<{ id: number }>('POST', '/permissions', given);
			await desk.fine(source, 'pull', '--no-specs');
			const isPublic = (one: Record<string, unknown>) => one['policy'] === '_sync_default_public_policy';
			expect(desk.read('permissions').filter(isPublic)).toMatchObject([{ collection: 'notes', action: 'read' }]);
			if (what === 'push') {
				await desk.fine(target, 'push');
				await expect(target.request('GET', '/items/notes', undefined, null)).resolves.toEqual({ data: [] });
			}
			await source.request('DELETE', `/permissions/${id}`);
		});
	});

	test('snapshot: names that differ by case alone do not collide, and the id map is no part of it', async () => {
		const folders = ['Group', 'group', 'GROUP'].map((collection) => ({
			collection,
			schema: null,
			meta: { icon: 'folder' },
		}));
		await source.request('POST', '/collections', folders);
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const names = ['Group', 'group', 'GROUP'].map((name) => name.toLowerCase());
		expect(new Set(names).size).toBe(1);
		await desk.fine(target, 'push');
		const there = (await pull(target)).schema?.collections.map(({ collection }) => collection);
		expect(there).toEqual(expect.arrayContaining(['Group', 'group', 'GROUP', 'pages', 'notes']));
		expect(there).not.toContain('directus_sync_id_map');
		expect(await push(target, await pull(source))).toMatchObject({ status: 200, id: null });
	});

	test('config: which file was read is told, and that there was none', async () => {
		const desk = newDesk();
		expect(
			(await desk.fine(source, 'diff', '--from', source.url, '--from-token', source.token, '--debug')).err,
		).toContain('no configuration file');
		desk.put('directus-sync.config.json', '{ "snapshot": false }');
		expect((await desk.fine(source, 'pull', '--no-specs', '--debug')).err).toContain('directus-sync.config.json');
		expect((await desk.run(source, 'pull', '-c', 'nowhere.json')).err).toContain('does not exist');
	});

	test('untrack', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const id = await idOf('dashboards');
		const old = (await idMap(source, 'dashboards'))[id];
		await desk.fine(source, 'untrack', '--collection', 'dashboards', '--id', id);
		expect(await idMap(source, 'dashboards')).toEqual({});
		await desk.fine(source, 'pull', '--no-specs');
		expect((await idMap(source, 'dashboards'))[id]).not.toBe(old);
	});

	test('server: wait-server-ready', async () => {
		expect((await newDesk().run(source, 'wait-server-ready', '--timeout', '20')).code).toBe(0);
	});
});
