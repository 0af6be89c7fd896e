import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { RequestError, startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, sampledWorlds } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import {
	fieldsOf,
	formOf,
	installLog,
	installPredecessor,
	modelOf,
	SOURCES,
	SOURCES_USERS,
	TARGETS,
} from './install-model.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '11', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
] as const);
const SYNC = [SOURCES, SOURCES_USERS];
const OFF = 'DATA_SYNC_DISABLE_SCHEMA_CHANGE';
const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';
const POSTS = [{ collection: 'posts', fields: ['title', 'slug'] }];

/** All that is there of the policy, the user and the access between them. */
async function accountOf({ sql }: Directus): Promise<Record<string, Record<string, unknown>[]>> {
	return {
		policies: await sql('directus_policies').where({ name: 'Data Sync' }),
		users: await sql('directus_users').where({ first_name: 'Data Sync' }),
		access: await sql('directus_access').whereNotNull('user'),
	};
}

const syncLog = (directus: Directus) => installLog(directus, /data_sync|Data Sync/);

/** What Directus says when it refuses a request. */
async function refusal(request: Promise<unknown>): Promise<string> {
	const error = await request.then(
		() => null,
		(caught: unknown) => caught,
	);
	if (!(error instanceof RequestError)) throw new Error(`expected a refusal, got ${String(error)}`);
	expect(error.status).toBe(400);
	return (error.body as { errors: { message: string }[] }).errors.map(({ message }) => message).join();
}

