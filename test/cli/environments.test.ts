import { describe, expect, test } from 'vitest';
import { bundle, change, plan, startInstance, TOKEN, type Answers } from './instance.js';
import { filesIn, folderWith, run } from './run.js';

const PULL = 'POST /downstream/config/pull';
const DIFF = 'POST /downstream/config/diff';
const PUSH = 'POST /downstream/config/push';
const roles = [{ _syncId: 'editor', name: 'Editor' }];
const dump = { 'directus-config/collections/roles.json': roles };
const onlyRoles = ['-o', 'roles', '--no-snapshot'];
const update = plan(change({ fields: [{ field: 'name', from: 'Old', to: 'Editor' }] }));
const answers: Answers = {
	[PULL]: { data: bundle({ roles }), meta: { issues: [] } },
	[DIFF]: { data: update, meta: { issues: [], warnings: [] } },
	[PUSH]: { data: { id: 'push-1', dry_run: false, plan: update }, meta: { warnings: [] } },
};

/** Two instances, and a folder whose configuration file has an environment for each. */
async function team(prod: object = {}, files: Record<string, string | object> = dump) {
	const [dev, live] = [await startInstance({ ...answers }), await startInstance({ ...answers })];
	const folder = folderWith({
		...files,
		'downstream.config.json': {
			environments: {
				dev: { directusUrl: dev.url, directusToken: TOKEN },
				prod: { directusUrl: '${PROD_URL}', directusToken: '${PROD_TOKEN}', ...prod },
			},
		},
	});
	const variables = { PROD_URL: live.url, PROD_TOKEN: TOKEN };
	return { dev, live, folder, variables };
}

describe('an environment', () => {
	test('is chosen by name, with its own address and token, whatever else the environment says', async () => {
		const { dev, live, folder, variables } = await team();
		const elsewhere = { ...variables, DIRECTUS_URL: 'http://127.0.0.1:9', DIRECTUS_TOKEN: 'another' };
		expect(await run(['push', '--env', 'prod', ...onlyRoles], folder, { variables: elsewhere })).toMatchObject({
			code: 0,
		});
		expect([dev.names(), live.names()]).toEqual([[], [PUSH]]);
		// The variables of another one are not asked for.
		expect(await run(['pull', '--env', 'dev', '--no-specs', ...onlyRoles], folder)).toMatchObject({ code: 0 });
		const named = { variables: { ...variables, DOWNSTREAM_ENV: 'prod' } };
		expect(await run(['diff', ...onlyRoles], folder, named)).toMatchObject({ code: 0 });
		expect([dev.names(), live.names()]).toEqual([[PULL], [PUSH, DIFF]]);
	});

	test('that is unknown, or lacks a variable, is refused with what there is', async () => {
		const { live, folder } = await team();
		const unknown = await run(['push', '--env', 'prd', ...onlyRoles], folder);
		expect(unknown).toMatchObject({
			code: 1,
			err: expect.stringMatching(/Did you mean "prod"\?[^]*The file has: dev, prod/),
		});
		const unset = await run(['push', '--env', 'prod', ...onlyRoles], folder);
		expect(unset).toMatchObject({
			code: 1,
			err: expect.stringMatching(
				/environments\.prod\.directusUrl.*PROD_URL[^]*environments\.prod\.directusToken.*PROD_TOKEN/,
			),
		});
		expect(live.asked).toEqual([]);
	});

	test('that is protected asks for its name at a terminal', async () => {
		const { live, folder, variables } = await team({ protected: true });
		const argv = ['push', '--env', 'prod', ...onlyRoles];
		const wrong = await run(argv, folder, { variables, answers: ['y'] });
		expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Stopped; nothing was changed.') });
		expect(live.names()).toEqual([DIFF]);
		const named = await run(argv, folder, { variables, answers: ['prod'] });
		expect(named).toMatchObject({ code: 0, err: expect.stringContaining('prod is protected.') });
		expect(live.names()).toEqual([DIFF, DIFF, PUSH]);
	});

	test('that is protected needs --yes and --expect where nobody can be asked, before anything is sent', async () => {
		const { live, folder, variables } = await team({ protected: true });
		const argv = ['push', '--env', 'prod', ...onlyRoles];
		expect(await run(argv, folder, { variables })).toMatchObject({
			code: 1,
			err: expect.stringContaining('prod is protected: a push to it needs --yes and --expect or --plan.'),
		});
		expect(await run(['revert', '--env', 'prod', '--yes'], folder, { variables })).toMatchObject({
			code: 1,
			err: expect.stringContaining('needs the id of the push.'),
		});
		expect(live.asked).toEqual([]);
		await run(['revert', 'push-0', '--env', 'prod', '--yes'], folder, { variables });
		expect(live.names()[0]).toBe('GET /downstream/config/history');
		live.asked.length = 0;
		const done = await run([...argv, '--yes', '--expect', 'push-0'], folder, { variables });
		expect(done).toMatchObject({ code: 0 });
		expect(live.asked[0]?.body).toMatchObject({ expect: 'push-0' });
		const fingerprint = 'a'.repeat(64);
		await run([...argv, '--yes', '--expect', fingerprint], folder, { variables });
		expect(live.asked[1]?.body).toMatchObject({ fingerprint });
		expect(live.asked[1]?.body).not.toHaveProperty('expect');
	});

	test('has values of its own, which a push sets and a pull leaves out', async () => {
		const flows = [{ _syncId: 'f', name: 'Nightly', options: { cron: '0 0 * * *' } }];
		const settings = [{ _syncId: '_sync_default_settings', project_name: 'Shop' }];
		const overlays = { settings: { project_name: 'Shop (live)' }, 'flows:f': { 'options.cron': '0 3 * * *' } };
		const files = {
			'directus-config/collections/flows.json': flows,
			'directus-config/collections/settings.json': settings,
		};
		const { live, folder, variables } = await team({ overlays }, files);
		const chosen = ['-o', 'flows,settings', '--no-snapshot'];
		await run(['push', '--env', 'prod', ...chosen], folder, { variables });
		const pushed = {
			flows: [{ _syncId: 'f', name: 'Nightly', options: { cron: '0 3 * * *' } }],
			settings: [{ _syncId: '_sync_default_settings', project_name: 'Shop (live)' }],
		};
		expect(live.asked[0]?.body).toMatchObject({ bundle: { elements: pushed } });

		const before = filesIn(folder);
		live.answers[PULL] = {
			data: bundle({ ...pushed, flows: pushed.flows.map((flow) => ({ ...flow, name: 'Renamed' })) }),
			meta: { issues: [] },
		};
		await run(['pull', '--env', 'prod', '--no-specs', ...chosen], folder, { variables });
		const after = filesIn(folder);
		expect(after['directus-config/collections/settings.json']).toBe(
			before['directus-config/collections/settings.json'],
		);
		expect(JSON.parse(after['directus-config/collections/flows.json'] ?? '')).toMatchObject([
			{ name: 'Renamed', options: { cron: '0 0 * * *' } },
		]);
	});

	test('with an overlay that fits nothing is refused, all of it at once', async () => {
		const overlays = { 'roles:editr': { name: 'X' }, 'roles:editor': { 'options.a.b': 1 }, Editor: { name: 'X' } };
		const { live, folder, variables } = await team({ overlays });
		const done = await run(['push', '--env', 'prod', ...onlyRoles], folder, { variables });
		expect(done.code).toBe(1);
		expect(done.err).toMatch(/roles:editr[^]*did you mean roles:editor\?/);
		expect(done.err).toMatch(/"options\.a\.b"[^]*"Editor", which is not an element/);
		expect(live.asked).toEqual([]);
	});
});

