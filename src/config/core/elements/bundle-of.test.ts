import { expect, test } from 'vitest';
import { bundleOf } from './bundle-of.js';
import { ELEMENT_KINDS, type Bundle, type ElementKind } from '../../../contract/bundle.js';
import type { ConfigRow, ConfigState, KnownId } from './config-state.js';
import { toRow } from './element-values.js';
import { counter, EVERYTHING, exampleState, forEachKind, uuid } from '../../../../test/fixtures/example-state.js';
import { idLookup } from './id-lookup.js';

const choice = EVERYTHING;
const take = (state: ConfigState, partly = {}) => bundleOf(state, { ...choice, ...partly }, counter());
const element = (bundle: Bundle, kind: ElementKind, name: string) =>
	bundle.elements[kind]?.find((one) => one['name'] === name || one['key'] === name || one['bookmark'] === name);

test('the bundle has all configuration under SyncIDs, and nothing else', () => {
	const { bundle, issues } = take(exampleState());
	expect(issues).toEqual([]);
	const counts = forEachKind((kind) => bundle.elements[kind]?.length);
	expect(Object.values(counts)).toEqual([1, 2, 1, 2, 3, 3, 3, 2, 1, 1, 1]);
	const text = JSON.stringify(bundle.elements);
	for (const absent of ['date_created', 'user_created', 'project_url', 'project_logo', '"users"', 'Personal']) {
		expect(text).not.toContain(absent);
	}
	expect(element(bundle, 'flows', 'Order')).not.toHaveProperty('id');
});

test('flows and folders keep their id as SyncID, others only where asked for', () => {
	const { bundle } = take(exampleState());
	expect(element(bundle, 'flows', 'Order')?._syncId).toBe(uuid('flow order'));
	expect(element(bundle, 'folders', 'Logos')).toEqual({
		_syncId: uuid('folder logos'),
		name: 'Logos',
		parent: uuid('folder images'),
	});
	expect(element(bundle, 'dashboards', 'Sales')?._syncId).not.toBe(uuid('dashboard'));
	const preserved = take(exampleState(), { preserveIds: ['dashboards', 'presets'] }).bundle;
	expect(element(preserved, 'dashboards', 'Sales')?._syncId).toBe(uuid('dashboard'));
	expect(element(preserved, 'presets', 'Mine')?._syncId).not.toBe('3');
});

test('elements that every instance has get fixed SyncIDs', () => {
	const { bundle } = take(exampleState());
	expect(bundle.elements.settings?.[0]?._syncId).toBe('_sync_default_settings');
	expect(element(bundle, 'roles', 'Administrator')?._syncId).toBe('_sync_default_admin_role');
	expect(element(bundle, 'policies', 'Administrator')).toMatchObject({
		_syncId: '_sync_default_admin_policy',
		roles: [{ role: '_sync_default_admin_role', sort: 1 }],
	});
	expect(element(bundle, 'policies', '$t:public_label')).toMatchObject({
		_syncId: '_sync_default_public_policy',
		roles: [{ role: null, sort: 1 }],
	});
});

test('of several admin policies the first one of the role is the default', () => {
	const state = exampleState();
	const access = (sort: number | null) => [{ role: uuid('admin'), user: null, sort }];
	state.rows.policies.unshift(
		{ id: uuid('late'), name: 'A', admin_access: true, roles: access(null) },
		{ id: uuid('other role'), name: 'B', admin_access: true, roles: [{ role: uuid('staff'), user: null, sort: 0 }] },
	);
	expect(element(take(state).bundle, 'policies', 'Administrator')?._syncId).toBe('_sync_default_admin_policy');
});

test('a policy of a user is neither attached to anybody nor public', () => {
	const state = exampleState();
	state.rows.policies = [
		{ id: uuid('key'), name: 'Key', roles: [{ role: null, user: uuid('user'), sort: 1 }] },
		{ id: uuid('unsaid'), name: 'Unsaid', roles: [{ role: null, sort: 1 }] },
		{ id: uuid('both'), name: 'Both', roles: [{ role: uuid('staff'), user: uuid('user'), sort: 1 }] },
	];
	const { policies } = take(state).bundle.elements;
	expect(policies?.map(({ roles }) => roles)).toEqual([[], [], []]);
	expect(policies?.map(({ _syncId }) => _syncId)).not.toContain('_sync_default_public_policy');
});

