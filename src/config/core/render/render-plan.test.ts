import { describe, expect, it } from 'vitest';
import type { Bundle } from '../../../contract/bundle.js';
import { uuid } from '../../../../test/fixtures/example-state.js';
import { plainPaint } from '../../../kernel/core/paint.js';
import { planConfig } from '../plan/plan-config.js';
import { bundleWith, schemaWith, targetWith } from '../../../../test/fixtures/plan-world.js';
import { renderIssues, renderPlan } from './render-plan.js';

const [mail, check, send, editor, staff] = ['mail', 'check', 'send', 'editor', 'staff'].map(uuid);

const current = bundleWith(
	{
		settings: [
			{
				_syncId: '_sync_default_settings',
				project_name: 'Shop',
				module_bar: [{ type: 'module', id: 'content', enabled: true }],
			},
		],
		roles: [
			{ _syncId: editor, name: 'Editor' },
			{ _syncId: staff, name: 'Staff' },
		],
		policies: [
			{
				_syncId: 'editing',
				name: 'Editing',
				admin_access: false,
				app_access: true,
				roles: [{ role: editor, sort: 1 }],
			},
			{ _syncId: 'rogue', name: 'Rogue', admin_access: true, roles: [] },
		],
		permissions: [
			{
				_syncId: 'p1',
				policy: 'editing',
				collection: 'articles',
				action: 'update',
				fields: ['title'],
				permissions: { status: { _eq: 'draft' } },
			},
		],
		flows: [
			{
				_syncId: mail,
				name: 'Order mail',
				status: 'active',
				trigger: 'webhook',
				options: { method: 'GET', async: false },
				operation: check,
			},
		],
		operations: [
			{
				_syncId: check,
				flow: mail,
				name: 'Check',
				key: 'check',
				type: 'exec',
				options: {
					code: 'module.exports = async (data) => {\n\tconst order = data.$trigger.body;\n\tif (!order) return null;\n\treturn order;\n};',
				},
				resolve: null,
			},
		],
		dashboards: [{ _syncId: 'sales', name: 'Sales' }],
		panels: [
			{
				_syncId: 'turnover',
				dashboard: 'sales',
				name: 'Turnover',
				type: 'metric',
				position_x: 1,
				position_y: 1,
				options: { collection: 'orders' },
			},
		],
	},
	schemaWith({ articles: { title: {}, subtitle: {}, views: { type: 'integer' } }, orders: { id: {} } }),
);

const wanted: Bundle = bundleWith(
	{
		settings: [
			{
				_syncId: '_sync_default_settings',
				project_name: 'Shop',
				module_bar: [{ type: 'module', id: 'content', enabled: false }],
			},
		],
		roles: [{ _syncId: editor, name: 'Editor' }],
		policies: [
			{
				_syncId: 'editing',
				name: 'Editing',
				admin_access: true,
				app_access: true,
				roles: [
					{ role: editor, sort: 1 },
					{ role: null, sort: 2 },
				],
			},
		],
		permissions: [
			{
				_syncId: 'p1',
				policy: 'editing',
				collection: 'articles',
				action: 'update',
				fields: ['title', 'body'],
				permissions: { status: { _in: ['draft', 'review'] } },
			},
			{ _syncId: 'p2', policy: 'editing', collection: 'articles', action: 'read', fields: ['*'], permissions: null },
		],
		flows: [
			{
				_syncId: mail,
				name: 'Order mail',
				status: 'active',
				trigger: 'webhook',
				options: { method: 'POST', async: false },
				operation: check,
			},
		],
		operations: [
			{
				_syncId: check,
				flow: mail,
				name: 'Check',
				key: 'check',
				type: 'exec',
				options: {
					code: 'module.exports = async (data) => {\n\tconst order = data.$trigger.body;\n\tif (!order?.id) return null;\n\treturn order;\n};',
				},
				resolve: send,
			},
			{
				_syncId: send,
				flow: mail,
				name: 'Send',
				key: 'send',
				type: 'request',
				options: {
					url: 'https://mail.example.com/send',
					headers: [{ header: 'Authorization', value: 'Bearer 3f1c9a77d2b84e0e' }],
				},
				resolve: null,
			},
		],
		dashboards: [],
		panels: [],
	},
	schemaWith({
		articles: {
			title: { meta: { interface: 'input', required: true, note: 'Shown in lists' } },
			views: { type: 'string' },
			body: { type: 'text' },
		},
	}),
);

