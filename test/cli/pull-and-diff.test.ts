import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundle, at, change, plan, startInstance, TOKEN, type Answers } from './instance.js';
import { filesIn, folderWith, run } from './run.js';

const roles = [{ _syncId: 'editor', name: 'Editor' }];
const dump = { 'directus-config/collections/roles.json': roles };
const onlyRoles = ['-o', 'roles', '--no-snapshot'];
const PULL = 'POST /downstream/config/pull';
const DIFF = 'POST /downstream/config/diff';
const PUSH = 'POST /downstream/config/push';
const update = change({ fields: [{ field: 'name', from: 'Old', to: 'Editor' }] });
const planned = (...changes: Parameters<typeof plan>): Answers => ({
	[DIFF]: { data: plan(...changes), meta: { issues: [], warnings: [] } },
	[PUSH]: { data: { id: 'push-1', dry_run: false, plan: plan(...changes) }, meta: { warnings: [] } },
});

describe('pull', () => {
	test('writes what the instance has, in one request, and a second one changes no byte', async () => {
		const instance = await startInstance({ [PULL]: { data: bundle({ roles }), meta: { issues: [] } } });
		const folder = folderWith({ 'directus-config/collections/flows.json': [{ _syncId: 'f' }] });
		const first = await run(['pull', ...at(instance), ...onlyRoles, '--no-specs'], folder);
		expect(first).toMatchObject({
			code: 0,
			out: expect.stringMatching(/1 element to directus-config: 1 file written/),
		});
		expect(instance.names()).toEqual([PULL]);
		expect(instance.asked[0]?.body).toEqual({
			kinds: ['roles'],
			schema: false,
			extensions: false,
			preserve_ids: [],
			sync_policy_roles: true,
		});
		const files = filesIn(folder);
		expect(JSON.parse(files['directus-config/collections/roles.json'] ?? '')).toEqual(roles);
		const second = await run(['pull', ...at(instance), ...onlyRoles, '--no-specs'], folder);
		expect(second.out).toMatch(/Nothing changed/);
		expect(filesIn(folder)).toEqual(files);
	});

	test('writes the specifications beside it', async () => {
		const paths: Record<string, object> = {};
		const [items, system] = ['type Query { a: Int }', 'type Query { b: Int }'];
		const openapi = () => ({ openapi: '3.0.1', info: { title: 'x', version: String(Math.random()) }, paths });
		const instance = await startInstance({
			[PULL]: ({ body }) => ({
				data: bundle({ roles }),
				meta: { issues: [], ...(Object(body).specs ? { specs: { openapi: openapi(), items, system } } : {}) },
			}),
			'GET /server/specs/oas': openapi,
			'GET /server/specs/graphql/items': items,
			'GET /server/specs/graphql/system': system,
		});
		const folder = folderWith();
		expect((await run(['pull', ...at(instance), ...onlyRoles], folder)).code).toBe(0);
		expect(instance.names()).toEqual([PULL]);
		// Directus' version of it is another one each time.
		expect((await run(['pull', ...at(instance), ...onlyRoles], folder)).out).toMatch(/Nothing changed/);
		paths['/new'] = {};
		expect((await run(['specs', ...at(instance)], folder)).out).toMatch(
			/1 file written in directus-config\/specs, 2 unchanged/,
		);
		expect(Object.keys(filesIn(join(folder, 'directus-config/specs')))).toEqual([
			'item.graphql',
			'openapi.json',
			'system.graphql',
		]);
	});

	test('refuses what the instance hides, and touches no file', async () => {
		const hidden = { file: null, path: 'permissions', code: 'hidden', message: '20 permissions cannot be read' };
		const instance = await startInstance({ [PULL]: { data: bundle({ roles }), meta: { issues: [hidden] } } });
		const folder = folderWith(dump);
		const before = filesIn(folder);
		const done = await run(['pull', ...at(instance), '--no-specs'], folder);
		expect(done.code).toBe(1);
		expect(done.err).toMatch(/20 permissions cannot be read[^]*--exclude-collections/);
		expect(filesIn(folder)).toEqual(before);
	});
});

