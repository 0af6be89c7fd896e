import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, sampledVersions } from '../kit/playground.js';
import { ask, copied, diff, elementOf, everythingIn, pull, push, someConfig, stepsOf } from './config-world.js';

const USER = { email: 'editor@example.com', password: 'the password of an editor' };

for (const version of sampledVersions(import.meta.url)) {
	describe(`rights in the configuration of Directus ${version}`, () => {
		let directus: Directus;
		let taken: Bundle;

		beforeAll(async () => {
			directus = await startDirectus({ version, database: 'sqlite' });
			const pushed = await push(directus, someConfig(version, 0.1));
			expect(pushed).toMatchObject({ status: 200, message: '' });
			taken = await pull(directus);
		});
		afterAll(async () => {
			await directus?.stop();
		});

		const idOf = async (table: string, name: string): Promise<string> =>
			(await directus.sql(table).where({ name }).first<{ id: string }>('id')).id;

		test('that a user has directly are in no bundle, and stay', async () => {
			const policy = await idOf('directus_policies', 'Policy 2');
			const { id: user } = await directus.data<{ id: string }>('POST', '/users', USER);
			await directus.request('POST', '/access', { user, policy });
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
			const changed = copied(taken);
			elementOf(changed, 'policies', ({ name }) => name === 'Policy 2')['roles'] = [];
			expect(await push(directus, changed)).toMatchObject({ status: 200, message: '' });
			const attached = await directus.sql('directus_access').where({ policy }).select('user', 'role');
			expect(attached).toEqual([{ user, role: null }]);
			expect(await push(directus, taken)).toMatchObject({ status: 200, message: '' });
			expect(JSON.stringify(await pull(directus))).toBe(JSON.stringify(taken));
			await directus.request('DELETE', `/users/${user}`);
		});

		test('that go, go with everything that hangs on them, while tables change too', async () => {
			const role = await idOf('directus_roles', 'Role 1');
			const policy = await idOf('directus_policies', 'Policy 1');
			const { id: user } = await directus.data<{ id: string }>('POST', '/users', { ...USER, role });
			const fewer = copied(taken);
			const gone = [
				elementOf(taken, 'roles', ({ name }) => name === 'Role 1'),
				elementOf(taken, 'policies', ({ name }) => name === 'Policy 1'),
			];
			const isGone = (id: unknown) => gone.some(({ _syncId }) => _syncId === id);
			fewer.elements.roles = fewer.elements.roles?.filter(({ _syncId }) => !isGone(_syncId)) ?? [];
			fewer.elements.policies = (fewer.elements.policies ?? [])
				.filter(({ _syncId }) => !isGone(_syncId))
				.map((one) => ({
					...one,
					roles: (one['roles'] as { role: unknown }[]).filter((entry) => !isGone(entry.role)),
				}));
			fewer.elements.permissions =
				fewer.elements.permissions?.filter((permission) => !isGone(permission['policy'])) ?? [];
			fewer.elements.presets = fewer.elements.presets?.filter((preset) => !isGone(preset['role'])) ?? [];
			// What names a role in its JSON would name nobody.
			for (const panel of fewer.elements.panels ?? []) panel['options'] = { collection: 'c_001' };
			if (fewer.schema) fewer.schema.fields = fewer.schema.fields.filter(({ field }) => field !== 'summary');
			const consent = { allow_destructive: true, max_deletions: 1_000 };
			const tried = await push(directus, fewer, { ...consent, dry_run: true });
			expect(tried.plan.changes.find(({ name, action }) => name === 'Role 1' && action === 'delete')?.impact).toEqual(
				expect.arrayContaining([expect.stringMatching(/1 user loses this role/)]),
			);
			const pushed = await push(directus, fewer, consent);
			expect(pushed).toMatchObject({ status: 200, message: '' });
			expect(await directus.sql('directus_users').where({ id: user }).first('status', 'role')).toEqual({
				status: 'suspended',
				role: null,
			});
			for (const table of ['directus_access', 'directus_permissions'])
				expect(await directus.sql(table).where({ policy }), table).toEqual([]);
			expect(await directus.sql.raw('pragma foreign_key_check')).toEqual([]);
			expect(stepsOf(await diff(directus, fewer))).toEqual([]);
			expect(await push(directus, taken)).toMatchObject({ status: 200, message: '' });
			expect(await pull(directus)).toEqual(taken);
			await directus.request('DELETE', `/users/${user}`);
		});

		test('that nobody pushed are shown, and stay', async () => {
			const { id } = await directus.data<{ id: string }>('POST', '/policies', { name: 'Backdoor', admin_access: true });
			const plan = await diff(directus, taken);
			expect(stepsOf(plan)).toEqual([]);
			expect(plan.changes.find(({ name }) => name === 'Backdoor')).toMatchObject({
				action: 'delete',
				kept: true,
				risk: expect.arrayContaining(['untracked']),
			});
			expect(await push(directus, taken)).toMatchObject({ status: 200 });
			expect(await directus.data('GET', `/policies/${id}`)).toMatchObject({ name: 'Backdoor' });
			const mirrored = await push(directus, taken, { mirror: true, allow_destructive: true });
			expect(mirrored).toMatchObject({ status: 200, message: '' });
			await expect(directus.request('GET', `/policies/${id}`)).rejects.toThrow();
		});

		test('of the last admin cannot be taken away', async () => {
			const before = await everythingIn(directus);
			const locked = copied(taken);
			elementOf(locked, 'policies', ({ _syncId }) => _syncId === '_sync_default_admin_policy')['admin_access'] = false;
			expect(await push(directus, locked)).toMatchObject({ status: 422 });
			const alone = copied(taken);
			alone.elements.policies =
				alone.elements.policies?.filter(({ _syncId }) => _syncId !== '_sync_default_admin_policy') ?? [];
			expect(await push(directus, alone, { allow_destructive: true })).toMatchObject({ status: 422 });
			expect(await everythingIn(directus)).toEqual(before);
		});

		test('are checked by Directus itself before anything is written', async () => {
			const before = await everythingIn(directus);
			const wrong = copied(taken);
			elementOf(wrong, 'policies', ({ name }) => name === 'Policy 2')['ip_access'] = ['not an address'];
			elementOf(wrong, 'roles', ({ name }) => name === 'Role 1')['description'] = 'Written first.';
			const refused = await push(directus, wrong);
			expect(refused).toMatchObject({
				status: 422,
				issues: [{ code: 'refused_by_directus', message: expect.stringContaining('IP Access') }],
			});
			expect(await everythingIn(directus)).toEqual(before);
		});

		test('take effect at once, and webhooks with them', async () => {
			const changed = copied(taken);
			const hook = elementOf(changed, 'flows', ({ trigger, status }) => trigger === 'webhook' && status === 'active');
			await directus.request('POST', `/flows/trigger/${hook._syncId}`, {});
			hook['status'] = 'inactive';
			const open = elementOf(changed, 'policies', ({ _syncId }) => _syncId === '_sync_default_public_policy');
			changed.elements.permissions?.push({
				_syncId: 'everybody-reads',
				policy: open._syncId,
				collection: 'c_001',
				action: 'read',
				permissions: {},
				validation: null,
				presets: null,
				fields: ['*'],
			});
			await expect(directus.request('GET', '/items/c_001', undefined, null)).rejects.toThrow();
			expect(await push(directus, changed)).toMatchObject({ status: 200, message: '' });
			await expect(directus.request('GET', '/items/c_001', undefined, null)).resolves.toMatchObject({ data: [] });
			await expect(directus.request('POST', `/flows/trigger/${hook._syncId}`, {})).rejects.toThrow();
			expect(await push(directus, taken, { allow_destructive: true })).toMatchObject({ status: 200, message: '' });
			await expect(directus.request('GET', '/items/c_001', undefined, null)).rejects.toThrow();
			await directus.request('POST', `/flows/trigger/${hook._syncId}`, {});
		});
	});
}

