import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/contract/plan.js';
import { at, bundle, change, plan, refusal, startInstance, TOKEN, type Answers } from './instance.js';
import { folderWith, run } from './run.js';

const LIST = 'GET /downstream/config/history';
const FIRST = '/downstream/config/history/0199-first';
const BROKEN = '/downstream/config/history/0200-broken';
const summary = { create: 1, update: 0, delete: 2, none: 0, kept: 0 };
const pushed = (id: string, more: object = {}) => ({
	id,
	at: '2026-11-30T01:02:03.000Z',
	duration_ms: 12,
	user: 'u1',
	status: 'applied',
	reverts: null,
	git: null,
	reverted_by: null,
	summary,
	error: null,
	...more,
});
const failed = pushed('0201-failed', { status: 'failed', error: { code: 'X', message: 'a step failed' } });
const broken = pushed('0200-broken', { status: 'begun' });
const first = pushed('0199-first');
const back = plan(change({ fields: [{ field: 'name', from: 'New', to: 'Old' }] }));
const answers: Answers = {
	[LIST]: { data: [failed, first], meta: { total: 30 } },
	[`GET ${FIRST}`]: { data: { ...first, plan: back, revertible: true } },
	[`GET ${FIRST}/revert`]: { data: back, meta: { issues: [], warnings: [] } },
	[`POST ${FIRST}/revert`]: { data: { id: '0202-back', dry_run: false, plan: back }, meta: { warnings: [] } },
	[`POST ${BROKEN}/finish`]: { data: { id: '0203-rest', dry_run: false, plan: back }, meta: { warnings: [] } },
};
const start = () => startInstance({ ...answers });

describe('history', () => {
	test('lists pushes with what they did and how they ended', async () => {
		const instance = await start();
		const done = await run(['history', ...at(instance)], folderWith());
		expect(done.out).toMatch(/failed .*2026-11-30 01:02:03 .*\+1 ~0 -2 .*a step failed .*0201-failed/);
		expect(done.out).toMatch(/applied .*0199-first/);
		expect(done.out).toContain('28 more: --page 2');
		const asJson = await run(['history', ...at(instance), '--json', '--limit', '5'], folderWith());
		expect(asJson.json()).toMatchObject({ pushes: [{ id: '0201-failed' }, { id: '0199-first' }], total: 30 });
		expect(instance.asked[1]?.query.get('limit')).toBe('5');
	});
});