describe('diff', () => {
	test('shows old and new, says 2 if asked, and sends the files in one request', async () => {
		const instance = await startInstance(planned(update));
		const folder = folderWith(dump);
		const done = await run(['diff', ...at(instance), ...onlyRoles, '--exit-code'], folder);
		expect(done.code).toBe(2);
		expect(done.out).toMatch(/~ Editor/);
		expect(done.out).toMatch(/name: "?Old"? → "?Editor"?/);
		expect(instance.names()).toEqual([DIFF]);
		expect(instance.asked[0]?.body).toMatchObject({ bundle: { elements: { roles } }, mirror: false });
		expect((await run(['diff', ...at(instance), ...onlyRoles], folder)).code).toBe(0);
	});

	test('sends a large configuration packed, since Directus reads JSON of a megabyte at the most', async () => {
		const many = Array.from({ length: 3_000 }, (_, index) => ({
			_syncId: `role-${index}`,
			name: `Role ${index}`,
			description: 'x'.repeat(400),
		}));
		const instance = await startInstance(planned());
		const folder = folderWith({ 'directus-config/collections/roles.json': many });
		expect((await run(['diff', ...at(instance), ...onlyRoles], folder)).code).toBe(0);
		expect(instance.asked[0]?.headers['content-type']).toBe('application/gzip');
		expect(Number(instance.asked[0]?.headers['content-length'])).toBeLessThan(100_000);
		expect(instance.asked[0]?.body).toMatchObject({ bundle: { elements: { roles: many } } });
	});

	test('says 0 where nothing differs', async () => {
		const instance = await startInstance(planned());
		const done = await run(['diff', ...at(instance), ...onlyRoles, '--exit-code'], folderWith(dump));
		expect(done).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
	});

	test('shows what only the instance has; since a push would leave it, that is no difference', async () => {
		const rogue = change({ action: 'delete', name: 'Rogue', kept: true, risk: ['untracked'] });
		const instance = await startInstance(planned(rogue));
		const folder = folderWith(dump);
		const done = await run(['diff', ...at(instance), ...onlyRoles, '--exit-code'], folder);
		expect(done).toMatchObject({ code: 0, out: expect.stringContaining('Rogue') });
		expect((await run(['push', ...at(instance), ...onlyRoles], folder)).code).toBe(0);
		// Who made it there is asked for, too.
		expect(instance.names()).toEqual([DIFF, 'GET /activity', PUSH]);
		// Unless drift is asked for.
		const drift = await run(['diff', ...at(instance), ...onlyRoles, '--exit-code', 'drift'], folder);
		expect(drift.code).toBe(2);
	});

	test('gives Markdown for a pull request, or a line for a log', async () => {
		const instance = await startInstance(planned(update));
		const folder = folderWith(dump);
		const markdown = await run(['diff', ...at(instance), ...onlyRoles, '--markdown', '--exit-code'], folder);
		expect(markdown).toMatchObject({ code: 2, out: expect.stringMatching(/^### Configuration: 1 changed/) });
		const summary = await run(['diff', ...at(instance), ...onlyRoles, '--summary'], folder);
		expect(summary.out.trim()).toBe('+ 0 to create  ~ 1 to change  - 0 to delete  3 unchanged');
	});

	test('gives the plan as JSON and nothing else on stdout', async () => {
		const instance = await startInstance(planned(update));
		const done = await run(['diff', ...at(instance), ...onlyRoles, '--json'], folderWith(dump));
		expect(done.json()).toEqual({ plan: plan(update), issues: [], warnings: [], edits: {} });
	});

	test('that could not be pushed is an error, with the file and place of each problem', async () => {
		const instance = await startInstance({
			[DIFF]: {
				data: plan(update),
				meta: {
					issues: [{ file: null, path: 'roles:editor/parent', code: 'unknown', message: 'there is no role "x"' }],
					warnings: [],
				},
			},
		});
		const done = await run(['diff', ...at(instance), ...onlyRoles, '--exit-code'], folderWith(dump));
		expect(done.code).toBe(1);
		expect(done.err).toMatch(/there is no role "x"[^]*collections\/roles\.json \/0\/parent[^]*cannot be pushed/);
	});

	test('takes the configuration of another instance', async () => {
		const source = await startInstance({ [PULL]: { data: bundle({ roles }), meta: { issues: [] } } });
		const instance = await startInstance(planned(update));
		const done = await run(['diff', ...at(instance), ...onlyRoles, '--from', source.url], folderWith(), {
			variables: { DIRECTUS_FROM_TOKEN: TOKEN },
		});
		expect(done.code).toBe(0);
		expect(instance.asked[0]?.body).toMatchObject({ bundle: bundle({ roles }) });
	});

	test.each([
		['a file cut in half', '[{ "_syncId": "ed'],
		['a merge conflict', '<<<<<<< HEAD\n[]\n=======\n[]\n>>>>>>> x\n'],
	])('refuses %s before anything is asked', async (_, text) => {
		const instance = await startInstance(planned(update));
		const done = await run(
			['push', ...at(instance), ...onlyRoles],
			folderWith({ 'directus-config/collections/roles.json': text }),
		);
		expect(done.code).toBe(1);
		expect(done.err).toContain('roles.json');
		expect(instance.asked).toEqual([]);
	});

	test('refuses a kind whose file is missing, and a dump that is none', async () => {
		const instance = await startInstance(planned(update));
		const missing = await run(['diff', ...at(instance), '-o', 'roles,flows', '--no-snapshot'], folderWith(dump));
		expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('flows.json') });
		const none = await run(['diff', ...at(instance), '--dump-path', 'elsewhere'], folderWith(dump));
		expect(none).toMatchObject({
			code: 1,
			err: expect.stringMatching(/no configuration in this folder[^]*elsewhere[^]*--dump-path/),
		});
	});
});

describe('check', () => {
	test('says what stands in the way, with its file, or which consent a push needs', async () => {
		const loss = change({ action: 'delete', kind: 'fields', sync_id: 'a.b', name: 'a.b', risk: ['data_loss'] });
		const instance = await startInstance(planned(update, loss));
		const folder = folderWith(dump);
		const fine = await run(['check', ...at(instance), ...onlyRoles], folder);
		expect(fine).toMatchObject({
			code: 0,
			out: expect.stringMatching(
				/can be pushed to .*: 0 new, 1 changed, 1 deleted\.\n.*--allow-destructive and --allow-data-loss a\.b/,
			),
		});
		const issue = { file: null, path: 'roles:editor/parent', code: 'unknown', message: 'there is no role "x"' };
		const warnings = [{ ...issue, message: 'odd' }];
		instance.answers[DIFF] = { data: plan(update), meta: { issues: [issue], warnings } };
		const warned = await run(['diff', ...at(instance), ...onlyRoles], folder);
		expect(warned.err).toContain('directus-config/collections/roles.json /0/parent: line 2: odd');
		const refused = await run(['check', ...at(instance), ...onlyRoles], folder);
		expect(refused.code).toBe(1);
		expect(refused.out).toContain('roles.json /0/parent: line 2: odd');
		expect(refused.out).toMatch(
			/there is no role "x"[^]*directus-config\/collections\/roles\.json[^]*1 problem: this cannot/,
		);
		expect((await run(['check', ...at(instance), ...onlyRoles, '--json'], folder)).json()).toMatchObject({ ok: false });
		expect(instance.names()).toEqual([DIFF, DIFF, DIFF, DIFF]);
	});
});
