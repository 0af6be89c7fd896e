import { expect, it } from 'vitest';
import type { Change } from '../../contract/plan.js';
import { entriesOf } from './plan-entries.js';

const change = (sync_id: string, more: Partial<Change> = {}): Change => ({
	kind: 'roles',
	sync_id,
	name: sync_id,
	action: 'update',
	fields: [],
	risk: [],
	local_id: null,
	after: [],
	completes: false,
	kept: false,
	impact: [],
	...more,
});
const changes = [
	change('changed'),
	change('same', { action: 'none' }),
	change('kept', { action: 'delete', kept: true }),
];

it('shows what only this instance has, while nothing is pushed yet', () => {
	expect(entriesOf({ changes }).map(({ step }) => step)).toEqual(['roles:changed', 'roles:kept']);
});

it('lists only what happened, once it was pushed', () => {
	expect(entriesOf({ changes }, true).map(({ step }) => step)).toEqual(['roles:changed']);
});