describe('what an environment forbids', () => {
	test('is refused whoever consents, in the plan and in a plan from a file, unless somebody says why', async () => {
		const { live, folder, variables } = await team({ forbid: ['delete', 'admin'] });
		const removal = plan(change({ action: 'delete', sync_id: 'guest', name: 'Guest' }));
		live.answers[DIFF] = { data: removal, meta: { issues: [], warnings: [] } };
		const argv = ['push', '--env', 'prod', ...onlyRoles, '--allow-destructive'];
		const refused = await run(argv, folder, { variables });
		expect(refused).toMatchObject({
			code: 1,
			err: expect.stringMatching(/delete roles "Guest" is forbidden \(delete\)[^]*--waive delete="…"/),
		});
		const checked = await run(['check', '--env', 'prod', ...onlyRoles], folder, { variables });
		expect(checked).toMatchObject({ code: 1, out: expect.stringContaining('is forbidden (delete)') });
		const waived = [...argv, '--waive', 'delete=Guest left the company'];
		await run(['diff', '--env', 'prod', ...onlyRoles, '--waive', 'delete=x', '--plan-out', 'p.json'], folder, {
			variables,
		});
		const byFile = ['push', '--env', 'prod', '--plan', 'p.json', '--allow-destructive'];
		expect((await run(byFile, folder, { variables })).code).toBe(1);
		expect(live.names()).not.toContain(PUSH);
		const done = await run(waived, folder, { variables });
		expect(done, done.err).toMatchObject({
			code: 0,
			err: expect.stringContaining('Waived: delete (Guest left the company)'),
		});
		expect((await run(['push', '--waive', 'delet=x'], folder)).err).toMatch(
			/Expected rule=why; the rules are public_write/,
		);
	});
});

describe('a push at a terminal', () => {
	test('asks once, and --yes answers', async () => {
		const { dev, folder } = await team();
		const argv = ['push', '--env', 'dev', ...onlyRoles];
		const asked = await run(argv, folder, { answers: ['no'] });
		expect(asked).toMatchObject({ code: 1, err: expect.stringContaining(`Type "y" to do this on ${dev.url}`) });
		expect(dev.names()).toEqual([DIFF]);
		const told = await run([...argv, '--yes'], folder, { answers: [] });
		expect(told).toMatchObject({ code: 0 });
		expect(told.err).not.toContain('Type "y"');
	});
});

describe('init', () => {
	test('writes a configuration that works, and never over one that is there', async () => {
		const folder = folderWith();
		expect(await run(['init'], folder)).toMatchObject({ code: 0, out: expect.stringContaining('--env dev') });
		const instance = await startInstance({ ...answers });
		const variables = { DEV_URL: instance.url, DEV_TOKEN: TOKEN };
		const pulled = await run(['pull', '--env', 'dev', '--no-specs', ...onlyRoles], folder, { variables });
		expect(pulled, pulled.err).toMatchObject({ code: 0 });
		const before = filesIn(folder);
		expect(await run(['init'], folder)).toMatchObject({ code: 1, err: expect.stringContaining('already') });
		expect(filesIn(folder)).toEqual(before);
	});
});
