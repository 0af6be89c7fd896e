import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan } from '../../src/contract/plan.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, sampledVersions } from '../kit/playground.js';
import { ADMIN } from '../kit/settings.js';
import { filesIn, newFolder, runBuilt, type Ran } from './cli-process.js';

describe.each(sampledVersions(import.meta.url))('the command line with Directus %s', (version) => {
	const folder = newFolder();
	const roles = join(folder.path, 'directus-config/collections/roles.json');
	let directus: Directus;
	let other: Directus;

	beforeAll(async () => {
		directus = await startDirectus({ version, database: 'sqlite', content: true });
		other = await startDirectus({ version, database: 'sqlite' });
		await directus.request('POST', '/roles', { name: 'Editor', description: 'edits' });
	});
	afterAll(async () => {
		await directus?.stop();
		await other?.stop();
		folder.remove();
	});

	const at = (instance: Directus) => ({ DIRECTUS_URL: instance.url, DIRECTUS_TOKEN: ADMIN.token });
	const cli = (argv: string[], instance = directus): Promise<Ran> => runBuilt(argv, folder.path, at(instance));
	const fine = async (argv: string[], instance = directus): Promise<string> => {
		const ran = await cli(argv, instance);
		expect(ran, ran.err).toMatchObject({ code: 0 });
		return ran.out;
	};
	const changeRole = (values: object) => {
		const list = JSON.parse(readFileSync(roles, 'utf8')) as { name: string }[];
		writeFileSync(
			roles,
			JSON.stringify(
				list.map((one) => (one.name === 'Editor' ? { ...one, ...values } : one)),
				null,
				2,
			),
		);
	};

	test('waits until it is ready', async () => {
		expect((await cli(['wait-server-ready', '--timeout', '30'])).code).toBe(0);
	});

	test('pulls the schema, every element and the specifications, and the same bytes each time', async () => {
		expect(await fine(['pull'])).toMatch(/Pulled \d+ collections and \d+ elements to directus-config/);
		const files = filesIn(folder.path);
		expect(Object.keys(files)).toEqual(
			expect.arrayContaining([
				'directus-config/collections/roles.json',
				'directus-config/snapshot/info.json',
				'directus-config/snapshot/collections/posts.json',
				'directus-config/specs/item.graphql',
				'directus-config/specs/openapi.json',
				'directus-config/specs/system.graphql',
			]),
		);
		expect(await fine(['pull'])).toMatch(/Nothing changed/);
		expect(filesIn(folder.path)).toEqual(files);
	});

	test('finds no difference to what it pulled, logged in with a password too', async () => {
		expect(await fine(['diff', '--exit-code'])).toContain('No changes.');
		const login = ['-e', ADMIN.email, '-p', ADMIN.password, '-u', directus.url];
		expect((await runBuilt(['diff', '--exit-code', ...login], folder.path)).out).toContain('No changes.');
	});

	test('shows a change, says 2 if asked, pushes it, and is done', async () => {
		changeRole({ description: 'writes and edits' });
		const shown = await cli(['diff', '--exit-code']);
		expect(shown.code).toBe(2);
		expect(shown.out).toMatch(/~ Editor[^]*description: "?edits"? → "?writes and edits"?/);
		expect(await fine(['push', '--dry-run'])).toMatch(/was rolled back: 0 created, 1 changed, 0 deleted/);
		expect((await cli(['diff', '--exit-code'])).code).toBe(2);
		expect(await fine(['push'])).toMatch(/1 changed/);
		expect(await fine(['diff', '--exit-code'])).toContain('No changes.');
		const [role] = await directus.data<{ description: string }[]>('GET', '/roles?filter[name][_eq]=Editor');
		expect(role?.description).toBe('writes and edits');
	});

	test('pushes the plan that was reviewed, or says what has changed since', async () => {
		changeRole({ description: 'reviewed' });
		await fine(['diff', '--plan-out', 'plan.json']);
		const [role] = await directus.data<{ id: string }[]>('GET', '/roles?filter[name][_eq]=Editor');
		await directus.request('PATCH', `/roles/${role?.id}`, { description: 'by hand' });
		const refused = await cli(['push', '--plan', 'plan.json']);
		expect(refused).toMatchObject({
			code: 1,
			err: expect.stringMatching(/changed since the plan was made[^]*Editor.*last changed by Admin/),
		});
		await directus.request('PATCH', `/roles/${role?.id}`, { description: 'writes and edits' });
		expect(await fine(['push', '--plan', 'plan.json'])).toMatch(/1 changed/);
		expect(await fine(['diff', '--exit-code'])).toContain('No changes.');
	});

	test('pushes only after the push that is expected; lists, shows and takes back what it did', async () => {
		changeRole({ description: 'expected' });
		const { pushes } = JSON.parse(await fine(['history', '--json'])) as { pushes: { id: string; status: string }[] };
		const last = pushes.find(({ status }) => status !== 'failed')?.id ?? '';
		const refused = await cli(['push', '--expect', 'none']);
		expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`the last push is ${last}`) });
		expect(await fine(['push', '--expect', last])).toMatch(/1 changed/);
		expect(await cli(['push', '--expect', last])).toMatchObject({ code: 1 });
		expect(await fine(['show'])).toMatch(/applied[^]*reviewed"? → "?expected/);
		expect(await fine(['revert'])).toMatch(/expected"? → "?reviewed[^]*is reverted/);
		expect(await fine(['history'])).toMatch(/reverts [^]*reverted by/);
		changeRole({ description: 'reviewed' });
		expect(await fine(['check'])).toContain('is as it should be');
	});

	test('deletes with consent only', async () => {
		const list = JSON.parse(readFileSync(roles, 'utf8')) as { name: string }[];
		writeFileSync(roles, JSON.stringify(list.filter(({ name }) => name !== 'Editor')));
		const refused = await cli(['push']);
		expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/roles "Editor"[^]*--allow-destructive/) });
		expect(await fine(['push', '--allow-destructive'])).toMatch(/1 deleted/);
		expect(await fine(['diff', '--exit-code'])).toContain('No changes.');
	});

	test('refuses a file that is cut in half, with its place', async () => {
		const whole = readFileSync(roles, 'utf8');
		writeFileSync(roles, whole.slice(0, whole.length / 2));
		expect(await cli(['push', '--allow-destructive'])).toMatchObject({
			code: 1,
			err: expect.stringContaining('roles.json'),
		});
		writeFileSync(roles, whole);
	});

	test('makes another instance the same, from files and from the instance itself', async () => {
		const plan = JSON.parse(await fine(['diff', '--json'], other)) as { plan: Plan };
		expect(plan.plan.summary.create).toBeGreaterThan(0);
		expect(await fine(['push'], other)).toMatch(/created/);
		const from = await runBuilt(['diff', '--exit-code', '--from', directus.url], folder.path, {
			...at(other),
			DIRECTUS_FROM_TOKEN: ADMIN.token,
		});
		expect(from, from.err).toMatchObject({ code: 0, out: expect.stringContaining('No changes.') });
		const before = filesIn(join(folder.path, 'directus-config/collections'));
		await fine(['pull', '--no-specs'], other);
		expect(filesIn(join(folder.path, 'directus-config/collections'))).toEqual(before);
	});

	test('takes hooks: what onQuery leaves out is neither pulled nor deleted', async () => {
		await directus.request('POST', '/flows', { name: 'Test: mine', trigger: 'manual', status: 'inactive' });
		const config = join(folder.path, 'directus-sync.config.cjs');
		writeFileSync(
			config,
			`module.exports = { onlyCollections: ['flows'], snapshot: false, specs: false, hooks: { flows: {
				onQuery: (query) => ({ ...query, filter: { name: { _nstarts_with: 'Test:' } } }),
			} } };`,
		);
		await fine(['pull']);
		expect(readFileSync(join(folder.path, 'directus-config/collections/flows.json'), 'utf8')).not.toContain(
			'Test: mine',
		);
		expect((await cli(['diff', '--exit-code'])).code).toBe(0);
		await fine(['push', '--allow-destructive']);
		expect(await directus.data('GET', '/flows')).toHaveLength(1);
		rmSync(config);
	});

	test('takes a team from an empty folder to production and back', async () => {
		const key = 'the-key-of-the-crm';
		const [flow, headers] = [
			{ name: 'Notify CRM', trigger: 'manual' },
			[{ header: 'Authorization', value: `Bearer ${key}` }],
		];
		const { id } = await directus.data<{ id: string }>('POST', '/flows', { ...flow, status: 'inactive' });
		const operation = { flow: id, key: 'send', name: 'Send', type: 'request', position_x: 19, position_y: 1 };
		await directus.request('POST', '/operations', {
			...operation,
			options: { url: 'https://crm.example.com', headers },
		});
		const team = newFolder();
		const variables = { DEV_URL: directus.url, DEV_TOKEN: ADMIN.token, PROD_URL: other.url, PROD_TOKEN: ADMIN.token };
		const chosen = ['-o', 'flows,operations,settings', '--no-snapshot'];
		const at = (argv: string[], more = {}) => runBuilt(argv, team.path, { ...variables, ...more });

		expect(await at(['init'])).toMatchObject({ code: 0 });
		const file = join(team.path, 'downstream.config.json');
		const config = JSON.parse(readFileSync(file, 'utf8')) as { environments: { prod: { overlays: object } } };
		config.environments.prod.overlays = { settings: { project_name: 'Shop, live' } };
		writeFileSync(file, JSON.stringify(config));

		const pulled = await at(['pull', '--env', 'dev', '--no-specs', ...chosen]);
		expect(pulled, pulled.err).toMatchObject({
			code: 0,
			err: expect.stringContaining('NOTIFY_CRM_SEND_AUTHORIZATION'),
		});
		const files = filesIn(team.path);
		expect(JSON.stringify(files)).not.toContain(key);
		// The instance has its own secrets; another one has none.
		expect(await at(['diff', '--env', 'dev', '--exit-code', ...chosen])).toMatchObject({ code: 0 });
		const missing = await at(['check', '--env', 'prod', ...chosen]);
		expect(missing).toMatchObject({ code: 1, out: expect.stringMatching(/needs the secret NOTIFY_CRM_SEND_AUTH/) });

		const secret = { NOTIFY_CRM_SEND_AUTHORIZATION: key };
		const markdown = await at(['diff', '--env', 'prod', '--markdown', ...chosen], secret);
		expect(markdown).toMatchObject({ code: 0, out: expect.stringMatching(/^### Configuration: .* new/) });
		expect(markdown.out).not.toContain(key);
		const argv = ['push', '--env', 'prod', '--allow-destructive', ...chosen];
		expect(await at(argv, secret)).toMatchObject({ code: 1, err: expect.stringContaining('prod is protected') });
		const { pushes } = JSON.parse((await at(['history', '--env', 'prod', '--json'])).out) as {
			pushes: { id: string }[];
		};
		const done = await at([...argv, '--yes', '--expect', pushes[0]?.id ?? 'none', '--json'], secret);
		expect(done, done.err).toMatchObject({ code: 0 });
		const [sent] = await other.data<{ options: object }[]>('GET', '/operations?filter[key][_eq]=send');
		expect(sent?.options).toMatchObject({ headers });
		expect(await other.data('GET', '/settings?fields=project_name')).toEqual({ project_name: 'Shop, live' });
		expect((await at(['pull', '--env', 'prod', '--no-specs', ...chosen])).out).toContain('Nothing changed');
		expect(filesIn(team.path)).toEqual(files);

		await other.request('PATCH', `/flows/${id}`, { name: 'By hand' });
		const drift = await at(['diff', '--env', 'prod', '--exit-code', 'drift', ...chosen], secret);
		expect(drift).toMatchObject({ code: 2, out: expect.stringContaining('By hand') });
		await other.request('PATCH', `/flows/${id}`, { name: 'Notify CRM' });
		const { id: last } = JSON.parse(done.out) as { id: string };
		const back = await at(['revert', last, '--env', 'prod', '--yes', '--allow-destructive']);
		expect(back, back.err).toMatchObject({ code: 0, out: expect.stringContaining('is reverted') });
		expect(await other.data('GET', '/operations?filter[key][_eq]=send')).toEqual([]);
		team.remove();
	});

	test('tells how caches and deliveries are', async () => {
		expect(await fine(['status'])).toMatch(/Downstream .* embedded engine, 1 node/);
		expect(await fine(['deliveries'])).toContain('No deliveries.');
		expect((await cli(['test', 'nobody'])).err).toMatch(/no target "nobody"/);
	});

	test('says what is wrong with a token, without repeating it', async () => {
		const done = await runBuilt(['diff', '-t', 'no-such-token-here', '--debug'], folder.path, {
			DIRECTUS_URL: directus.url,
		});
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/access token is not valid/) });
		expect(done.err).not.toContain('no-such-token-here');
	});
});

describe.each(directusVersions().slice(0, 1))(
	'the command line with a Directus %s without the extension',
	(version) => {
		test('says how to install it', async () => {
			const directus = await startDirectus({ version, database: 'sqlite', extension: false });
			const folder = newFolder();
			const done = await runBuilt(['pull'], folder.path, { DIRECTUS_URL: directus.url, DIRECTUS_TOKEN: ADMIN.token });
			await directus.stop();
			folder.remove();
			expect(done).toMatchObject({
				code: 1,
				err: expect.stringMatching(/not installed[^]*npm install directus-extension-downstream/),
			});
		});
	},
);
