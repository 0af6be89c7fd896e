import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, sampledWorlds } from '../kit/playground.js';
import {
	essenceOf,
	fieldsOf,
	formOf,
	installLog,
	modelOf,
	SOURCES,
	SOURCES_USERS,
	TARGETS,
	USERS,
} from './install-model.js';
import { buildInstaller, removeExtensions, writeCrasher, writeProbe } from './installer-extension.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '11', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
	{ version: '12', database: 'mysql' },
] as const);
afterAll(removeExtensions);
const extraExtensions = [await buildInstaller(), writeCrasher(), writeProbe()];
const FORM = 'status name url adapter auth_header api_key signing_secret schema options users_notification'.split(' ');
const rule = { collection: 'directus_users', events: ['update'], payload: ['id'] };

for (const { version, database } of worlds) {
	const here = available[database] === null;
	describe.runIf(here)(`the first start of Directus ${version} on ${database}`, () => {
		let directus: Directus;
		let admin: string;
		beforeAll(async () => {
			directus = await startDirectus({ version, database, extension: false, extraExtensions });
			admin = (await directus.data<{ id: string }>('GET', '/users/me')).id;
		});
		afterAll(() => directus?.stop());

		test('creates both collections, for the Data Model to show', async () => {
			expect(installLog(directus)).toEqual([`[downstream] created the collections ${TARGETS}, ${USERS}`]);
			expect(await directus.data('GET', `/collections/${TARGETS}`)).toMatchObject({
				meta: { hidden: false, archive_field: 'status', archive_value: 'archived', accountability: 'all' },
				schema: { name: TARGETS },
			});
			expect(await directus.data('GET', `/collections/${USERS}`)).toMatchObject({
				meta: { hidden: true },
				schema: { name: USERS },
			});
			const fields = await fieldsOf(directus, TARGETS);
			expect(await formOf(directus, TARGETS)).toEqual(FORM);
			const audit = ['date_created', 'date_updated', 'user_created', 'user_updated'];
			expect(Object.keys(fields).toSorted()).toEqual(['id', ...audit, ...FORM].toSorted());
			expect(fields).toMatchObject({
				id: { type: 'uuid', schema: { is_primary_key: true } },
				url: { schema: { is_unique: true, is_nullable: false }, meta: { required: true } },
				api_key: { type: 'text', meta: { special: ['encrypt'], options: { masked: true } } },
				signing_secret: { type: 'text', meta: { special: ['encrypt'] } },
				schema: { type: 'json', meta: { interface: 'input-code' } },
				users_notification: { type: 'alias', schema: null, meta: { special: ['m2m'], interface: 'list-m2m' } },
			});
		});

		test('so that a target can be saved with its key and the users to notify', async () => {
			const target = { name: 'Shop', url: 'https://shop.example/flush', api_key: 'key of the shop', schema: [rule] };
			const { id } = await directus.data<{ id: string }>('POST', `/items/${TARGETS}`, {
				...target,
				users_notification: [{ directus_users_id: admin }],
			});
			expect(id).toMatch(/^[0-9a-f-]{36}$/);
			expect(
				await directus.data('GET', `/items/${TARGETS}/${id}?fields=*,users_notification.directus_users_id.email`),
			).toMatchObject({
				status: 'draft',
				adapter: 'webhook',
				auth_header: 'bearer',
				schema: [rule],
				api_key: '**********',
				signing_secret: null,
				user_created: admin,
				users_notification: [{ directus_users_id: { email: 'admin@example.com' } }],
			});
			expect(await directus.sql(TARGETS).where({ id }).first('api_key')).toEqual({
				api_key: expect.stringMatching(/^1\|\|scrypt\|\|/),
			});
			expect(await directus.data('GET', `/probe/${TARGETS}`)).toMatchObject([{ api_key: 'key of the shop' }]);
			await expect(directus.request('POST', `/items/${TARGETS}`, target)).rejects.toMatchObject({
				body: { errors: [{ extensions: { code: 'RECORD_NOT_UNIQUE' } }] },
			});
		});

		test('keeps the project free to delete users, and cleans up after targets', async () => {
			const user = { email: `${database}@example.com`, role: null };
			const { id: other } = await directus.data<{ id: string }>('POST', '/users', user);
			const target = {
				url: 'https://other.example',
				users_notification: [{ directus_users_id: admin }, { directus_users_id: other }],
			};
			const { id } = await directus.data<{ id: string }>('POST', `/items/${TARGETS}`, target);
			await directus.sql(TARGETS).where({ id }).update({ user_created: other });
			await directus.request('DELETE', `/users/${other}`);
			expect(
				await directus.data('GET', `/items/${TARGETS}/${id}?fields=user_created,users_notification.directus_users_id`),
			).toEqual({
				user_created: null,
				users_notification: [{ directus_users_id: admin }],
			});
			await directus.request('DELETE', `/items/${TARGETS}/${id}`);
			expect(await directus.sql(USERS).where({ [`${TARGETS}_id`]: id })).toEqual([]);
		});

		test('is the last that has anything to do', async () => {
			const before = await modelOf(directus);
			await directus.restart();
			expect(await modelOf(directus)).toEqual(before);
			expect(installLog(directus)).toHaveLength(1);
		});

		test('is completed by the next where it broke off', async () => {
			const { sql } = directus;
			const complete = await essenceOf(directus);
			// As MySQL leaves it, which commits each table at once: tables without settings, settings without columns.
			await sql('directus_collections').where({ collection: USERS }).delete();
			await sql('directus_fields').where({ collection: USERS }).delete();
			await sql('directus_relations').where({ many_collection: USERS }).delete();
			await sql('directus_relations').where({ many_collection: TARGETS, many_field: 'user_created' }).delete();
			await sql('directus_fields')
				.where({ collection: TARGETS })
				.whereIn('field', ['adapter', 'api_key', 'users_notification'])
				.delete();
			await sql.schema.alterTable(TARGETS, (table) => table.dropColumn('options'));
			await directus.restart();
			expect(installLog(directus).slice(1).toSorted()).toEqual([
				`[downstream] extended the collection ${TARGETS}: adapter, api_key, options, users_notification, user_created`,
				`[downstream] extended the collection ${USERS}: id, ${TARGETS}_id, directus_users_id`,
			]);
			expect(await directus.data('GET', `/probe/${TARGETS}`)).toMatchObject([
				{ api_key: 'key of the shop', options: null },
			]);
			expect(
				await directus.data('GET', `/items/${TARGETS}?fields=api_key,users_notification.directus_users_id`),
			).toEqual([{ api_key: '**********', users_notification: [{ directus_users_id: admin }] }]);
			expect(await essenceOf(directus)).toEqual(complete);
			const healedModel = await modelOf(directus);
			await directus.restart();
			expect(await modelOf(directus)).toEqual(healedModel);
		});

		test('is done again where somebody deleted the targets', async () => {
			const complete = await essenceOf(directus);
			// Elsewhere than on SQLite, Directus can't delete a collection that another one leads to.
			const deleted = database === 'sqlite' ? [TARGETS] : [USERS, TARGETS];
			for (const name of deleted) await directus.request('DELETE', `/collections/${name}`);
			await directus.restart();
			expect(installLog(directus)).toContain(`[downstream] created the collections ${deleted.toReversed().join(', ')}`);
			expect(await essenceOf(directus)).toEqual(complete);
		});
	});
}

