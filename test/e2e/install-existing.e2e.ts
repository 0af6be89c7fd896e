import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, sampledWorlds } from '../kit/playground.js';
import { fieldsOf, installLog, installPredecessor, logged, modelOf, TARGETS, USERS } from './install-model.js';
import { buildInstaller, removeExtensions, writeProbe } from './installer-extension.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '11', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
	{ version: '12', database: 'mysql' },
] as const);
afterAll(removeExtensions);
const extraExtensions = [await buildInstaller(), writeProbe()];
const OFF = 'CACHE_FLUSH_DISABLE_SCHEMA_CHANGE';
const LONG_KEY = 'k'.repeat(255);
const schema = [{ collection: 'directus_users', events: ['create', 'update'], payload: ['id', 'email'] }];

/** A Directus in which nothing has been installed yet; `restart({ env: { [OFF]: undefined } })` installs. */
const startUntouched = (world: (typeof worlds)[number], env: Record<string, string | undefined> = {}) =>
	startDirectus({ ...world, extension: false, extraExtensions, env: { [OFF]: 'true', ...env } });

for (const world of worlds) {
	const here = available[world.database] === null;
	describe.runIf(here)(`a project of cache-flush, on Directus ${world.version} and ${world.database}`, () => {
		let directus: Directus;
		let before: Record<string, unknown>[];
		let settings: Record<string, unknown>[];
		beforeAll(async () => {
			directus = await startUntouched(world);
			await installPredecessor(directus);
			const { id: admin } = await directus.data<{ id: string }>('GET', '/users/me');
			await directus.request('POST', `/items/${TARGETS}`, [
				{
					url: 'https://a.example',
					status: 'published',
					api_key: 'plain key',
					schema,
					users_notification: [{ directus_users_id: admin }],
				},
				{ url: 'https://b.example', status: 'published', auth_header: 'x-token', api_key: LONG_KEY, schema },
				{ url: 'https://c.example', status: 'archived', auth_header: 'no-auth', schema },
			]);
			const { id } = await directus.sql(TARGETS).where({ url: 'https://a.example' }).first('id');
			await directus.request('PATCH', `/items/${TARGETS}/${id}`, { status: 'published' });
			before = await directus.sql(TARGETS).orderBy('url');
			settings = await directus.sql('directus_fields').whereIn('collection', [TARGETS, USERS]).orderBy('id');
			await directus.restart({ env: { [OFF]: undefined } });
		});
		afterAll(() => directus?.stop());

		test('gets the missing fields and keeps its rows', async () => {
			expect(installLog(directus).slice(1)).toEqual([
				`[downstream] extended the collection ${TARGETS}: name, adapter, api_key, signing_secret, options`,
			]);
			const after = await directus.sql(TARGETS).orderBy('url');
			expect(after).toHaveLength(3);
			for (const [index, row] of before.entries()) {
				const { api_key, ...rest } = row;
				expect(after[index]).toMatchObject(rest);
				expect([null, 'webhook']).toContain(after[index].adapter);
				expect(after[index]).toMatchObject({ name: null, options: null, signing_secret: null });
				expect(after[index].api_key).toEqual(api_key === null ? null : expect.stringMatching(/^1\|\|scrypt\|\|/));
			}
		});

		test('has its keys masked for everybody, and readable for what runs inside', async () => {
			const query = `/items/${TARGETS}?sort=url&fields=api_key,schema,users_notification.directus_users_id.email`;
			expect(await directus.data('GET', query)).toEqual([
				{ api_key: '**********', schema, users_notification: [{ directus_users_id: { email: 'admin@example.com' } }] },
				{ api_key: '**********', schema, users_notification: [] },
				{ api_key: null, schema, users_notification: [] },
			]);
			const inside = await directus.data<{ url: string; api_key: string }[]>('GET', `/probe/${TARGETS}`);
			expect(Object.fromEntries(inside.map(({ url, api_key }) => [url, api_key]))).toEqual({
				'https://a.example': 'plain key',
				'https://b.example': LONG_KEY,
				'https://c.example': null,
			});
		});

		test('keeps the settings that its users know', async () => {
			const after = await directus.sql('directus_fields').whereIn('collection', [TARGETS, USERS]).orderBy('id');
			for (const row of settings) {
				const special = row['field'] === 'api_key' ? 'encrypt' : row['special'];
				expect(after).toContainEqual({ ...row, special });
			}
			expect((await fieldsOf(directus, TARGETS))['url']?.meta).toMatchObject({ note: 'The note that its users know' });
			expect(await directus.data('GET', `/collections/${TARGETS}`)).toMatchObject({
				meta: { note: 'Where flush requests go', icon: 'storage' },
			});
			const relations = await directus.data<{ field: string; schema: { on_delete: string } }[]>(
				'GET',
				`/relations/${USERS}`,
			);
			for (const { schema } of relations) expect(schema.on_delete).toBe('SET NULL');
		});

		test('takes new targets of the new kind', async () => {
			const target = {
				url: 'https://d.example',
				name: 'New',
				adapter: 'nextjs',
				signing_secret: 'whsec_c2VjcmV0',
				options: { batch_size: 5 },
			};
			const { id } = await directus.data<{ id: string }>('POST', `/items/${TARGETS}`, target);
			expect(await directus.data('GET', `/items/${TARGETS}/${id}`)).toMatchObject({
				...target,
				signing_secret: '**********',
			});
		});

		test('is left alone by the next start, which encrypts only what somebody wrote past Directus', async () => {
			const complete = await modelOf(directus);
			await directus.restart();
			expect(await modelOf(directus)).toEqual(complete);
			expect(installLog(directus)).toHaveLength(2);
			await directus.sql(TARGETS).where({ url: 'https://c.example' }).update({ api_key: 'by SQL' });
			await directus.restart();
			expect(installLog(directus).slice(2)).toEqual([`[downstream] extended the collection ${TARGETS}: api_key`]);
			expect(await directus.data('GET', `/probe/${TARGETS}`)).toContainEqual(
				expect.objectContaining({ url: 'https://c.example', api_key: 'by SQL' }),
			);
			const items = async () => (await directus.sql(TARGETS).orderBy('id')).map((row) => ({ ...row, api_key: null }));
			expect(await items()).toEqual((complete.items[0] ?? []).map((row) => ({ ...row, api_key: null })));
		});
	});
}

