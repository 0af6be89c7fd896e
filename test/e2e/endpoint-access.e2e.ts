import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes, type RouteName } from '../../src/core/routes.js';
import { until } from '../kit/wait.js';
import { METRICS, NOBODY, startWorld, VERSIONS, type World } from './endpoint-world.js';

describe.each(VERSIONS)('the endpoint on Directus %s lets in', (version) => {
	const tokens: Record<string, string | null> = { nobody: null };
	let world: World;
	let { directus, target, ask } = {} as World;
	beforeAll(async () => {
		world = await startWorld(version);
		({ directus, target, ask } = world);
		await addUsers();
	});
	afterAll(() => world?.stop());

	async function addUsers(): Promise<void> {
		const { id: policy } = await directus.data<{ id: string }>('POST', '/policies', {
			name: 'Editor',
			app_access: true,
			admin_access: false,
		});
		for (const collection of ['posts', 'cache_flush_targets'])
			for (const action of ['create', 'read', 'update', 'delete'])
				await directus.request('POST', '/permissions', { policy, collection, action, fields: ['*'], permissions: {} });
		const { id: role } = await directus.data<{ id: string }>('POST', '/roles', {
			name: 'Editors',
			policies: { create: [{ policy: { id: policy } }] },
		});
		for (const [name, fields] of Object.entries({ plain: {}, editor: { role } })) {
			tokens[name] = `the token of ${name}`.replaceAll(' ', '-');
			const user = { email: `${name}@example.com`, password: 'editor-password', token: tokens[name], ...fields };
			await directus.request('POST', '/users', user);
		}
		const login = { email: 'admin@example.com', password: 'downstream' };
		const { access_token } = await directus.data<{ access_token: string }>('POST', '/auth/login', login, null);
		tokens['expired'] = access_token;
		tokens['invalid'] = 'no-such-token';
		await until(() =>
			directus.request('GET', '/users/me', undefined, access_token).then(
				() => false,
				() => true,
			),
		);
	}

	const called = (name: RouteName) => {
		const { method, path } = routes[name];
		return [method.toUpperCase(), `/downstream${path.replace(':id', NOBODY)}`] as const;
	};

	test.each(Object.keys(routes) as RouteName[])('nobody but admins at %s', async (name) => {
		const [method, path] = called(name);
		const body = method === 'POST' ? {} : undefined;
		for (const [who, token] of Object.entries(tokens)) {
			const { status, text } = await ask(method, path, body, token);
			const error = (JSON.parse(text) as { errors: { extensions: { code: string } }[] }).errors[0];
			// A token that Directus does not know, or no longer, is turned away before the endpoint is asked.
			expect(`${who}: ${status} ${error?.extensions.code}`).toMatch(
				who === 'expired' || who === 'invalid' ? /: 401 (INVALID_CREDENTIALS|TOKEN_EXPIRED)$/ : /: 403 FORBIDDEN$/,
			);
		}
		const { status } = await ask(method, path, body);
		expect([200, 400, 404]).toContain(status);
	});

	test('whoever has the metrics token, at the metrics alone', async () => {
		const metrics = await ask('GET', '/downstream/metrics', undefined, METRICS);
		expect(metrics.status, metrics.text).toBe(200);
		expect(metrics.text).toMatch(/^downstream_deliveries\{status="delivered"\} \d+$/m);
		expect(metrics.text).toContain(`downstream_target_state{target="${target}",name="Site"`);
		for (const path of ['/downstream/status', '/downstream/deliveries'])
			expect([401, 403]).toContain((await ask('GET', path, undefined, METRICS)).status);
		expect([401, 403]).toContain((await ask('GET', '/downstream/metrics', undefined, `${METRICS}.`)).status);
	});
});