describe.runIf(available.postgres === null && directusVersions().includes('12'))(
	'three processes that start at once on an empty PostgreSQL',
	() => {
		let first: Directus;
		const nodes: Directus[] = [];
		beforeAll(async () => {
			first = await startDirectus({ version: '12', database: 'postgres', extension: false });
			const node = () =>
				startDirectus({ version: '12', database: 'postgres', extension: false, extraExtensions, nodeOf: first });
			for (const started of await Promise.allSettled([node(), node(), node()])) {
				if (started.status === 'rejected') throw started.reason;
				nodes.push(started.value);
			}
		});
		afterAll(async () => {
			for (const node of nodes) await node.stop();
			await first?.stop();
		});

		test('install once, and know it all three', async () => {
			expect(nodes.flatMap((node) => installLog(node))).toEqual([
				`[downstream] created the collections ${TARGETS}, ${USERS}`,
			]);
			for (const [index, node] of nodes.entries()) {
				const { id: admin } = await node.data<{ id: string }>('GET', '/users/me');
				const target = {
					url: `https://node-${index}.example`,
					api_key: 'key',
					users_notification: [{ directus_users_id: admin }],
				};
				await node.request('POST', `/items/${TARGETS}`, target);
				expect(await node.data('GET', `/probe/${TARGETS}`)).toHaveLength(index + 1);
			}
			expect(await first.sql('directus_fields').where({ collection: TARGETS }).count({ rows: '*' })).toEqual([
				{ rows: '15' },
			]);
			expect(await first.sql('directus_relations').whereIn('many_collection', [TARGETS, USERS])).toHaveLength(4);
			expect(nodes.flatMap((node) => installLog(node, /data_sync|Data Sync/))).toHaveLength(2);
			expect(await first.sql('directus_policies').where({ name: 'Data Sync' })).toHaveLength(1);
		});
	},
);

