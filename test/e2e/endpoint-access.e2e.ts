import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routes, type RouteName } from '../../src/contract/routes.js';
import { DATA_SYNC } from '../../src/contract/vocabulary.js';
import { until } from '../kit/wait.js';
import { METRICS, NOBODY, startWorld, VERSIONS, type World } from './endpoint-world.js';

/** Which callers a route lets in. Kept apart from the routes, so that one that is new, or opens, fails here first. */
const LETS_IN: Record<RouteName, 'admins' | 'admins and instances' | 'users'> = {
	status: 'admins',
	// Whoever may read the item.
	item: 'users',
	// Whoever is notified of the target.
	targetNotice: 'admins',
	identity: 'admins',
	triggersRemove: 'admins',
	metrics: 'admins',
	throughput: 'admins',
	validate: 'admins',
	adapters: 'admins',
	dryRun: 'admins',
	testTarget: 'admins',
	tryTarget: 'admins',
	flushTarget: 'admins',
	purgeTarget: 'admins',
	pauseTarget: 'admins',
	resumeTarget: 'admins',
	deliveries: 'admins',
	causes: 'admins',
	exportDeliveries: 'admins',
	delivery: 'admins',
	retryMany: 'admins',
	cancelMany: 'admins',
	retry: 'admins',
	cancel: 'admins',
	incidents: 'admins',
	operations: 'admins',
	pages: 'admins',
	reportPages: 'admins',
	configPull: 'admins',
	configDiff: 'admins',
	configPush: 'admins',
	configIds: 'admins',
	configUntrack: 'admins',
	configHistory: 'admins',
	configPushed: 'admins',
	configJob: 'admins',
	configRevert: 'admins',
	configRevertPlan: 'admins',
	configFinish: 'admins',
	syncPairing: 'admins',
	syncUnpair: 'admins',
	syncRedeem: 'admins',
	// And whoever brings a code that an admin has made.
	syncPair: 'admins',
	syncHello: 'admins and instances',
	syncApply: 'admins and instances',
	syncTogether: 'admins and instances',
	syncPromote: 'admins',
	syncCopyOf: 'admins',
	syncCopy: 'admins',
	syncRelease: 'admins',
	syncReleases: 'admins',
	syncReleaseCancel: 'admins',
	syncDigests: 'admins and instances',
	syncFile: 'admins and instances',
	syncResend: 'admins and instances',
	syncCompare: 'admins',
	syncBackfill: 'admins',
	syncRepair: 'admins',
	syncProgress: 'admins',
	syncReceived: 'admins',
	syncUndo: 'admins',
	syncConflicts: 'admins',
	syncConflictsThere: 'admins',
	syncConflict: 'admins',
	syncResolve: 'admins',
	syncResolveMany: 'admins',
	syncOptions: 'admins',
	syncClosure: 'admins',
	syncCheck: 'admins',
};

test('every route has an entry that says whom it lets in', () => {
	expect(Object.keys(LETS_IN).toSorted()).toEqual(Object.keys(routes).toSorted());
});

