import { describe, expect, it } from 'vitest';
import { bundleOf } from './bundle-of.js';
import { counter, EVERYTHING, exampleState, uuid } from '../../../../test/fixtures/example-state.js';
import { planConfig } from '../plan/plan-config.js';
import { bundleWith, localId, targetWith } from '../../../../test/fixtures/plan-world.js';

/** The same elements under other ids, as set up by hand on another instance; no SyncID is recorded for them. */
const here = (name: string) => uuid(`here, ${name}`);
const there = (name: string) => uuid(`there, ${name}`);

const things = (id: (name: string) => string) =>
	bundleWith({
		folders: [
			{ _syncId: id('images'), name: 'Images', parent: null },
			{ _syncId: id('logos'), name: 'Logos', parent: id('images') },
		],
		roles: [{ _syncId: id('editor'), name: 'Editor', parent: null }],
		policies: [{ _syncId: id('editing'), name: 'Editing', roles: [{ role: id('editor'), sort: 1 }] }],
		permissions: [
			{
				_syncId: id('update'),
				policy: id('editing'),
				collection: 'articles',
				action: 'update',
				permissions: { role: { _eq: id('editor') } },
			},
		],
		flows: [{ _syncId: id('mail'), name: 'Mail', operation: id('send') }],
		operations: [
			{ _syncId: id('send'), flow: id('mail'), key: 'send', type: 'trigger', options: { flow: id('mail') } },
		],
		dashboards: [{ _syncId: id('sales'), name: 'Sales' }],
		panels: ['1', '2', '3'].map((name) => ({
			_syncId: id(`panel ${name}`),
			dashboard: id('sales'),
			name: null,
			type: 'label',
			position_x: 1,
			position_y: 1,
			options: { text: name, link: `/insights/${id('sales')}` },
		})),
	});

const everything = (bundle: ReturnType<typeof things>) =>
	Object.entries(bundle.elements).flatMap(([kind, list]) => list.map(({ _syncId }) => `${kind}:${_syncId}`));