test('attachments come by their place, whatever the order of the rows', () => {
	const state = exampleState();
	const { bundle } = take(state);
	const staff = element(bundle, 'roles', 'Staff')?._syncId;
	const editor = element(bundle, 'roles', 'Editor')?._syncId;
	expect(element(bundle, 'policies', 'Editing')?.['roles']).toEqual([
		{ role: editor, sort: 1 },
		{ role: staff, sort: 2 },
	]);
	expect(element(take(state, { syncPolicyRoles: false }).bundle, 'policies', 'Editing')).not.toHaveProperty('roles');
});

test('references inside JSON are SyncIDs, ids of users stay', () => {
	const { bundle } = take(exampleState());
	const [editor, staff] = ['Editor', 'Staff'].map((name) => element(bundle, 'roles', name)?._syncId ?? '');
	const dashboard = element(bundle, 'dashboards', 'Sales')?._syncId;
	expect(bundle.elements.permissions?.find(({ action }) => action === 'update')).toMatchObject({
		permissions: { _or: [{ role: { _eq: editor } }, { role: { _eq: uuid('a user, not a role') } }] },
		presets: { owner_role: staff },
	});
	expect(element(bundle, 'panels', 'Link')?.['options']).toEqual({
		text: `see /insights/${dashboard}?role=${editor}`,
		[staff ?? '']: 'by key',
	});
	expect(bundle.elements.settings?.[0]).toMatchObject({
		public_registration_role: editor,
		storage_default_folder: uuid('folder images'),
		module_bar: [{ url: `/insights/${dashboard}` }],
	});
	expect(element(bundle, 'operations', 'send')?.['options']).toMatchObject({ flow: uuid('flow mail') });
	expect(element(bundle, 'operations', 'dynamic')?.['options']).toEqual({ flow: '{{$trigger.flow}}' });
});

test('the same configuration under other ids is the same bundle', () => {
	const here = exampleState();
	const first = take(here);
	const ids = forEachKind((kind) => first.newIds[kind] ?? []);
	// Another instance: every element has the SyncID that it has here, and another id.
	const ofThere = (kind: ElementKind, localId: string) =>
		kind === 'flows' || kind === 'folders' || !localId.includes('-') ? localId : uuid(`there ${localId}`);
	const idsThere = forEachKind((kind): KnownId[] =>
		ids[kind].map(({ syncId, localId }) => ({ syncId, localId: ofThere(kind, localId) })),
	);
	const there = idLookup(idsThere);
	const rows = forEachKind((kind) =>
		(first.bundle.elements[kind] ?? []).map((one): ConfigRow => {
			const row = toRow(kind, one, there);
			const roles = Array.isArray(row['roles'])
				? { roles: row['roles'].map((access: object) => ({ ...access, user: null })) }
				: {};
			return { ...row, ...roles, id: kind === 'settings' ? 1 : there.localId(kind, one._syncId) };
		}),
	);
	expect(rows.panels[0]?.['options']).toMatchObject({
		text: `see /insights/${uuid(`there ${uuid('dashboard')}`)}?role=${uuid(`there ${uuid('editor')}`)}`,
	});
	const state = { ...here, rows, ids: idsThere, adminRole: uuid(`there ${uuid('admin')}`) };
	const second = bundleOf(state, choice, counter('there'));
	expect(second.newIds).toEqual({});
	expect(second.bundle).toEqual(first.bundle);
});

test('recorded SyncIDs stay; those of deleted elements are ignored', () => {
	const state = exampleState();
	state.ids.roles = [
		{ syncId: 'editor', localId: uuid('editor') },
		{ syncId: '_sync_default_admin_role', localId: uuid('a role that is gone') },
	];
	state.ids.flows = [{ syncId: uuid('an old one'), localId: uuid('flow order') }];
	const { bundle, newIds } = take(state);
	expect(element(bundle, 'roles', 'Editor')?._syncId).toBe('editor');
	expect(element(bundle, 'roles', 'Administrator')?._syncId).toBe('_sync_default_admin_role');
	expect(element(bundle, 'operations', 'check')?.['flow']).toBe(uuid('an old one'));
	expect(newIds.flows).toEqual([{ syncId: uuid('flow mail'), localId: uuid('flow mail') }]);
	expect(newIds.roles?.map(({ localId }) => localId)).toEqual([uuid('admin'), uuid('staff')]);
	expect(newIds.settings).toEqual([{ syncId: '_sync_default_settings', localId: '1' }]);
});