const sample = planConfig(
	targetWith(
		current,
		wanted,
		{
			facts: {
				rowsOf: { orders: 1204 },
				valuesOf: { 'articles.subtitle': 37, 'articles.views': 12 },
				usersOfRole: { [uuid(`here roles ${staff}`)]: 3 },
				usersOfPolicy: { [uuid('here policies editing')]: 4 },
			},
			consent: { allow_destructive: false, allow_data_loss: false, max_deletions: null },
		},
		['policies:rogue'],
	),
);

const text = (options: Partial<Parameters<typeof renderPlan>[1]> = {}) =>
	renderPlan(sample.plan, { paint: plainPaint, width: 100, ...options });

describe('a plan as text', () => {
	it('shows permissions first, then other changes, then what stays', () => {
		const headings = text()
			.split('\n')
			.filter((line) => line.includes('───'));
		expect(headings.map((line) => line.replace(/ ─+$/, ''))).toEqual([
			'Who may do what',
			'Everything else',
			'Only on the target, left alone',
		]);
		expect(text()).toMatch(/left alone[^]*--mirror[^]*· Rogue/);
	});

	it('shows old and new by the names that people know', () => {
		const lines = text()
			.split('\n')
			.map((line) => line.trim());
		expect(lines).toContain('admin_access: false → true');
		expect(lines).toContain('attached to: (nothing) → everybody (public)');
		expect(lines).toContain('resolve: (empty) → Send');
		expect(lines).toContain('options.method: GET → POST');
		expect(lines.some((line) => line.startsWith('~ Editing › update articles'))).toBe(true);
	});

	it('shows of a long text the lines that changed', () => {
		expect(text()).toMatch(/ {2}- \s*if \(!order\) return null;\n\s+\+ \s*if \(!order\?\.id\) return null;/);
		expect(text()).toContain('… 1 line the same');
		expect(text()).not.toContain('module.exports');
	});

	it('ends with a count of each action', () => {
		expect(text()).toMatch(
			/\n\+ 3 to create {2}~ 7 to change {2}- 5 to delete {2}2 unchanged {2}1 only on the target\n! 4 changes to who may do what · 2 lose values/,
		);
	});

	it('never shows what looks like a credential', () => {
		for (const full of [false, true]) expect(text({ full })).not.toContain('3f1c9a77d2b84e0e');
		expect(text({ full: true })).toContain('not shown');
	});

	it('shows new things as a whole where that is asked for', () => {
		expect(text()).not.toContain('options:');
		expect(text({ full: true })).toMatch(/\+ Order mail › Send[^]*type: request/);
	});

	it('is the same with and without colours, and stays within the terminal', () => {
		const coloured = text({ paint: (style, part) => `‹${[style].flat().join(' ')}›${part}‹/›` });
		expect(coloured).toContain('‹green›');
		expect(coloured.replaceAll(/‹[^›]*›/g, '')).toBe(text());
		for (const line of text({ width: 60, full: true }).split('\n')) {
			if (!/^\s*[-+~!·] |^No push/.test(line)) expect(line.length, line).toBeLessThanOrEqual(60);
		}
	});

	it('lets no file play tricks on the terminal', () => {
		const role = (name: string) => bundleWith({ roles: [{ _syncId: 'r', name }] });
		const { plan } = planConfig(targetWith(role('a'), role('b\u001b[2J\u202egnp')));
		const shown = renderPlan(plan, { paint: plainPaint, width: 80 });
		for (const sign of ['\u001b', '\u202e']) expect(shown).not.toContain(sign);
	});

	it('says so where nothing is to be done', () => {
		const { plan } = planConfig(targetWith(current, current));
		expect(renderPlan(plan, { paint: plainPaint, width: 80 })).toMatch(
			/^No changes\. The target is as the bundle says \(\d+ elements compared\)\.$/,
		);
	});

	it('says of an issue what, where, and what to do about it', () => {
		expect(renderIssues(sample.issues, plainPaint)).toMatch(
			/✗ this would delete 5 things[^]*"Staff" \(3 users lose[^]*→ look at each of them/,
		);
		expect(renderIssues([{ file: 'roles.json', path: '/0/name', code: 'x', message: 'no name' }], plainPaint)).toBe(
			'✗ no name\n  at roles.json /0/name',
		);
	});
});