describe.runIf(directusVersions().includes('12'))('the free tier of Directus 12', () => {
	let directus: Directus;
	let taken: Bundle;
	beforeAll(async () => {
		directus = await startDirectus({ version: '12', database: 'sqlite' });
		await push(directus, someConfig('12', 0.2));
		taken = await pull(directus);
	});
	afterAll(async () => {
		await directus?.stop();
	});

	test('refuses what it does not allow before anything is written, all of it at once', async () => {
		const before = await everythingIn(directus);
		const more = copied(taken);
		for (const flow of more.elements.flows ?? []) flow['status'] = 'active';
		elementOf(more, 'permissions')['permissions'] = { status: { _eq: 'published' } };
		for (let number = 1; number <= 25; number++) {
			const collection = `more_${number}`;
			more.schema?.collections.push({ collection, meta: { collection }, schema: { name: collection } });
			more.schema?.fields.push({
				collection,
				field: 'id',
				type: 'integer',
				meta: { collection, field: 'id' },
				schema: { is_primary_key: true, has_auto_increment: true },
			});
		}
		const refused = await push(directus, more);
		expect(refused.status).toBe(422);
		expect(new Set(refused.issues.map(({ code }) => code))).toEqual(
			new Set(['flows_limit', 'custom_permission_rules', 'collections_limit']),
		);
		expect(await everythingIn(directus)).toEqual(before);
	});

	test('hides permissions, which are then in no bundle and lost by no push', async () => {
		const policy = (await directus.sql('directus_policies').where({ name: 'Policy 1' }).first<{ id: string }>('id')).id;
		const rule = {
			policy,
			collection: 'c_002',
			action: 'share',
			permissions: '{"status":{"_eq":"published"}}',
			fields: 'id,title',
		};
		await directus.sql('directus_permissions').insert(rule);
		const { body } = await ask(directus, '/downstream/config/pull', {});
		expect(body).toMatchObject({ meta: { issues: [{ code: 'hidden_rows', path: '/permissions' }] } });
		expect(JSON.stringify((body['data'] as Bundle).elements)).toBe(JSON.stringify(taken.elements));
		const changed = copied(taken);
		elementOf(changed, 'roles', ({ name }) => name === 'Role 1')['description'] = 'Beside hidden rules.';
		expect(await push(directus, changed, { mirror: true, allow_destructive: true })).toMatchObject({
			status: 200,
			message: '',
		});
		expect(
			await directus.sql('directus_permissions').where({ collection: 'c_002', action: 'share', policy }),
		).toHaveLength(1);
	});

	test('lets no more users take a seat, whatever gives it to them', async () => {
		const role = (await directus.sql('directus_roles').where({ name: 'Role 4' }).first<{ id: string }>('id')).id;
		for (const number of [1, 2, 3, 4])
			await directus.request('POST', '/users', { email: `seat-${number}@example.com`, role });
		const before = await everythingIn(directus);
		const seated = copied(taken);
		const policy = elementOf(seated, 'policies', ({ name }) => name === 'Policy 4');
		policy['app_access'] = true;
		policy['roles'] = [{ role: elementOf(seated, 'roles', ({ name }) => name === 'Role 4')._syncId, sort: 1 }];
		const refused = await push(directus, seated, { kinds: ['policies'] });
		expect(refused.status).toBeGreaterThanOrEqual(400);
		expect(refused.message).toMatch(/seat/);
		const after = await everythingIn(directus);
		delete after['downstream_config_pushes'];
		delete before['downstream_config_pushes'];
		expect(after).toEqual(before);
	});
});