describe.runIf(directusVersions().includes('12'))('a collection of that name that is something else', () => {
	const world = { version: '12', database: 'sqlite' } as const;
	let directus: Directus;
	beforeAll(async () => {
		directus = await startUntouched(world);
	});
	afterAll(() => directus?.stop());

	const refused = async (found: string) => {
		const before = await modelOf(directus);
		const earlier = logged(directus).length;
		await directus.restart({ env: { [OFF]: undefined } });
		expect(await modelOf(directus)).toEqual(before);
		expect(logged(directus).slice(earlier)).toEqual([
			expect.objectContaining({
				level: 50,
				msg: expect.stringContaining(`"${TARGETS}" is not the collection that Downstream needs under that name`),
			}),
		]);
		expect(logged(directus).at(-1)?.msg).toContain(found);
		expect(logged(directus).at(-1)?.msg).toMatch(
			/Nothing was altered\. Rename or remove "cache_flush_targets", then restart Directus\.$/,
		);
		expect(await directus.data('GET', '/users/me')).toMatchObject({ email: 'admin@example.com' });
	};

	test('is named in one error and left as it is', async () => {
		const key = { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true }, meta: {} };
		await directus.request('POST', '/collections', {
			collection: TARGETS,
			schema: {},
			meta: {},
			fields: [key, { field: 'host', type: 'string', schema: {}, meta: {} }],
		});
		await directus.request('POST', `/items/${TARGETS}`, { host: 'cache.example' });
		await refused('without url, schema (it has id, host)');
		expect(await directus.data('GET', `/items/${TARGETS}`)).toEqual([{ id: 1, host: 'cache.example' }]);
	});

	test('counts as such when Directus does not know it, primary key or not', async () => {
		await directus.restart({ env: { [OFF]: 'true' } });
		await directus.request('DELETE', `/collections/${TARGETS}`);
		await directus.sql.schema.createTable(TARGETS, (table) => table.string('id'));
		await refused('a table that Directus does not manage, without id, url, schema');
		await directus.sql.schema.dropTable(TARGETS);
	});

	test('no longer stands in the way once it is gone', async () => {
		await directus.restart();
		expect(installLog(directus).at(-1)).toBe(`[downstream] created the collections ${TARGETS}, ${USERS}`);
	});
});

describe.runIf(directusVersions().includes('12'))('the environment', () => {
	const world = { version: '12', database: 'sqlite' } as const;
	let directus: Directus;
	beforeAll(async () => {
		directus = await startUntouched(world);
	});
	afterAll(() => directus?.stop());
	const restart = (env: Record<string, string | undefined>) =>
		directus.restart({ env: { [OFF]: undefined, DISABLE_EXTENSION_SCHEMA_CHANGE: undefined, ...env } });

	test.each([OFF, 'DISABLE_EXTENSION_SCHEMA_CHANGE'])(
		'%s has nothing created, and says what is missing',
		async (variable) => {
			await restart({ [variable]: 'true' });
			const { collections, columns, fields } = await modelOf(directus);
			expect([collections, fields]).toEqual([[], []]);
			expect(columns).toEqual([{}, {}]);
			expect(await directus.sql.schema.hasTable('downstream_meta')).toBe(true);
			expect(installLog(directus).at(-1)).toContain(
				`"${TARGETS}" and "${USERS}" do not exist, and ${variable} forbids creating them`,
			);
		},
	);

	test('leaves the predecessor’s collections as they are, and names the fields to add', async () => {
		await installPredecessor(directus);
		await directus.request('POST', `/items/${TARGETS}`, { url: 'https://a.example', api_key: 'plain key', schema });
		const before = await modelOf(directus);
		await restart({ [OFF]: 'true' });
		expect(await modelOf(directus)).toEqual(before);
		const missing = ['name', 'adapter', 'signing_secret', 'options'].map((field) => `${TARGETS}.${field}`).join(', ');
		expect(installLog(directus).at(-1)).toContain(`${OFF} is set, and these fields are missing: ${missing}.`);
	});

	test('without a SECRET keeps the keys readable rather than lose them', async () => {
		await restart({ SECRET: undefined });
		expect(installLog(directus).slice(-2)).toEqual([
			expect.stringContaining(`${TARGETS}.api_key stays readable as it is`),
			`[downstream] extended the collection ${TARGETS}: name, adapter, signing_secret, options`,
		]);
		expect(await directus.sql(TARGETS).first('api_key')).toEqual({ api_key: 'plain key' });
		await restart({ SECRET: 'set at last, and long enough for Directus' });
		expect(await directus.data('GET', `/probe/${TARGETS}`)).toMatchObject([{ api_key: 'plain key' }]);
		expect(await directus.sql(TARGETS).first('api_key')).toEqual({ api_key: expect.stringMatching(/^1\|\|scrypt/) });
	});
});