for (const world of worlds) {
	const here = available[world.database] === null;
	describe.runIf(here)(`sync on a new Directus ${world.version} on ${world.database}`, () => {
		let directus: Directus;
		beforeAll(async () => {
			directus = await startDirectus({ ...world, content: true });
		});
		afterAll(() => directus?.stop());

		test('has its collection, for the Data Model to show', async () => {
			expect(syncLog(directus)).toEqual([
				`[downstream] created the collections ${SOURCES}, ${SOURCES_USERS}`,
				'[downstream] created the policy "Data Sync" and the user "Data Sync Directus"',
			]);
			expect(await formOf(directus, SOURCES)).toEqual(
				'status name url api_key schema options users_notification'.split(' '),
			);
			expect(await fieldsOf(directus, SOURCES)).toMatchObject({
				id: { type: 'uuid', schema: { is_primary_key: true } },
				status: { schema: { default_value: 'draft' } },
				url: { schema: { is_unique: true, is_nullable: false } },
				api_key: { meta: { special: ['encrypt'] } },
				users_notification: { type: 'alias', meta: { special: ['m2m'] } },
				user_created: { meta: { special: ['user-created'] } },
			});
		});

		test('takes four collections in all, no flow and no seat', async () => {
			const collections = await directus.data<{ collection: string; meta: unknown }[]>('GET', '/collections');
			const ours = collections.filter(
				({ collection, meta }) => meta !== null && /^(cache_flush|data_sync|downstream)_/.test(collection),
			);
			expect(ours.map(({ collection }) => collection).toSorted()).toEqual([
				TARGETS,
				`${TARGETS}_directus_users`,
				SOURCES,
				SOURCES_USERS,
			]);
			expect(await directus.sql('directus_flows')).toEqual([]);
			const { policies, users, access } = await accountOf(directus);
			expect(policies).toMatchObject([{ id: POLICY }]);
			expect(policies?.map((policy) => [Boolean(policy['admin_access']), Boolean(policy['app_access'])])).toEqual([
				[false, false],
			]);
			expect(users).toMatchObject([
				{ id: USER, last_name: 'Directus', status: 'active', role: null, password: null, token: null },
			]);
			expect(access).toMatchObject([{ policy: POLICY, user: USER, role: null }]);
		});

		test('lets other instances in as its user, with what the policy permits and nothing else', async () => {
			await directus.request('PATCH', `/users/${USER}`, { token: 'token-of-the-other-instance' });
			const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'One', slug: 'one' });
			const change = () =>
				directus.request('PATCH', `/items/posts/${id}`, { title: 'Two' }, 'token-of-the-other-instance');
			await expect(change()).rejects.toMatchObject({ status: 403 });
			const permission = { policy: POLICY, collection: 'posts', action: 'update', fields: ['*'] };
			await directus.request('POST', '/permissions', permission);
			await change();
			expect(await directus.data('GET', `/items/posts/${id}`)).toMatchObject({ title: 'Two', slug: 'one' });
			const remove = directus.request('DELETE', `/items/posts/${id}`, undefined, 'token-of-the-other-instance');
			await expect(remove).rejects.toMatchObject({ status: 403 });
		});

		test('checks a remote source when it is saved, in the words of /validate', async () => {
			const wrong = [{ collection: 'posts', fields: ['titel'] }];
			const source = { name: 'Other', url: 'https://other.example', api_key: 'key of the other', schema: wrong };
			const verdict = await directus.data<{ valid: boolean; issues: { message: string }[] }>(
				'POST',
				'/downstream/validate',
				{ kind: 'sync', schema: wrong, options: { batch_size: 0 } },
			);
			expect(verdict).toMatchObject({
				valid: false,
				issues: [
					{ path: '/0/fields/0', code: 'unknown_field', suggestion: 'title' },
					{ path: '/options/batch_size', code: 'too_small' },
				],
			});
			const publish = directus.request('POST', `/items/${SOURCES}`, { ...source, status: 'published' });
			expect(await refusal(publish)).toContain(`/schema/0/fields/0: ${verdict.issues[0]?.message}`);
			const { id } = await directus.data<{ id: string }>('POST', `/items/${SOURCES}`, source);
			const save = (change: object) => directus.request('PATCH', `/items/${SOURCES}/${id}`, change);
			expect(await refusal(save({ status: 'published' }))).toContain('/schema/0/fields/0');
			expect(await refusal(save({ status: 'published', schema: POSTS, url: 'other' }))).toContain('/url');
			expect(await refusal(save({ options: '{' }))).toContain('/options');
			await save({ status: 'published', schema: POSTS });
			expect(await directus.data('POST', '/downstream/validate', { kind: 'sync', schema: POSTS })).toEqual({
				valid: true,
				issues: [],
			});
			expect(await refusal(save({ schema: wrong }))).toContain('/schema/0/fields/0');
		});

		test('keeps the key to itself, and does not take the mask for a new one', async () => {
			const [source] = await directus.data<{ id: string; api_key: string }[]>('GET', `/items/${SOURCES}`);
			expect(source?.api_key).toBe('**********');
			const stored = await directus.sql(SOURCES).first('api_key');
			expect(stored.api_key).toMatch(/^1\|\|scrypt\|\|/);
			await directus.request('PATCH', `/items/${SOURCES}/${source?.id}`, { ...source, name: 'Renamed' });
			expect(await directus.sql(SOURCES).first('api_key', 'name')).toEqual({ ...stored, name: 'Renamed' });
		});

		test('tells every node that a remote source was changed', async () => {
			const version = async () => (await directus.sql('downstream_meta').where({ key: 'rules' }).first('value')).value;
			const before = await version();
			const [{ id } = { id: '' }] = await directus.data<{ id: string }[]>('GET', `/items/${SOURCES}`);
			await directus.request('PATCH', `/items/${SOURCES}/${id}`, { name: 'Once more' });
			await until(async () => (await version()) !== before);
		});

		test('finds everything there at the next start, and changes nothing', async () => {
			const before = { model: await modelOf(directus, SYNC), account: await accountOf(directus) };
			await directus.restart();
			expect({ model: await modelOf(directus, SYNC), account: await accountOf(directus) }).toEqual(before);
			expect(syncLog(directus)).toHaveLength(2);
		});

		test('makes the user again where somebody deleted it, and does not give back a policy that was taken from it', async () => {
			await directus.sql('directus_access').where({ user: USER }).delete();
			await directus.restart();
			expect((await accountOf(directus))['access']).toEqual([]);
			await directus.request('DELETE', `/users/${USER}`);
			await directus.restart();
			expect(syncLog(directus).at(-1)).toBe('[downstream] created the user "Data Sync Directus"');
			expect((await accountOf(directus))['access']).toMatchObject([{ policy: POLICY, user: USER }]);
		});
	});

	describe.runIf(here)(`a project of data-sync, on Directus ${world.version} and ${world.database}`, () => {
		const old = { url: 'https://other.example', schema: [{ name: 'posts', fields: ['id', 'title'] }] };
		const policy = { name: 'Data Sync', icon: 'sync', admin_access: false, app_access: false };
		const user = { first_name: 'Data Sync', last_name: 'Directus', email: 'sync@example.com', token: 'old-token' };
		let before: Directus;
		let directus: Directus;
		let account: Record<string, Record<string, unknown>[]>;
		beforeAll(async () => {
			before = await startDirectus({ ...world, content: true, extension: false });
			await installPredecessor(before, [SOURCES, SOURCES_USERS]);
			const made = await before.data<{ id: string }>('POST', '/policies', policy);
			await before.request('POST', '/users', { ...user, policies: [{ policy: made.id }] });
			const permission = { policy: made.id, collection: 'posts', action: 'create', fields: ['*'] };
			await before.request('POST', '/permissions', permission);
			await before.request('POST', `/items/${SOURCES}`, { ...old, status: 'published', api_key: 'plain key' });
			account = await accountOf(before);
			await before.stop({ keep: true });
			directus = await startDirectus({ ...world, nodeOf: before });
		});
		afterAll(async () => {
			await directus?.stop();
			await before?.stop();
		});

		test('gets the fields that are missing, and keeps its sources with their keys', async () => {
			expect(syncLog(directus)).toEqual([`[downstream] extended the collection ${SOURCES}: name, api_key, options`]);
			expect(await directus.data('GET', `/items/${SOURCES}`)).toMatchObject([
				{ ...old, status: 'published', name: null, options: null, api_key: '**********' },
			]);
			const row = await directus.sql(SOURCES).first();
			expect(row.api_key).toMatch(/^1\|\|scrypt\|\|/);
			await directus.request('PATCH', `/items/${SOURCES}/${row.id}`, { name: 'Other', status: 'published' });
			expect(await directus.data('POST', '/downstream/validate', { kind: 'sync', schema: old.schema })).toEqual({
				valid: true,
				issues: [],
			});
		});

		test('keeps its policy and user, whatever their ids, and gets no second ones', async () => {
			expect(await accountOf(directus)).toEqual(account);
			await directus.request('POST', '/items/posts', { title: 'From afar', slug: 'afar' }, 'old-token');
			expect(await directus.data('GET', '/items/posts?fields=title')).toContainEqual({ title: 'From afar' });
		});
	});
}

