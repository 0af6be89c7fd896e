import { describe, expect, it } from 'vitest';
import { isCustomRule } from './limits.js';
import { planConfig } from './plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';

const core = (input: ReturnType<typeof targetWith>) => {
	Object.assign(input.state.limits, {
		collections: { used: 24, limit: 25 },
		flows: { used: 5, limit: 5 },
		customPermissionRules: false,
	});
	return input;
};

describe('what a licence does not allow', () => {
	it('is found all at once, each with its place', () => {
		const wanted = bundleWith(
			{
				flows: ['a', 'b', 'c'].map((name) => ({
					_syncId: name,
					name,
					...(name === 'c' ? { status: 'inactive' } : {}),
				})),
				policies: [{ _syncId: 'p', name: 'P', roles: [] }],
				permissions: [
					{ _syncId: '1', policy: 'p', collection: 'x', action: 'read', fields: ['*'], permissions: {} },
					{ _syncId: '2', policy: 'p', collection: 'x', action: 'read', fields: ['title'] },
				],
			},
			schemaWith({ one: {}, two: {}, three: {} }),
		);
		const { issues } = planConfig(core(targetWith(bundleWith({}, schemaWith({})), wanted)));
		expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
			'collections_limit collections:two',
			'collections_limit collections:three',
			'flows_limit flows:a',
			'flows_limit flows:b',
			'custom_permission_rules permissions:2',
		]);
	});

	it('is said once where it is in the way of many, with their names', () => {
		const names = Array.from({ length: 328 }, (_, index) => `table_${String(index).padStart(3, '0')}`);
		const permissions = names.map((collection, index) => ({
			_syncId: String(index),
			policy: 'p',
			collection,
			action: 'read',
			fields: ['title'],
		}));
		const wanted = bundleWith(
			{ policies: [{ _syncId: 'p', name: 'P', roles: [] }], permissions },
			schemaWith(Object.fromEntries(names.map((name) => [name, {}]))),
		);
		const { issues } = planConfig(core(targetWith(bundleWith({}, schemaWith({})), wanted)));
		expect(issues).toMatchObject([
			{
				code: 'collections_limit',
				path: 'collections:table_001',
				message: expect.stringMatching(
					/^327 collections have this problem. The first: .*allows 25, it has 24.* The others: "table_002", .*"table_011" and 316 more$/,
				),
				suggestion: expect.stringContaining('extend the licence'),
			},
			{ code: 'custom_permission_rules', message: expect.stringMatching(/^328 permissions have this problem/) },
		]);
		// Nothing but what every issue has.
		expect(issues.flatMap((issue) => Object.keys(issue))).not.toContain('name');
	});

	it('is no matter where an active flow only changes its name', () => {
		const flow = (name: string) => bundleWith({ flows: [{ _syncId: 'a', name, status: 'active' }] });
		expect(planConfig(core(targetWith(flow('A'), flow('B')))).issues).toEqual([]);
	});

	it('does not count folders and inactive collections', () => {
		const schema = schemaWith({ one: {}, two: {} });
		Object.assign(schema.collections[0] ?? {}, { schema: null });
		Object.assign(schema.collections[1] ?? {}, { meta: { status: 'inactive' } });
		expect(planConfig(core(targetWith(bundleWith({}, schemaWith({})), bundleWith({}, schema)))).issues).toEqual([]);
	});

	it('counts a permission as a custom rule exactly when Directus does', () => {
		const rule = (values: object) => isCustomRule({ collection: 'x', action: 'read', ...values });
		expect(rule({ fields: ['*'], permissions: null, validation: {}, presets: null })).toBe(false);
		expect(rule({ fields: ['*', 'title'], permissions: {} })).toBe(false);
		expect(rule({ fields: null })).toBe(true);
		expect(rule({ fields: ['*'], permissions: { a: { _eq: 1 } } })).toBe(true);
		const own = {
			collection: 'directus_files',
			action: 'delete',
			fields: ['*'],
			permissions: { uploaded_by: { _eq: '$CURRENT_USER' } },
		};
		expect(isCustomRule(own)).toBe(false);
		expect(isCustomRule({ ...own, presets: {} })).toBe(true);
		expect(isCustomRule({ collection: 'directus_folders', action: 'delete', permissions: {} })).toBe(false);
	});

	it('warns where a policy may need more seats than there are', () => {
		const policy = (app_access: boolean) =>
			bundleWith({ policies: [{ _syncId: 'p', name: 'P', app_access, roles: [] }] });
		const input = targetWith(policy(false), policy(true), { facts: { usersOfPolicy: { p: 4 } } });
		input.state.limits.seats = { used: 1, limit: 3 };
		expect(planConfig(input)).toMatchObject({ issues: [], warnings: [{ code: 'seats_limit' }] });
		expect(planConfig(input).warnings[0]).not.toHaveProperty('name');
	});
});

describe('what is hidden', () => {
	const permission = (id: string) => ({ _syncId: id, policy: 'p', collection: 'x', action: 'read', fields: ['*'] });
	const policies = [{ _syncId: 'p', name: 'P', roles: [] }];

	it('blocks changes of its kind, and deletions that would cascade to it', () => {
		const input = targetWith(
			bundleWith({ policies, permissions: [permission('1')] }),
			bundleWith({ policies: [], permissions: [] }),
		);
		input.state.hidden = { permissions: 20 };
		expect(planConfig(input).issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
			'hidden_rows permissions:1',
			'hidden_rows policies:p',
		]);
	});

	it('does not matter when the kind stays unchanged', () => {
		const input = targetWith(
			bundleWith({ policies, permissions: [permission('1')] }),
			bundleWith({ permissions: [permission('1')] }),
		);
		input.state.hidden = { permissions: 20 };
		expect(planConfig(input).issues).toEqual([]);
	});
});