test('a fixed SyncID that another element has already is not given twice', () => {
	const state = exampleState();
	state.ids.roles = [{ syncId: '_sync_default_admin_role', localId: uuid('editor') }];
	const { bundle, newIds } = take(state);
	expect(element(bundle, 'roles', 'Editor')?._syncId).toBe('_sync_default_admin_role');
	expect(newIds.roles?.map(({ syncId }) => syncId)).not.toContain('_sync_default_admin_role');
	expect(element(bundle, 'policies', 'Editing')?.['roles']).toContainEqual({
		role: '_sync_default_admin_role',
		sort: 1,
	});
});

test('a selection of kinds includes the SyncIDs it refers to, and no others', () => {
	const { bundle, newIds } = take(exampleState(), { kinds: ['presets'], schema: false });
	expect(Object.keys(bundle.elements)).toEqual(['presets']);
	expect(bundle.schema).toBeNull();
	expect(Object.keys(newIds)).toEqual(['roles', 'presets']);
	expect(newIds.roles?.map(({ localId }) => localId).sort()).toEqual([uuid('editor'), uuid('staff')].sort());
});

test("Downstream's own collections and policy stay out unless asked for", () => {
	const state = exampleState();
	const own = { collection: 'cache_flush_targets' };
	state.snapshot.collections.push(own);
	state.snapshot.fields.push({ ...own, field: 'url' });
	state.snapshot.relations.push({ ...own, field: 'user_created', related_collection: 'directus_users' });
	state.rows.policies.push({ id: uuid('own'), name: 'Data Sync', roles: [] });
	state.rows.permissions.push({ id: 9, policy: uuid('own'), collection: 'articles', action: 'read' });
	const without = take(state).bundle;
	expect(JSON.stringify(without)).not.toMatch(/cache_flush|Data Sync/);
	expect(without.elements.permissions).toHaveLength(2);
	const all = take(state, { own: true }).bundle;
	expect(all.schema?.collections).toHaveLength(3);
	expect(all.elements.policies).toHaveLength(4);
	expect(all.elements.permissions).toHaveLength(3);
});

test('rows that cannot be read are counted, so that the rest is not taken for all', () => {
	const state = { ...exampleState(), hidden: { permissions: 20 } };
	expect(take(state).issues).toMatchObject([{ path: '/permissions', code: 'hidden_rows' }]);
	expect(take(state, { kinds: ['roles'] }).issues).toEqual([]);
});

test('masked values are no values', () => {
	const state = exampleState();
	Object.assign(state.rows.settings[0] ?? {}, {
		ai_mistral_api_key: '**********',
		mapbox_key: 'pk.1',
		ai_system_prompt: 'x',
	});
	const [settings] = take(state).bundle.elements.settings ?? [];
	expect(settings).toMatchObject({ ai_system_prompt: 'x' });
	expect(Object.keys(settings ?? {})).not.toContain('ai_mistral_api_key');
	expect(Object.keys(settings ?? {})).not.toContain('mapbox_key');
});

test('ten thousand elements take linear time', () => {
	const state = exampleState();
	for (const kind of ELEMENT_KINDS) state.rows[kind] = [];
	for (let index = 0; index < 5_000; index += 1) {
		const id = uuid(`policy ${index}`);
		state.rows.policies.push({ id, name: `P${index}`, roles: [] });
		state.rows.permissions.push({
			id: index,
			policy: id,
			collection: 'c',
			action: 'read',
			permissions: { a: { _eq: id } },
		});
	}
	const start = process.cpuUsage().user;
	expect(take(state).bundle.elements.permissions).toHaveLength(5_000);
	expect((process.cpuUsage().user - start) / 1_000).toBeLessThan(3_000);
});