describe.runIf(available.mysql === null && directusVersions().includes('12'))(
	'a first start that is killed again and again',
	() => {
		const world = { version: '12', database: 'mysql', extension: false, extraExtensions } as const;
		let complete: Directus;
		let directus: Directus;
		beforeAll(async () => {
			[complete, directus] = await Promise.all([
				startDirectus(world),
				startDirectus({ ...world, env: { CACHE_FLUSH_DISABLE_SCHEMA_CHANGE: 'true' } }),
			]);
		});
		afterAll(async () => {
			await complete?.stop();
			await directus?.stop();
		});

		test('comes to the same in the end, where the database commits each table at once', async () => {
			// In the fields of the one collection, of the other, and twice between a foreign key and its settings.
			for (const crashAt of [3, 1, 2, 2]) {
				const killed = directus.restart({
					env: { CACHE_FLUSH_DISABLE_SCHEMA_CHANGE: undefined, CRASH_AT: String(crashAt) },
				});
				await expect(killed).rejects.toThrow('ended with SIGKILL');
				// Saves the wait until what the dead process held expires by itself.
				await directus.sql('downstream_meta').where({ key: 'lease:install' }).delete();
			}
			await directus.restart({ env: { CRASH_AT: undefined } });
			expect(installLog(directus).at(-1)).toMatch(/created|extended/);
			expect(await essenceOf(directus)).toEqual(await essenceOf(complete));
			expect(await formOf(directus, TARGETS)).toEqual(FORM);
		}, 120_000);
	},
);

describe.runIf(directusVersions().includes('12'))('a schema snapshot', () => {
	let directus: Directus;
	let other: Directus;
	beforeAll(async () => {
		[directus, other] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', extension: false, extraExtensions }),
			startDirectus({ version: '12', database: 'sqlite', extension: false }),
		]);
	});
	afterAll(async () => {
		await directus?.stop();
		await other?.stop();
	});

	test('carries the collections over like any other, and none of the plain tables', async () => {
		const snapshot = await directus.data<{ collections: { collection: string }[] }>('GET', '/schema/snapshot');
		expect(snapshot.collections.map(({ collection }) => collection)).toEqual([TARGETS, USERS, SOURCES, SOURCES_USERS]);
		const diff = await other.data<{ diff: unknown }>('POST', '/schema/diff', snapshot);
		await other.request('POST', '/schema/apply', diff);
		await expect(other.request('POST', '/schema/diff', snapshot)).resolves.toBeUndefined();
		const { id: admin } = await other.data<{ id: string }>('GET', '/users/me');
		await other.request('POST', `/items/${TARGETS}`, {
			url: 'https://shop.example',
			api_key: 'key',
			users_notification: [{ directus_users_id: admin }],
		});
		const node = await startDirectus({
			version: '12',
			database: 'sqlite',
			extension: false,
			extraExtensions,
			nodeOf: other,
		});
		expect(installLog(node)).toEqual([]);
		expect(await node.data('GET', `/probe/${TARGETS}`)).toMatchObject([{ api_key: 'key' }]);
		await node.stop();
	});

	test('is refused by nothing on the instance that it is of', async () => {
		const snapshot = await directus.data('GET', '/schema/snapshot');
		await expect(directus.request('POST', '/schema/diff', snapshot)).resolves.toBeUndefined();
	});
});