describe('what nothing has recorded yet', () => {
	it('is recognised by natural key, with all that refers to it, and not created again', () => {
		const current = things(here);
		const { plan, issues } = planConfig(targetWith(current, things(there), {}, everything(current)));
		expect(issues).toEqual([]);
		expect(plan.changes).toEqual([]);
		expect(plan.adoptions).toHaveLength(everything(current).length);
		expect(plan.adoptions).toContainEqual({
			kind: 'operations',
			sync_id: there('send'),
			local_id: localId('operations', here('send')),
			by: 'flow, key',
		});
		expect(plan.adoptions).toContainEqual({
			kind: 'folders',
			sync_id: there('logos'),
			local_id: here('logos'),
			by: 'name, parent',
		});
	});

	it('is recognised in a whole instance that was set up by hand under other ids', () => {
		const source = bundleOf(exampleState(), EVERYTHING, counter('source')).bundle;
		const state = exampleState((name) => uuid(`elsewhere ${name}`));
		const { bundle: current, newIds } = bundleOf(state, EVERYTHING, counter('target'));
		const { plan, issues } = planConfig({ state, current, newIds, wanted: source, options: {} });
		expect(issues).toEqual([]);
		expect(plan.changes).toEqual([]);
	});

	it('is recognised by its id before anything else', () => {
		const current = bundleWith({
			flows: [
				{ _syncId: uuid('a'), name: 'A' },
				{ _syncId: uuid('b'), name: 'B' },
			],
		});
		const wanted = bundleWith({
			flows: [
				{ _syncId: uuid('a'), name: 'B' },
				{ _syncId: uuid('b'), name: 'A' },
			],
		});
		const { plan } = planConfig(targetWith(current, wanted, {}, everything(current)));
		expect(plan.adoptions.map(({ sync_id, local_id, by }) => [sync_id === local_id, by])).toEqual([
			[true, 'id'],
			[true, 'id'],
		]);
		expect(plan.summary).toMatchObject({ create: 0, update: 2, delete: 0 });
	});

	it('is asked for where several could be meant', () => {
		const current = bundleWith({
			roles: [
				{ _syncId: here('1'), name: 'Editor', icon: 'a' },
				{ _syncId: here('2'), name: 'Editor', icon: 'b' },
			],
		});
		const wanted = bundleWith({ roles: [{ _syncId: there('1'), name: 'Editor', icon: 'c' }] });
		const plan = (choice?: string) =>
			planConfig(
				targetWith(
					current,
					wanted,
					choice === undefined ? {} : { choices: { [`roles:${there('1')}`]: choice } },
					everything(current),
				),
			);
		const { issues } = plan();
		expect(issues).toMatchObject([{ code: 'ambiguous_match', path: `roles:${there('1')}` }]);
		for (const name of ['1', '2']) expect(issues[0]?.message).toContain(localId('roles', here(name)));
		expect(issues[0]?.suggestion).toContain(`--choose roles:${there('1')}=<key> or =new`);

		const chosen = plan(localId('roles', here('2')));
		expect(chosen.issues).toEqual([]);
		expect(chosen.plan.adoptions).toMatchObject([{ local_id: localId('roles', here('2')), by: 'choice' }]);
		expect(chosen.plan.summary).toMatchObject({ create: 0, update: 1, kept: 1 });

		const fresh = plan('new');
		expect(fresh.issues).toEqual([]);
		expect(fresh.plan.summary).toMatchObject({ create: 1, kept: 2 });
		expect(plan('nonsense').issues).toMatchObject([{ code: 'unknown_choice' }]);
	});

	it('takes over SyncIDs that people wrote by hand, also in references to it', () => {
		const list = (role: string, inText: string) =>
			bundleWith({
				roles: [{ _syncId: role, name: 'Editor' }],
				policies: [{ _syncId: 'p', name: 'P', roles: [{ role, sort: 1 }] }],
				permissions: [
					{ _syncId: '1', policy: 'p', collection: 'editor', action: 'read', permissions: { role: { _eq: inText } } },
				],
			});
		const current = list(here('editor'), here('editor'));
		const { plan } = planConfig(
			targetWith(current, list('editor', '_sync(roles/editor)'), {}, [`roles:${here('editor')}`]),
		);
		expect(plan.changes).toEqual([]);
		expect(plan.adoptions).toMatchObject([{ kind: 'roles', sync_id: 'editor' }]);
	});

	it('is matched in order when several are identical', () => {
		const list = (id: (name: string) => string) =>
			bundleWith({
				presets: ['1', '2'].map((name) => ({ _syncId: id(name), role: null, collection: 'articles', bookmark: null })),
			});
		const { plan, issues } = planConfig(targetWith(list(here), list(there), {}, everything(list(here))));
		expect(issues).toEqual([]);
		expect(plan.summary).toMatchObject({ create: 0, none: 2 });
	});

	it('is never taken for something that was recorded as another', () => {
		const role = (id: string) => bundleWith({ roles: [{ _syncId: id, name: 'Editor' }] });
		const { plan } = planConfig(targetWith(role(here('1')), role(there('1'))));
		expect(plan.adoptions).toEqual([]);
		expect(plan.summary).toMatchObject({ create: 1, delete: 1 });
	});

	it('is what it always is where there can only be one', () => {
		const settings = (id: string) => bundleWith({ settings: [{ _syncId: id, project_name: `Shop ${id.length}` }] });
		const { plan } = planConfig(
			targetWith(settings('_sync_default_settings'), settings(there('settings')), {}, [
				'settings:_sync_default_settings',
			]),
		);
		expect(plan.adoptions).toMatchObject([{ kind: 'settings', by: 'default' }]);
		expect(plan.changes).toMatchObject([{ action: 'update', fields: [{ field: 'project_name' }] }]);
	});

	it('can contain itself without end', () => {
		const loop = (id: (name: string) => string) =>
			bundleWith({
				folders: [
					{ _syncId: id('a'), name: 'A', parent: id('b') },
					{ _syncId: id('b'), name: 'B', parent: id('a') },
				],
			});
		expect(planConfig(targetWith(loop(here), loop(there), {}, everything(loop(here)))).plan.summary).toMatchObject({
			create: 2,
			kept: 2,
		});
	});
});

describe('a choice', () => {
	it('of kinds that were not asked for is reported', () => {
		const { issues } = planConfig(
			targetWith(bundleWith({}), bundleWith({ roles: [] }), { choices: { 'roles:x': 'new' } }),
		);
		expect(issues).toMatchObject([{ code: 'unknown_choice', path: 'roles:x' }]);
	});
});
