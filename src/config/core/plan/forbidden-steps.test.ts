import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../../contract/bundle.js';
import { FORBIDDEN, forbiddenSteps, rightsAfter } from './forbidden-steps.js';
import { FIXED_SYNC_IDS } from '../elements/kinds.js';
import { planConfig } from './plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';

const role = { _syncId: 'r', name: 'Editor' };
const other = { _syncId: 's', name: 'Other' };
const policy = (values: object = {}) => ({ _syncId: 'p', name: 'P', admin_access: false, roles: [], ...values });
const permission = (action: string, of = 'p') => ({
	_syncId: `x-${action}`,
	policy: of,
	collection: 'a',
	action,
	fields: ['*'],
});
const open = {
	_syncId: FIXED_SYNC_IDS.publicPolicy,
	name: '$t:public_label',
	admin_access: false,
	roles: [{ role: null, sort: 1 }],
};
const attached = (id: string | null) => ({ roles: [{ role: id, sort: 1 }] });

const CASES: [string, Bundle, Bundle, string[]][] = [
	[
		'a public permission to read',
		bundleWith({ policies: [open], permissions: [] }),
		bundleWith({ policies: [open], permissions: [permission('read', open._syncId)] }),
		[],
	],
	[
		'a public permission to write',
		bundleWith({ policies: [open], permissions: [] }),
		bundleWith({ policies: [open], permissions: [permission('update', open._syncId)] }),
		['public_write permissions'],
	],
	[
		'a policy that writes becomes public',
		bundleWith({ policies: [policy()], permissions: [permission('create')] }),
		bundleWith({ policies: [policy(attached(null))], permissions: [permission('create')] }),
		['public_write policies'],
	],
	[
		'a policy that reads becomes public',
		bundleWith({ policies: [policy()], permissions: [permission('read')] }),
		bundleWith({ policies: [policy(attached(null))], permissions: [permission('read')] }),
		[],
	],
	[
		'a policy becomes one of admins',
		bundleWith({ policies: [policy()] }),
		bundleWith({ policies: [policy({ admin_access: true })] }),
		['admin policies'],
	],
	[
		'a new policy of admins',
		bundleWith({ policies: [] }),
		bundleWith({ policies: [policy({ admin_access: true })] }),
		['admin policies'],
	],
	[
		'a role becomes one of admins',
		bundleWith({ roles: [role, other], policies: [policy({ admin_access: true, ...attached('r') })] }),
		bundleWith({
			roles: [role, other],
			policies: [policy({ admin_access: true, roles: [...attached('r').roles, { role: 's', sort: 1 }] })],
		}),
		['admin policies'],
	],
	[
		'a policy of admins is renamed, and loses a role',
		bundleWith({ roles: [role], policies: [policy({ admin_access: true, ...attached('r') })] }),
		bundleWith({ roles: [role], policies: [policy({ admin_access: true, name: 'Q' })] }),
		[],
	],
	[
		'a public permission to read becomes one to write',
		bundleWith({ policies: [open], permissions: [{ ...permission('read', open._syncId), _syncId: 'x' }] }),
		bundleWith({ policies: [open], permissions: [{ ...permission('update', open._syncId), _syncId: 'x' }] }),
		['public_write permissions'],
	],
	[
		'a policy is not public any more, and may write',
		bundleWith({ policies: [policy(attached(null))], permissions: [] }),
		bundleWith({ policies: [policy()], permissions: [permission('create')] }),
		[],
	],
	[
		'a policy becomes public, and may write',
		bundleWith({ policies: [policy()], permissions: [] }),
		bundleWith({ policies: [policy(attached(null))], permissions: [permission('create')] }),
		['public_write policies', 'public_write permissions'],
	],
	['a role goes', bundleWith({ roles: [role] }), bundleWith({ roles: [] }), ['delete roles']],
	[
		'a field goes with its values',
		bundleWith({}, schemaWith({ a: { x: {}, y: {} } })),
		bundleWith({}, schemaWith({ a: { x: {} } })),
		['drop fields', 'data_loss fields', 'delete fields'],
	],
];

describe('what a team forbids', () => {
	it.each(CASES)('is found, and nothing else: %s', (_name, here, wanted, expected) => {
		const { plan } = planConfig(targetWith(here, wanted, { facts: { valuesOf: { 'a.y': 2 } } }));
		// A revert knows no files: only what is there, and what its plan would do.
		for (const after of [wanted, rightsAfter(plan, here)])
			expect(
				forbiddenSteps(plan, after, FORBIDDEN)
					.map(({ message, path }) => `${/\((\w+)\)/.exec(message)?.[1]} ${path.split(':')[0]}`)
					.toSorted(),
			).toEqual(expected.toSorted());
	});

	it('is no matter where it is not forbidden', () => {
		const { plan } = planConfig(targetWith(bundleWith({ roles: [role] }), bundleWith({ roles: [] })));
		expect(forbiddenSteps(plan, null, ['admin', 'drop'])).toEqual([]);
	});
});
