import { describe, expect, it } from 'vitest';
import type { Change } from '../../contract/plan.js';
import { choose, chosenAtFirst, leave, onlyOf, waysOf } from './choose-entries.js';

const change = (step: string, action: Change['action'], after: string[] = [], more: Partial<Change> = {}): Change => ({
	kind: step.split(':')[0] as Change['kind'],
	sync_id: step.split(':')[1] ?? '',
	name: step,
	action,
	fields: [],
	risk: [],
	local_id: null,
	after: after.map((needed) => ({ step: needed, because: 'role' })),
	completes: false,
	kept: false,
	impact: [],
	...more,
});

const role = change('roles:r', 'create');
const policy = change('policies:p', 'create', ['roles:r']);
const permission = change('permissions:1', 'create', ['policies:p']);
const flow = change('flows:f', 'update');
const gone = change('roles:gone', 'delete');
const kept = change('roles:kept', 'delete', [], { kept: true, risk: ['untracked'] });
const emptied = change('fields:articles.body', 'update', [], { risk: ['data_loss'] });
const plan = [role, policy, permission, flow, gone, kept, emptied];
const ways = waysOf(plan);

describe('what is chosen of a plan', () => {
	it('is at first all that neither deletes nor loses anything', () => {
		expect([...chosenAtFirst(plan, ways)]).toEqual(['roles:r', 'policies:p', 'permissions:1', 'flows:f']);
	});

	it('is at first nothing that cannot be without a deletion', () => {
		const waiting = change('translations:new', 'create', ['roles:gone']);
		expect([...chosenAtFirst([...plan, waiting], waysOf([...plan, waiting]))]).not.toContain('translations:new');
	});

	it('is at first nothing that belongs to the environment', () => {
		const renamed = change('settings:s', 'update', [], { risk: ['environment'] });
		expect([...chosenAtFirst([...plan, renamed], ways)]).not.toContain('settings:s');
	});

	it('brings along the entries it depends on, and says so', () => {
		const { chosen, also } = choose(new Set(['flows:f']), ['permissions:1'], ways);
		expect([...chosen].toSorted()).toEqual(['flows:f', 'permissions:1', 'policies:p', 'roles:r']);
		expect(also).toEqual(['policies:p', 'roles:r']);
		expect(choose(chosen, ['policies:p'], ways).also).toEqual([]);
	});

	it('removes entries that depend on it when it is deselected', () => {
		const { chosen, also } = leave(new Set(['roles:r', 'policies:p', 'permissions:1', 'flows:f']), ['roles:r'], ways);
		expect([...chosen]).toEqual(['flows:f']);
		expect(also).toEqual(['policies:p', 'permissions:1']);
	});

	it('has the fields of a new collection with it', () => {
		const schema = [
			change('collections:posts', 'create'),
			change('fields:posts.title', 'create', ['collections:posts']),
		];
		expect(choose(new Set(), ['collections:posts'], waysOf(schema)).also).toEqual(['fields:posts.title']);
	});

	it('is sent as a list, unless it is exactly what a push does by default', () => {
		const all = new Set(plan.filter((change) => !change.kept).map(({ kind, sync_id }) => `${kind}:${sync_id}`));
		expect(onlyOf(plan, all)).toBe(null);
		expect(onlyOf(plan, new Set([...all, 'roles:kept']))).toContain('roles:kept');
		expect(onlyOf(plan, chosenAtFirst(plan, ways))).toHaveLength(4);
	});
});