describe('show', () => {
	test('shows the plan of a push, by the beginning of its id or as the last one', async () => {
		const instance = await start();
		for (const operand of [[], ['last'], ['0199']]) {
			const done = await run(['show', ...operand, ...at(instance)], folderWith());
			expect(done, done.err).toMatchObject({ code: 0, out: expect.stringMatching(/0199-first +applied[^]*New → Old/) });
		}
		const unclear = await run(['show', '0', ...at(instance)], folderWith());
		expect(unclear).toMatchObject({
			code: 1,
			err: expect.stringMatching(/Several pushes[^]*0201-failed[^]*0199-first/),
		});
		expect(await run(['show', 'nope', ...at(instance)], folderWith())).toMatchObject({ code: 1 });
	});

	test('shows a plan in a file, without asking any instance', async () => {
		const folder = folderWith({ 'p.json': back });
		expect(await run(['show', 'p.json'], folder)).toMatchObject({ code: 0, out: expect.stringContaining('New → Old') });
		const markdown = await run(['show', 'p.json', '--markdown'], folder);
		expect(markdown.out).toMatch(/^### Configuration: 1 changed[^]*<details/);
	});
});

describe('revert', () => {
	test('takes back the last push that did anything, exactly as it was shown', async () => {
		const instance = await start();
		const done = await run(['revert', ...at(instance)], folderWith());
		expect(done, done.err).toMatchObject({
			code: 0,
			out: expect.stringMatching(/New → Old[^]*0199-first is reverted; the id in the history is 0202-back/),
		});
		expect(instance.names()).toEqual([LIST, `GET ${FIRST}/revert`, `POST ${FIRST}/revert`]);
		expect(instance.asked[2]?.body).toMatchObject({ fingerprint: 'f1', allow_destructive: false, dry_run: false });
	});

	test('asks at a terminal, and is refused with what moved since', async () => {
		const instance = await start();
		const stopped = await run(['revert', ...at(instance)], folderWith(), { answers: ['no'] });
		expect(stopped.code).toBe(1);
		expect(instance.names()).toEqual([LIST, `GET ${FIRST}/revert`]);
		const issues = [
			{ file: null, path: 'roles:editor', code: 'changed_since', message: '"name" was "A" and is "B" now' },
		];
		instance.answers[`GET ${FIRST}/revert`] = refusal(409, 'REFUSED', 'It has been changed since', { issues });
		const moved = await run(['revert', ...at(instance)], folderWith());
		expect(moved).toMatchObject({ code: 1, err: expect.stringContaining('"name" was "A" and is "B" now') });
	});

	test('finishes a push that was broken off', async () => {
		const instance = await start();
		instance.answers[LIST] = { data: [broken, first], meta: { total: 2 } };
		const done = await run(['revert', '--finish', ...at(instance)], folderWith());
		expect(done, done.err).toMatchObject({ code: 0, out: expect.stringContaining('0200-broken is finished') });
		expect(instance.names().at(-1)).toBe(`POST ${BROKEN}/finish`);
	});

	describe('where the environment forbids something', () => {
		/** A revert whose plan is told, on an environment with these rules. */
		const onProduction = async (steps: Plan, forbid: string[]) => {
			const instance = await start();
			instance.answers[`GET ${FIRST}/revert`] = { data: steps, meta: { issues: [], warnings: [] } };
			const prod = { directusUrl: instance.url, directusToken: TOKEN, forbid };
			const folder = folderWith({ 'downstream.config.json': { environments: { prod } } });
			const reverted = (...argv: string[]) => run(['revert', '--env', 'prod', ...argv], folder);
			return { instance, reverted };
		};
		const removal = plan(change({ kind: 'collections', action: 'delete', sync_id: 'posts', name: 'posts' }));

		test('does not do it, whoever consents, unless somebody says why', async () => {
			const { instance, reverted } = await onProduction(removal, ['drop']);
			expect(await reverted('--allow-destructive', '--allow-data-loss')).toMatchObject({
				code: 1,
				err: expect.stringMatching(/delete collections "posts" is forbidden \(drop\)[^]*--waive drop="…"/),
			});
			expect(instance.names()).not.toContain(`POST ${FIRST}/revert`);
			const waived = await reverted('--allow-destructive', '--waive', 'drop=The campaign is off');
			expect(waived, waived.err).toMatchObject({
				code: 0,
				err: expect.stringContaining('Waived: drop (The campaign is off)'),
			});
		});

		test('does not finish a broken push that does it, either', async () => {
			const { instance, reverted } = await onProduction(removal, ['drop']);
			instance.answers[LIST] = { data: [broken, first], meta: { total: 2 } };
			instance.answers[`GET ${BROKEN}`] = { data: { ...broken, plan: removal, revertible: true } };
			expect(await reverted('--finish')).toMatchObject({
				code: 1,
				err: expect.stringContaining('delete collections "posts" is forbidden (drop)'),
			});
			expect(await reverted('--finish', '--waive', 'drop=It is half gone')).toMatchObject({ code: 0 });
		});

		test('finds who has a permission that comes back', async () => {
			const again = change({
				kind: 'permissions',
				sync_id: 'x',
				name: 'posts: update',
				fields: [{ field: 'action', from: 'read', to: 'update' }],
			});
			const { instance, reverted } = await onProduction(plan(again), ['public_write']);
			const permission = { _syncId: 'x', policy: 'p', collection: 'posts', action: 'read', fields: ['*'] };
			const policy = (role: string | null) => ({ _syncId: 'p', name: 'P', roles: [{ role, sort: 1 }] });
			const withPolicy = (role: string | null) => ({
				data: bundle({ policies: [policy(role)], permissions: [permission] }),
				meta: { issues: [] },
			});
			instance.answers['POST /downstream/config/pull'] = withPolicy(null);
			expect(await reverted()).toMatchObject({ code: 1, err: expect.stringContaining('forbidden (public_write)') });
			instance.answers['POST /downstream/config/pull'] = withPolicy('editor');
			expect(await reverted()).toMatchObject({ code: 0 });
		});
	});
});
