import { describe, expect, it } from 'vitest';
import type { Bundle, ElementKind } from '../../../contract/bundle.js';
import { findCredentials } from '../secrets/find-credentials.js';
import { planConfig } from './plan-config.js';
import type { PlanFacts, PlanOptions } from './plan-options.js';
import { bundleWith, localId, targetWith } from '../../../../test/fixtures/plan-world.js';

type Elements = Partial<Record<ElementKind, Record<string, unknown>[]>>;

const riskOf = (from: Elements, to: Elements, facts: PlanFacts = {}, untracked: string[] = []) => {
	const { changes } = planConfig(targetWith(bundleWith(from), bundleWith(to), { facts }, untracked)).plan;
	const [change] = changes.filter(({ kept }) => !kept);
	return { risk: change?.risk, impact: change?.impact };
};

const policy = (values: object = {}) => ({
	policies: [{ _syncId: 'p', name: 'Editing', admin_access: false, app_access: false, roles: [], ...values }],
});
const flow = (values: object = {}) => ({
	flows: [
		{
			_syncId: 'f',
			name: 'Mail',
			status: 'active',
			trigger: 'webhook',
			options: { method: 'GET', note: 'a' },
			...values,
		},
	],
});

const settings = (values: object) => ({ settings: [{ _syncId: '_sync_default_settings', ...values }] });

describe('the risk of a change', () => {
	it('says what would make one environment look like the other', () => {
		const bar = [{ type: 'module', id: 'content', enabled: true }];
		expect(
			riskOf(
				settings({ project_name: 'Shop', module_bar: bar }),
				settings({ project_name: 'Staging', module_bar: null }),
			),
		).toEqual({
			risk: ['environment'],
			impact: ['the project is called "Staging" then', 'the module bar loses all its entries'],
		});
		expect(riskOf(settings({ module_bar: bar }), settings({ module_bar: [] })).risk).toEqual(['environment']);
		expect(riskOf(settings({ default_language: 'en-US' }), settings({ default_language: 'nl-NL' })).risk).toEqual([]);
	});

	it('is told with the number of people it concerns', () => {
		const role = { roles: [{ _syncId: 'r', name: 'Editor' }] };
		expect(riskOf(role, { roles: [] }, { usersOfRole: { [localId('roles', 'r')]: 2 } })).toEqual({
			risk: ['destructive', 'rights'],
			impact: ['2 users lose this role and are suspended'],
		});
		expect(riskOf(policy(), policy({ admin_access: true }), { usersOfPolicy: { p: 1 } }).impact).toEqual([
			'gives admin access to 1 user',
		]);
	});

	it('concerns rights when permissions change, but not when only a name does', () => {
		expect(riskOf(policy(), policy({ ip_access: ['10.0.0.0/8'] })).risk).toEqual(['rights']);
		expect(riskOf(policy({ enforce_tfa: true }), policy({ enforce_tfa: false })).impact).toEqual([
			'no second factor is asked for any more',
		]);
		expect(riskOf(policy(), policy({ icon: 'edit' })).risk).toEqual([]);
		expect(riskOf({ roles: [{ _syncId: 'r', name: 'a' }] }, { roles: [{ _syncId: 'r', name: 'b' }] }).risk).toEqual([]);
	});

	it('warns of what becomes public', () => {
		expect(riskOf(policy(), policy({ roles: [{ role: null, sort: 1 }] })).impact).toEqual([
			'becomes public: applies to everybody, without logging in',
		]);
		const open = policy({ _syncId: '_sync_default_public_policy' });
		const permission = {
			...open,
			permissions: [{ _syncId: '1', policy: '_sync_default_public_policy', collection: 'articles', action: 'read' }],
		};
		expect(riskOf({ ...open, permissions: [] }, permission)).toEqual({
			risk: ['rights'],
			impact: ['public: applies to everybody, without logging in'],
		});
	});

	it('is to break callers where a webhook changes, and not where its note does', () => {
		expect(riskOf(flow(), flow({ options: { method: 'POST', note: 'a' } })).risk).toEqual(['breaking']);
		expect(riskOf(flow(), flow({ options: { method: 'GET', note: 'b' } })).risk).toEqual([]);
		expect(riskOf(flow(), flow({ status: 'inactive' })).impact).toEqual(['its webhook stops answering']);
		expect(riskOf(flow(), flow({ trigger: 'schedule' })).impact).toEqual(['is not started by webhook any more']);
	});

	it('reports rows that the database deletes in cascade', () => {
		const panel = (name: string) => ({ _syncId: name, dashboard: 'd', name, type: 'label' });
		const from = { dashboards: [{ _syncId: 'd', name: 'Sales' }], panels: [panel('a'), panel('b')] };
		const { changes } = planConfig(
			targetWith(bundleWith(from), bundleWith({ dashboards: [], panels: [] }), {}, ['panels:b']),
		).plan;
		expect(changes.find(({ kind }) => kind === 'dashboards')?.impact).toEqual(['1 panel goes with it']);
	});
});

