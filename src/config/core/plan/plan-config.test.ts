import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../../contract/bundle.js';
import { uuid } from '../../../../test/fixtures/example-state.js';
import { invertPlan } from './invert-plan.js';
import { planConfig } from './plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';

describe('a plan', () => {
	it('says why each step stands where it stands', () => {
		const [flow, first, second] = [uuid('flow'), uuid('first'), uuid('second')];
		const wanted = bundleWith({
			flows: [{ _syncId: flow, name: 'Mail', status: 'active', operation: first }],
			operations: [
				{ _syncId: first, flow, key: 'a', type: 'log', resolve: second },
				{ _syncId: second, flow, key: 'b', type: 'log', resolve: null },
			],
		});
		const { plan } = planConfig(targetWith(bundleWith({}), wanted));
		expect(
			plan.changes.map(({ sync_id, action, completes, after }) => ({ sync_id, action, completes, after })),
		).toEqual([
			{ sync_id: flow, action: 'create', completes: false, after: [] },
			{ sync_id: second, action: 'create', completes: false, after: [{ step: `flows:${flow}`, because: 'flow' }] },
			{
				sync_id: first,
				action: 'create',
				completes: false,
				after: [
					{ step: `flows:${flow}`, because: 'flow' },
					{ step: `operations:${second}`, because: 'resolve' },
				],
			},
			{
				sync_id: flow,
				action: 'update',
				completes: true,
				after: [{ step: `operations:${first}`, because: 'operation' }],
			},
		]);
		expect(plan.summary).toMatchObject({ create: 3, update: 0 });
	});

	it('recognises what was renamed by its SyncID', () => {
		const role = (name: string) => bundleWith({ roles: [{ _syncId: 'r', name }] });
		const { plan } = planConfig(targetWith(role('Editor'), role('Writer')));
		expect(plan.changes).toMatchObject([
			{ action: 'update', name: 'Writer', fields: [{ field: 'name', from: 'Editor', to: 'Writer' }] },
		]);
	});

	it('leaves kinds alone of which the bundle says nothing', () => {
		const current = bundleWith({
			roles: [{ _syncId: 'r', name: 'Editor' }],
			folders: [{ _syncId: uuid('f'), name: 'Images' }],
		});
		const { plan } = planConfig(targetWith(current, bundleWith({ folders: [] })));
		expect(plan.changes).toMatchObject([{ kind: 'folders', action: 'delete', risk: ['destructive'], kept: false }]);
	});

	it('shows what only the target has, and deletes it for a mirror or by name alone', () => {
		const current = bundleWith({ policies: [{ _syncId: 'rogue', name: 'Rogue', admin_access: true, roles: [] }] });
		const plan = (options = {}) =>
			planConfig(targetWith(current, bundleWith({ policies: [] }), options, ['policies:rogue'])).plan;
		expect(plan().changes).toMatchObject([
			{ action: 'delete', kept: true, risk: ['untracked', 'destructive', 'rights'] },
		]);
		expect(plan().summary).toMatchObject({ delete: 0, kept: 1 });
		expect(plan({ mirror: true }).changes).toMatchObject([{ action: 'delete', kept: false }]);
		expect(plan({ select: { elements: ['policies:rogue'] } }).changes).toMatchObject([
			{ action: 'delete', kept: false },
		]);
	});

	it('has one fingerprint for one state, and another for another', () => {
		const name = (project_name: string) =>
			bundleWith({ settings: [{ _syncId: '_sync_default_settings', project_name }], presets: [] });
		const wanted = name('Shop');
		const fingerprint = (current: Bundle) => planConfig(targetWith(current, wanted)).plan.fingerprint;
		expect(fingerprint(name('A'))).toBe(fingerprint(name('A')));
		expect(fingerprint(name('A'))).not.toBe(fingerprint(name('B')));
	});

	it("is not outdated by a person's own presets", () => {
		const bundle = bundleWith({ presets: [] });
		const withPreset = (user: string | null) => {
			const input = targetWith(bundle, bundle);
			input.state.rows.presets.push({ id: 1, user, collection: 'articles' });
			return planConfig(input).plan.fingerprint;
		};
		const before = planConfig(targetWith(bundle, bundle)).plan.fingerprint;
		expect(withPreset('somebody')).toBe(before);
		expect(withPreset(null)).not.toBe(before);
	});

	it('refuses a field that this Directus does not have, and leaves it out where it comes of another one', () => {
		const wanted = bundleWith({ roles: [{ _syncId: 'r', name: 'Editor', descripton: 'writes' }] });
		const input = targetWith(bundleWith({}), wanted);
		input.state.columns.roles = ['name', 'description'];
		expect(planConfig(input).issues).toMatchObject([
			{ code: 'unknown_field', path: 'roles:r', suggestion: 'did you mean "description"?' },
		]);
		const older = planConfig({ ...input, wanted: { ...wanted, directus: '11.17.4' } });
		expect(older.issues).toEqual([]);
		expect(older.warnings).toMatchObject([{ code: 'unknown_field' }]);
		expect(older.plan.changes[0]?.fields.map(({ field }) => field)).toEqual(['name']);
	});

	it('creates a collection before the permission that names it, and drops it after the one that did', () => {
		const permission = (collection: string) => ({
			policies: [{ _syncId: 'p', name: 'P', roles: [] }],
			permissions: [{ _syncId: collection, policy: 'p', collection, action: 'read' }],
		});
		const current = bundleWith(permission('old'), schemaWith({ old: { id: {} } }));
		const wanted = bundleWith(permission('new'), schemaWith({ new: { id: {} } }));
		const { plan } = planConfig(targetWith(current, wanted));
		expect(plan.changes.map(({ kind, sync_id, action }) => `${action} ${kind} ${sync_id}`)).toEqual([
			'create collections new',
			'create fields new.id',
			'create permissions new',
			'delete permissions old',
			'delete collections old',
		]);
	});

	it('adopts in part what the chosen part names, and nothing else', () => {
		const bundle = (id: string) =>
			bundleWith({
				roles: [
					{ _syncId: uuid(`${id} a`), name: 'A' },
					{ _syncId: uuid(`${id} b`), name: 'B' },
				],
				policies: [],
			});
		const wanted = {
			...bundle('there'),
			elements: {
				...bundle('there').elements,
				policies: [{ _syncId: 'p', name: 'P', roles: [{ role: uuid('there a'), sort: 1 }] }],
			},
		};
		const untracked = (bundle('here').elements.roles ?? []).map(({ _syncId }) => `roles:${_syncId}`);
		const { plan } = planConfig(
			targetWith(bundle('here'), wanted, { select: { elements: ['policies:p'] } }, untracked),
		);
		expect(plan.changes.map(({ sync_id }) => sync_id)).toEqual(['p']);
		expect(plan.adoptions.map(({ sync_id }) => sync_id)).toEqual([uuid('there a')]);
	});

	it('selects a new collection only as a whole, and reports a choice that matches nothing', () => {
		const wanted = bundleWith({}, schemaWith({ articles: { title: {} }, tags: { id: {} } }));
		const part = (elements: string[]) =>
			planConfig(targetWith(bundleWith({}, schemaWith({})), wanted, { select: { elements } }));
		expect(part(['collections:articles']).plan.changes.map(({ sync_id }) => sync_id)).toEqual([
			'articles',
			'articles.title',
		]);
		expect(part(['fields:articles.title']).plan.summary).toMatchObject({ create: 2 });
		expect(part(['collections:artcles']).issues).toMatchObject([
			{ code: 'unknown_selection', path: 'collections:artcles' },
		]);
	});

	it('leaves in peace what changed since when it is taken back, and says so', () => {
		const role = (name: string, icon: string) => bundleWith({ roles: [{ _syncId: 'r', name, icon }] });
		const { plan } = planConfig(targetWith(role('A', 'x'), role('B', 'x')));
		const inverse = invertPlan(plan, { before: role('A', 'x'), after: role('B', 'x'), current: role('C', 'y') });
		expect(inverse.drifted).toMatchObject([{ path: 'roles:r', moved: { field: 'name', from: 'B', to: 'C' } }]);
		expect(inverse.wanted.elements.roles).toEqual([{ _syncId: 'r', name: 'A', icon: 'y' }]);
	});

	it('knows what ids within JSON mean when all is done: of what goes, and of what comes', () => {
		const role = { _syncId: uuid('role'), name: 'Editor' };
		const board = { _syncId: uuid('board'), name: 'Board' };
		const panel = {
			_syncId: uuid('panel'),
			dashboard: uuid('board'),
			name: 'P',
			type: 'list',
			options: { role: uuid('role') },
		};
		const both = bundleWith({ roles: [role], dashboards: [board], panels: [panel] });
		const without = bundleWith({ roles: [], dashboards: [board], panels: [panel] });
		const gone = planConfig(targetWith(both, without));
		expect(gone.plan.changes.map(({ kind, action }) => `${action} ${kind}`)).toEqual(['update panels', 'delete roles']);
		expect(gone.plan.changes[0]?.fields).toMatchObject([{ field: 'options.role', to: uuid('role') }]);
		const back = planConfig(targetWith(without, both));
		expect(back.plan.changes.map(({ kind, action }) => `${action} ${kind}`)).toEqual(['create roles', 'update panels']);
		expect(planConfig(targetWith(both, both)).plan.changes).toEqual([]);
	});

	it('says what does not come back when it is taken back', () => {
		const { plan } = planConfig(
			targetWith(bundleWith({ roles: [{ _syncId: 'r', name: 'Editor' }] }), bundleWith({ roles: [] })),
		);
		const before = bundleWith({ roles: [{ _syncId: 'r', name: 'Editor' }] });
		const { lost, wanted } = invertPlan(plan, { before, current: bundleWith({ roles: [] }) });
		expect(wanted.elements.roles).toEqual(before.elements.roles);
		expect(lost).toEqual([
			'role "Editor" comes back without its users',
			'role "Editor" comes back under another id: links to it lead nowhere',
		]);
	});
});