describe.runIf(directusVersions().includes('12'))('where one part cannot be installed', () => {
	let directus: Directus;
	beforeAll(async () => {
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true, env: { [OFF]: 'true' } });
	});
	afterAll(() => directus?.stop());

	const diagnostics = async () =>
		(await directus.data<{ diagnostics: { code: string; message: string }[] }>('GET', '/downstream/status'))
			.diagnostics;
	const flushIsServed = async (url: string) => {
		const { id } = await directus.data<{ id: string }>('POST', `/items/${TARGETS}`, {
			status: 'published',
			url,
			schema: [{ collection: 'posts', events: ['create'], payload: ['title'] }],
		});
		await until(async () =>
			(await directus.data<{ targets: { id: string }[] }>('GET', '/downstream/status')).targets.some(
				(target) => target.id === id,
			),
		);
	};

	test.each([OFF, 'DISABLE_EXTENSION_SCHEMA_CHANGE'])(
		'%s has nothing created, and says what is missing',
		async (name) => {
			await directus.restart({ env: { [OFF]: undefined, [name]: 'true' } });
			expect(syncLog(directus).at(-1)).toContain(
				`"${SOURCES}" and "${SOURCES_USERS}" do not exist, and ${name} forbids creating them`,
			);
			for (const collection of SYNC) expect(await directus.sql.schema.hasTable(collection)).toBe(false);
			expect(await accountOf(directus)).toEqual({ policies: [], users: [], access: [] });
			expect(await diagnostics()).toContainEqual(
				expect.objectContaining({ code: 'OFF', message: expect.stringMatching(/^Sync is off/) }),
			);
		},
	);

	test('a table of that name that is something else turns sync off and nothing else', async () => {
		await directus.sql.schema.createTable(SOURCES, (table) => {
			table.increments('id');
			table.string('host');
		});
		const before = await modelOf(directus, SYNC);
		await directus.restart({ env: { [OFF]: undefined, DISABLE_EXTENSION_SCHEMA_CHANGE: undefined } });
		expect(syncLog(directus).at(-1)).toContain(`"${SOURCES}" is not the collection that Downstream needs`);
		expect(await modelOf(directus, SYNC)).toEqual(before);
		expect(await accountOf(directus)).toEqual({ policies: [], users: [], access: [] });
		await flushIsServed('https://a.example');
	});

	test('and the other way round', async () => {
		await directus.sql.schema.dropTable(SOURCES);
		await directus.request('DELETE', `/collections/${TARGETS}_directus_users`);
		await directus.request('DELETE', `/collections/${TARGETS}`);
		await directus.restart({ env: { CACHE_FLUSH_DISABLE_SCHEMA_CHANGE: 'true' } });
		expect(syncLog(directus).at(-1)).toContain('created the policy "Data Sync"');
		expect((await diagnostics()).map(({ message }) => message)).toEqual([expect.stringMatching(/^Flush is off/)]);
		const wrong = {
			status: 'published',
			url: 'https://other.example',
			schema: [{ collection: 'nothing', fields: ['*'] }],
		};
		expect(await refusal(directus.request('POST', `/items/${SOURCES}`, wrong))).toContain('/schema/0/collection');
	});
});