describe.each(VERSIONS)('the endpoint on Directus %s lets in', (version) => {
	const tokens: Record<string, string | null> = { nobody: null };
	let world: World;
	let { directus, target, ask } = {} as World;
	let editorPolicy: string;
	let share: string;
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
		editorPolicy = policy;
		const { id: role } = await directus.data<{ id: string }>('POST', '/roles', {
			name: 'Editors',
			policies: { create: [{ policy: { id: policy } }] },
		});
		for (const [name, fields] of Object.entries({ plain: {}, editor: { role } })) {
			tokens[name] = `the token of ${name}`.replaceAll(' ', '-');
			const user = { email: `${name}@example.com`, password: 'editor-password', token: tokens[name], ...fields };
			await directus.request('POST', '/users', user);
		}
		await directus.request('PATCH', `/users/${DATA_SYNC.user}`, { token: 'the-token-of-an-instance' });
		tokens['instance'] = 'the-token-of-an-instance';
		const { id: post } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'Shared' });
		const shared = { collection: 'posts', item: String(post), role, name: 'Shared' };
		share = (await directus.data<{ id: string }>('POST', '/shares', shared)).id;
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

	/** Good for a second. */
	async function shareToken(): Promise<string> {
		const asked = { share };
		return (await directus.data<{ access_token: string }>('POST', '/shares/auth', asked, null)).access_token;
	}

	/** With a new token where a busy machine has let the one of before run out. */
	async function askAsShare(method: string, path: string, body: unknown) {
		let answer = await ask(method, path, body, await shareToken());
		for (let tries = 0; tries < 5 && answer.text.includes('TOKEN_EXPIRED'); tries++)
			answer = await ask(method, path, body, await shareToken());
		return answer;
	}

	const called = (name: RouteName) => {
		const { method, path } = routes[name];
		return [method.toUpperCase(), `/downstream${path.replace(':id', NOBODY)}`] as const;
	};

	test.each(Object.keys(routes) as RouteName[])('nobody but admins at %s', async (name) => {
		const [method, path] = called(name);
		const body = method === 'POST' ? {} : undefined;
		for (const [who, given] of Object.entries({ share: null, ...tokens })) {
			const { status, text } =
				who === 'share' ? await askAsShare(method, path, body) : await ask(method, path, body, given);
			const error = (JSON.parse(text) as { errors: { extensions: { code: string } }[] }).errors[0];
			if (who === 'instance' && LETS_IN[name] === 'admins and instances') {
				expect(status, `an instance: ${text}`).toBe(400);
				continue;
			}
			if (LETS_IN[name] === 'users' && status === 400) continue;
			// A token that Directus does not know, or no longer, is turned away before the endpoint is asked.
			expect(`${who}: ${status} ${error?.extensions.code}`).toMatch(
				who === 'expired' || who === 'invalid' ? /: 401 (INVALID_CREDENTIALS|TOKEN_EXPIRED)$/ : /: 403 FORBIDDEN$/,
			);
		}
		const { status } = await ask(method, path, body);
		expect([200, 400, 404]).toContain(status);
	});

	test('the bearer of the metrics token, for metrics only', async () => {
		const metrics = await ask('GET', '/downstream/metrics', undefined, METRICS);
		expect(metrics.status, metrics.text).toBe(200);
		expect(metrics.text).toMatch(/^downstream_deliveries\{status="delivered"\} \d+$/m);
		expect(metrics.text).toContain(`downstream_target_state{target="${target}",name="Site"`);
		for (const path of ['/downstream/status', '/downstream/deliveries'])
			expect([401, 403]).toContain((await ask('GET', path, undefined, METRICS)).status);
		expect([401, 403]).toContain((await ask('GET', '/downstream/metrics', undefined, `${METRICS}.`)).status);
		// What is in a URL ends up in logs.
		for (const name of ['token', 'access_token'])
			expect([401, 403]).toContain(
				(await ask('GET', `/downstream/metrics?${name}=${METRICS}`, undefined, null)).status,
			);
	});

	describe('and a rule sends', () => {
		const rule = (collection: string, ...payload: string[]) => ({ collection, events: ['create', 'update'], payload });
		const publish = (name: string, schema: unknown[], token?: string | null, more: object = {}) =>
			ask(
				'POST',
				'/items/cache_flush_targets',
				{
					name,
					status: 'published',
					url: `${world.receiver.url}/${name}`,
					schema,
					options: { max_wait_ms: 0, retry: { tries: 1 } },
					...more,
				},
				token,
			);
		const idOf = (answer: { text: string }) => (JSON.parse(answer.text) as { data: { id: string } }).data.id;
		const sentTo = (name: string) => world.receiver.requests.filter(({ path }) => path === `/${name}`);
		const stateOf = async (id: string) => {
			const { targets } = await directus.data<{ targets: { id: string; state: string }[] }>(
				'GET',
				'/downstream/status',
			);
			return targets.find((one) => one.id === id)?.state;
		};
		const asEditor = () => tokens['editor'] as string;

		test.each([
			['directus_sessions', ['token']],
			['directus_sessions', ['*']],
			['directus_shares', []],
			['directus_users', ['auth_data']],
			['directus_users', ['role.users.token']],
			['directus_files', ['uploaded_by.external_identifier']],
			['cache_flush_targets', ['url']],
			['downstream_attempts', ['*']],
		])('nothing secret of %s %j, whoever publishes it', async (collection, payload) => {
			const schema = [rule(collection, ...payload)];
			for (const token of [directus.token, asEditor()]) {
				const { status, text } = await publish('refused', schema, token);
				expect(status, text).toBe(400);
			}
			const checked = await directus.data('POST', '/downstream/validate', { kind: 'flush', schema });
			expect(checked).toMatchObject({ valid: false });
			const draft = { url: 'https://www.example.com', schema };
			const dry = await ask('POST', '/downstream/dry-run', { collection, event: 'update', keys: ['1'], draft });
			expect(dry.text).not.toContain('"matched":true');
		});

		test('nothing by a rule on sessions that was stored before it was refused', async () => {
			const id = idOf(await publish('before', [rule('posts', 'title')]));
			const schema = JSON.stringify([rule('directus_sessions', 'token'), rule('directus_users', '*')]);
			await directus.sql('cache_flush_targets').where({ id }).update({ schema });
			await directus.request('PATCH', `/items/cache_flush_targets/${target}`, { name: 'Site' });
			await until(async () => (await stateOf(id)) === 'invalid');
			const login = { email: 'admin@example.com', password: 'downstream' };
			await directus.data('POST', '/auth/login', login, null);
			const { id: admin } = await directus.data<{ id: string }>('GET', '/users/me');
			await directus.request('PATCH', `/users/${admin}`, {
				title: 'Editor in chief',
				auth_data: { planted: 'auth-data' },
			});
			await until(() => sentTo('before').length > 0);
			const sent = JSON.stringify(sentTo('before'));
			expect(sent).toContain('Editor in chief');
			expect(sent).not.toContain('auth-data');
			const sessions = await directus.sql('directus_sessions').select<{ token: string }[]>('token');
			expect(sessions.length).toBeGreaterThan(0);
			for (const { token } of sessions) expect(sent).not.toContain(token);
			await directus.request('DELETE', `/items/cache_flush_targets/${id}`);
		});

		test('only fields that the publisher may read, now and later', async () => {
			const refused = await publish('users', [rule('directus_users', 'email')], asEditor());
			expect(refused.status).toBe(400);
			expect(refused.text).toContain('you may not read \\"email\\" of directus_users');
			const byAdmin = idOf(await publish('users', [rule('directus_users', 'email')]));
			const moved = { url: `${world.receiver.url}/elsewhere` };
			expect((await ask('PATCH', `/items/cache_flush_targets/${byAdmin}`, moved, asEditor())).status).toBe(400);
			await directus.request('DELETE', `/items/cache_flush_targets/${byAdmin}`);

			const own = idOf(await publish('own', [rule('posts', 'title')], asEditor()));
			await directus.request('POST', '/items/posts', { title: 'Permitted' });
			await until(() => sentTo('own').length === 1);
			const [read] = await directus.data<{ id: number }[]>(
				'GET',
				`/permissions?filter[policy][_eq]=${editorPolicy}&filter[collection][_eq]=posts&filter[action][_eq]=read`,
			);
			await directus.request('DELETE', `/permissions/${read?.id}`);
			await until(async () => (await stateOf(own)) === 'invalid');
			await directus.request('POST', '/items/posts', { title: 'Not permitted' });
			await until(() => JSON.stringify(sentTo('flush')).includes('Not permitted'));
			expect(JSON.stringify(sentTo('own'))).not.toContain('Not permitted');
			// An admin vouches for it.
			await directus.request('PATCH', `/items/cache_flush_targets/${own}`, { status: 'published' });
			await until(async () => (await stateOf(own)) === 'healthy');
			await directus.request('DELETE', `/items/cache_flush_targets/${own}`);
		});

		test('no mask for a key, when a target is saved as a copy', async () => {
			const mask = { api_key: '**********', signing_secret: '**********' };
			const id = idOf(await publish('copy', [rule('posts', 'title')], directus.token, mask));
			const row = await directus.sql('cache_flush_targets').where({ id }).first();
			expect(row).toMatchObject({ api_key: null, signing_secret: null });
			await directus.request('DELETE', `/items/cache_flush_targets/${id}`);
		});
	});
});
