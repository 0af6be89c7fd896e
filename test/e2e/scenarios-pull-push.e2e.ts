import { describe, expect, test } from 'vitest';
import { ELEMENT_KINDS, type ElementKind } from '../../src/contract/bundle.js';
import type { Directus } from '../kit/directus.js';
import { sampledVersions } from '../kit/playground.js';
import { pull } from './config-world.js';
import {
	activityOf,
	CHANGED,
	idMap,
	isScenario,
	newDesk,
	rowsOf,
	since,
	withScenarioInstances,
	type Made,
} from './scenario-world.js';

/** Kinds of which an element was made; of the settings there is always one. */
const MADE = ELEMENT_KINDS.filter((kind): kind is keyof Made => kind !== 'settings');
/** Directus' activity tells nothing of presets. */
const TOLD = ELEMENT_KINDS.filter((kind) => kind !== 'presets');

/** The scenarios that `directus-sync` tests itself with, by its names: docs/migrating.md tells where each of them is. */
describe.each(sampledVersions(import.meta.url))('directus-sync, pull-diff-push, Directus %s:', (version) => {
	let source: Directus;
	let target: Directus;
	let made: Made;
	withScenarioInstances(version, (begun) => ({ source, target, made } = begun));

	test('pull-basic', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const one = (kind: ElementKind) => desk.read(kind).find((element) => isScenario(kind, element));
		for (const kind of MADE) {
			expect(one(kind), kind).toMatchObject({ _syncId: expect.any(String) });
			expect(await idMap(source, kind), kind).toMatchObject({ [made[kind]]: one(kind)?._syncId });
		}
		const id = (kind: ElementKind) => one(kind)?._syncId;
		expect(one('operations')).toMatchObject({ flow: id('flows') });
		expect(one('flows')).toMatchObject({ operation: id('operations') });
		expect(one('panels')).toMatchObject({ dashboard: id('dashboards') });
		expect(one('permissions')).toMatchObject({ policy: id('policies') });
		expect(one('presets')).toMatchObject({ role: id('roles') });
		expect(one('policies')).toMatchObject({ roles: [{ role: id('roles') }] });
		expect(one('settings')).toMatchObject({
			_syncId: '_sync_default_settings',
			storage_default_folder: id('folders'),
			public_registration_role: id('roles'),
		});
	});

	test('pull-with-new-data', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const before = desk.read('dashboards');
		const { id } = await source.data<{ id: string }>('POST', '/dashboards', { name: 'A second one' });
		await desk.fine(source, 'pull', '--no-specs');
		const now = desk.read('dashboards');
		expect(now).toHaveLength(before.length + 1);
		expect(now).toEqual(expect.arrayContaining(before));
		const added = now.find(({ name }) => name === 'A second one');
		expect(await idMap(source, 'dashboards')).toMatchObject({ [id]: added?._syncId });
	});

	test('pull-and-push-without-changes', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const before = await activityOf(source);
		expect((await desk.run(source, 'diff', '--exit-code')).code).toBe(0);
		expect((await desk.fine(source, 'push')).out).toContain('No changes.');
		expect(since(before, await activityOf(source))).toEqual({});
	});

	test.each(['pull', 'diff', 'push', 'diff and push'])('pull-and-push-without-data: %s', async (what) => {
		const desk = newDesk();
		await desk.fine(target, 'pull', '--no-specs');
		const before = await activityOf(target);
		for (const command of what.split(' and '))
			if (command !== 'pull') expect((await desk.fine(target, command)).out).toContain('No changes.');
		for (const kind of ELEMENT_KINDS)
			for (const { _syncId } of desk.read(kind)) expect(_syncId, kind).toMatch(/^_sync_default_/);
		expect(since(before, await activityOf(target))).toEqual({});
	});

	test('pull-and-push-with-changes', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		for (const kind of ELEMENT_KINDS) desk.change(kind, (element) => isScenario(kind, element), CHANGED[kind]);
		const { plan } = (await desk.fine(source, 'diff', '--json')).json<{ plan: { summary: object } }>();
		expect(plan.summary).toMatchObject({ create: 0, update: ELEMENT_KINDS.length, delete: 0 });
		const before = await activityOf(source);
		await desk.fine(source, 'push');
		const expected = Object.fromEntries(TOLD.map((kind) => [`update ${kind}`, 1]));
		expect(since(before, await activityOf(source))).toEqual(expected);
		expect((await desk.run(source, 'diff', '--exit-code')).code).toBe(0);
		for (const kind of ELEMENT_KINDS)
			expect(await rowsOf(source, kind), kind).toContainEqual(expect.objectContaining(CHANGED[kind]));
	});

	test('pull-and-push-with-deletions', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		for (const kind of ELEMENT_KINDS)
			desk.write(
				kind,
				desk.read(kind).filter(({ _syncId }) => _syncId.startsWith('_sync_default')),
			);
		desk.change('settings', () => true, { storage_default_folder: null, public_registration_role: null });
		const refused = await desk.run(source, 'push');
		expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--allow-destructive') });
		await desk.fine(source, 'push', '--allow-destructive');
		for (const kind of MADE) {
			const left = await rowsOf(source, kind);
			expect(left.filter((row) => isScenario(kind, row) && kind !== 'permissions')).toEqual([]);
			const keys = left.map(({ id }) => String(id));
			expect(
				Object.keys(await idMap(source, kind)).filter((key) => !keys.includes(key)),
				kind,
			).toEqual([]);
		}
		expect(await rowsOf(source, 'settings')).toHaveLength(1);
	});

	test.each(['one of each kind', 'a dashboard with its panels'])('pull-flush-and-push: %s', async (what) => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const before = await pull(source);
		if (what === 'one of each kind') {
			await source.request('PATCH', '/settings', { storage_default_folder: null, public_registration_role: null });
			for (const kind of ['panels', 'presets', 'permissions', 'operations', 'flows', 'dashboards'] as const)
				await source.request('DELETE', `/${kind}/${made[kind]}`).catch(() => {});
			for (const kind of ['policies', 'roles', 'folders', 'translations'] as const)
				for (const row of await rowsOf(source, kind))
					if (isScenario(kind, row)) await source.request('DELETE', `/${kind}/${String(row['id'])}`);
			for (const kind of ['presets', 'dashboards', 'flows'] as const)
				for (const row of await rowsOf(source, kind))
					if (isScenario(kind, row)) await source.request('DELETE', `/${kind}/${String(row['id'])}`);
		} else {
			for (const { id } of await rowsOf(source, 'dashboards'))
				await source.request('DELETE', `/dashboards/${String(id)}`);
		}
		expect((await desk.run(source, 'diff', '--exit-code')).code).toBe(2);
		await desk.fine(source, 'push');
		expect(await pull(source)).toEqual(before);
		for (const kind of MADE) {
			const keys = (await rowsOf(source, kind)).map(({ id }) => String(id));
			expect(
				Object.keys(await idMap(source, kind)).filter((key) => !keys.includes(key)),
				kind,
			).toEqual([]);
		}
	});

	test('push-on-empty-instance', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		const { plan } = (await desk.fine(target, 'diff', '--json')).json<{
			plan: { changes: { kind: string; action: string }[] };
		}>();
		for (const kind of MADE)
			expect(plan.changes.filter((change) => change.kind === kind && change.action === 'create').length, kind).toBe(1);
		const before = await activityOf(target);
		await desk.fine(target, 'push');
		expect(since(before, await activityOf(target))).toMatchObject(
			Object.fromEntries(TOLD.filter((kind) => kind !== 'settings').map((kind) => [`create ${kind}`, 1])),
		);
		expect(await pull(target)).toEqual(await pull(source));
	});

	test('push-twice-on-empty-instance', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		await desk.fine(target, 'push');
		const before = await activityOf(target);
		expect((await desk.fine(target, 'push')).out).toContain('No changes.');
		expect(since(before, await activityOf(target))).toEqual({});
	});

	test('push-with-existing-uuid', async () => {
		const desk = newDesk();
		await desk.fine(source, 'pull', '--no-specs');
		await desk.fine(target, 'push');
		const [flow] = await rowsOf(target, 'flows');
		const [folder] = await rowsOf(target, 'folders');
		await desk.fine(target, 'untrack', '--collection', 'flows', '--id', String(flow?.['id']));
		await desk.fine(target, 'untrack', '--collection', 'folders', '--id', String(folder?.['id']));
		await desk.fine(target, 'push');
		expect(await rowsOf(target, 'flows')).toHaveLength(1);
		expect(await idMap(target, 'flows')).toEqual({ [String(flow?.['id'])]: flow?.['id'] });
		expect(await idMap(target, 'folders')).toEqual({ [String(folder?.['id'])]: folder?.['id'] });
	});

	test('default-data: the admin role, both policies and the settings are changed where they are', async () => {
		const desk = newDesk();
		await desk.fine(target, 'pull', '--no-specs');
		const before = await activityOf(target);
		const [roles, policies] = [await rowsOf(target, 'roles'), await rowsOf(target, 'policies')];
		desk.change('roles', ({ _syncId }) => _syncId === '_sync_default_admin_role', { description: 'Ours' });
		desk.change('policies', ({ _syncId }) => _syncId.startsWith('_sync_default'), { description: 'Ours' });
		desk.change('settings', () => true, { project_name: 'Ours' });
		await desk.fine(target, 'push');
		expect(since(before, await activityOf(target))).toEqual({
			'update roles': 1,
			'update policies': 2,
			'update settings': 1,
		});
		const keys = (rows: Record<string, unknown>[]) => rows.map(({ id }) => id).toSorted();
		expect(keys(await rowsOf(target, 'roles'))).toEqual(keys(roles));
		expect(keys(await rowsOf(target, 'policies'))).toEqual(keys(policies));
	});
});