describe('a credential', () => {
	it('is looked for in a text that is read once, however long it is', () => {
		const parts = [
			'a.',
			'a-',
			'x+',
			'eyJ-',
			'eyJa.',
			'://',
			'a:',
			'?token=',
			'-----BEGIN ',
			'{{',
			'}} ',
			'https://',
			'sk-',
		];
		// Read once, this takes milliseconds; where each word begins a new search, minutes.
		for (const text of parts)
			expect(findCredentials({ code: text.repeat(200_000 / text.length) }, 'options')).toBeInstanceOf(Array);
	});

	it.each([
		{ headers: [{ header: 'Authorization', value: 'Bearer abcdef123456' }] },
		{ url: 'https://user:secret@example.com/hook' },
		{ url: 'https://example.com/hook?token=0123456789' },
		{ body: 'key=sk_live_0123456789abcdef' },
		{ apiKey: 'anything' },
		{ client_secret: 'x' },
		{ url: 'https://hooks.slack.com/services/T000/B000/abcdef' },
		{ note: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc' },
	])('is noticed: %j', (options) => expect(findCredentials(options, 'options')).toHaveLength(1));

	it.each([
		{ headers: [{ header: 'Authorization', value: 'Bearer {{$env.TOKEN}}' }] },
		{ headers: [{ header: 'Accept', value: 'application/json' }] },
		{ url: 'https://example.com/a?page=2', key: 'send', token_field: 'x' },
		{ password: '' },
		{ time: '10:30', text: 'user: me@example.com' },
	])('is not suspected: %j', (options) => expect(findCredentials(options, 'options')).toEqual([]));

	it('is told by its place and never by its value', () => {
		const operation = (value: string) => ({
			flows: [{ _syncId: 'f', name: 'F' }],
			operations: [
				{ _syncId: 'o', flow: 'f', key: 'k', type: 'request', options: { headers: [{ header: 'X-Api-Key', value }] } },
			],
		});
		const { risk, impact } = riskOf(operation('{{$env.KEY}}'), operation('0123456789'));
		expect(risk).toEqual(['secret']);
		expect(impact).toEqual(['looks like a credential: options.headers[0].value']);
	});
});

describe('what would lock people out', () => {
	const admin = (values: object = {}): Elements => ({
		roles: [{ _syncId: 'admin', name: 'Admin' }],
		policies: [{ _syncId: 'root', name: 'Root', admin_access: true, roles: [{ role: 'admin', sort: 1 }], ...values }],
	});
	const issues = (wanted: Bundle, options: PlanOptions = {}) => {
		const input = targetWith(bundleWith(admin()), wanted, options);
		input.state.adminRole = localId('roles', 'admin');
		return planConfig(input).issues.map(({ code, path }) => `${code} ${path}`);
	};

	it('is refused', () => {
		expect(issues(bundleWith({ roles: [] }))).toEqual(['own_role roles:admin']);
		expect(issues(bundleWith({ policies: [] }))).toEqual(['last_admin_access policies:root']);
		expect(issues(bundleWith(admin({ admin_access: false })))).toEqual(['last_admin_access policies:root']);
		expect(issues(bundleWith(admin({ roles: [] })))).toEqual(['last_admin_access policies:root']);
	});

	it('is not suspected where another policy gives the same', () => {
		const another = { _syncId: 'other', name: 'Other', admin_access: true, roles: [{ role: 'admin', sort: 1 }] };
		expect(issues(bundleWith({ policies: [another] }))).toEqual([]);
	});
});

describe('consent', () => {
	const roles = (number: number) =>
		Array.from({ length: number }, (_, index) => ({ _syncId: `${index}`, name: `Role ${index}` }));
	const codes = (before: number, after: number, consent: PlanOptions['consent']) =>
		planConfig(
			targetWith(bundleWith({ roles: roles(before) }), bundleWith({ roles: roles(after) }), {
				consent: consent ?? null,
			}),
		).issues.map(({ code }) => code);
	const none = { allow_destructive: false, allow_data_loss: false, max_deletions: null };

	it('is asked for before anything is deleted, and only then', () => {
		expect(codes(2, 1, null)).toEqual([]);
		expect(codes(2, 1, none)).toEqual(['needs_allow_destructive']);
		expect(codes(1, 2, none)).toEqual([]);
		expect(codes(2, 1, { ...none, allow_destructive: true })).toEqual([]);
	});

	it('has to name the number where more goes than anybody is likely to mean', () => {
		const yes = { ...none, allow_destructive: true };
		expect(codes(20, 0, yes)).toEqual([]);
		expect(codes(21, 0, yes)).toEqual(['too_many_deletions']);
		expect(codes(300, 270, yes)).toEqual([]);
		expect(codes(300, 269, yes)).toEqual(['too_many_deletions']);
		expect(codes(300, 269, { ...yes, max_deletions: 31 })).toEqual([]);
	});
});
