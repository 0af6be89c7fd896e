import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Status } from '../../src/contract/answers/status.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { ROOT, sampledWorlds } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
	{ version: '12', database: 'mysql' },
] as const);
const { name: PACKAGE } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { name: string };

type Told = { collection: string; event: string; fields: { id: number } };

for (const { database } of worlds) {
	const here = available[database] === null;
	// Each of them starts Directus anew, some several times.
	describe.runIf(here)(`recording on ${database}`, { timeout: 240_000 }, () => {
		let directus: Directus;
		let receiver: Receiver;

		beforeAll(async () => {
			receiver = await startReceiver();
			directus = await startDirectus({ version: '12', database, content: true });
			await directus.request('POST', '/items/cache_flush_targets', {
				name: 'Site',
				status: 'published',
				url: `${receiver.url}/flush`,
				schema: [{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['title'] }],
				options: { max_wait_ms: 0, batch_size: 1 },
			});
		});
		afterAll(() => Promise.all([directus?.stop(), receiver?.stop()]));

		const status = () => directus.data<Status>('GET', '/downstream/status');
		const create = async (title: string) => (await directus.data<{ id: number }>('POST', '/items/posts', { title })).id;
		const told = () => receiver.requests.flatMap(({ json }) => json as Told[]);
		const isTold = (event: string, id: number) =>
			until(async () => told().some((one) => one.event === event && String(one.fields.id) === String(id)), {
				message: `the ${event} of ${id} to arrive`,
			});
		/** All activity is known to be recorded, whatever had to be recovered. */
		const caughtUp = () =>
			until(
				async () => {
					const mark = await directus.sql('downstream_meta').where({ key: 'activity' }).first('value');
					const newest = await directus.sql('directus_activity').max({ id: 'id' }).first();
					return Number(mark?.value) >= Number(newest?.['id']);
				},
				{ message: 'the mark to reach the newest activity' },
			);

		test('sends nothing twice when the process is killed after a change has arrived', async () => {
			const ids = [await create('one'), await create('two'), await create('three')];
			await until(async () => (await status()).deliveries.delivered === 3, { message: 'three deliveries to be over' });
			await directus.kill9();
			await directus.restart();
			await caughtUp();
			await isTold('create', await create('after'));
			expect(told().filter(({ fields }) => ids.includes(fields.id))).toHaveLength(3);
		});

		test('has no table in the schema of Directus, which has started twice', async () => {
			const known = await directus.data<{ collection: string }[]>('GET', '/collections');
			expect(known.map(({ collection }) => collection).filter((name) => name.startsWith('downstream_'))).toEqual([]);
			for (const table of ['downstream_outbox', 'downstream_deliveries'])
				await expect(directus.request('GET', `/items/${table}`)).rejects.toThrow('403');
		});

		test('recovers changes that were written while the extension was removed', async () => {
			const [kept, edited, gone] = [await create('kept'), await create('edited'), await create('gone')];
			for (const id of [kept, edited, gone]) await isTold('create', id);
			await directus.stop({ keep: true });
			rmSync(join(directus.folder, 'extensions', PACKAGE), { recursive: true });
			await directus.restart();
			await directus.request('PATCH', `/items/posts/${edited}`, { title: 'edited meanwhile' });
			const made = await create('made meanwhile');
			await directus.request('DELETE', `/items/posts/${gone}`);
			receiver.clear();
			await directus.restart({ extension: true });
			await isTold('create', made);
			await isTold('update', edited);
			await isTold('delete', gone);
			await caughtUp();
			expect(told().filter(({ fields }) => fields.id === kept)).toEqual([]);
			expect(directus.log()).toMatch(/3 changes are recovered from Directus' activity/);
		});

		test('records writes of other processes, each once, while triggers are on', async () => {
			const snapshot = () => directus.data('GET', '/schema/snapshot');
			const without = await snapshot();
			await directus.restart({ env: { DOWNSTREAM_TRIGGERS: 'true' } });
			const haveTriggers = () =>
				until(async () => (await status()).triggers.collections.includes('posts'), { message: 'triggers to be there' });
			await haveTriggers();
			expect((await status()).diagnostics).toEqual([]);
			expect(await snapshot()).toEqual(without);
			receiver.clear();
			const raw = directus.sql;
			await raw('posts').insert({ id: 90_001, title: 'raw' });
			await isTold('create', 90_001);
			await raw('posts').where({ id: 90_001 }).update({ title: 'raw again' });
			await isTold('update', 90_001);
			const id = await create('by Directus');
			await isTold('create', id);
			await directus.request('PATCH', `/items/posts/${id}`, { title: 'by Directus again' });
			await isTold('update', id);
			// SQLite makes the table anew for it, and its triggers are gone with the old one.
			await directus.request('PATCH', '/fields/posts/title', { schema: { max_length: 200 } });
			await until(async () => (await triggersOf('posts')) > 0, { message: 'triggers to be there again' });
			await haveTriggers();
			await raw('posts').where({ id: 90_001 }).del();
			await isTold('delete', 90_001);
			await directus.request('DELETE', `/items/posts/${id}`);
			await isTold('delete', id);
			for (const item of [90_001, id])
				expect(told().flatMap(({ event, fields }) => (fields.id === item ? [event] : []))).toEqual([
					'create',
					'update',
					'delete',
				]);
			await directus.restart({ env: { DOWNSTREAM_TRIGGERS: undefined } });
			expect(await triggersOf('posts')).toBe(0);
			expect((await status()).triggers).toEqual({ enabled: false, collections: [], problems: [] });
		});

		/** How many triggers of ours a table has. */
		async function triggersOf(table: string): Promise<number> {
			const from = {
				postgres: `pg_trigger where tgrelid = '${table}'::regclass and tgname like 'downstream%'`,
				mysql: `information_schema.triggers where event_object_table = '${table}' and trigger_schema = database()`,
				sqlite: `sqlite_master where type = 'trigger' and tbl_name = '${table}'`,
			}[database];
			const answer = await directus.sql.raw(`select count(*) as there from ${from}`);
			const [row] = database === 'postgres' ? answer.rows : database === 'mysql' ? answer[0] : answer;
			return Number(row.there);
		}

		test('records writes of a Directus command that runs before the first start after an update', async () => {
			await directus.request('POST', '/items/cache_flush_targets', {
				name: 'Roles',
				status: 'published',
				url: `${receiver.url}/roles`,
				schema: [{ collection: 'directus_roles', events: ['create'], payload: ['name'] }],
				options: { max_wait_ms: 0 },
			});
			await directus.stop({ keep: true });
			// As an earlier version left them, which wrote fewer columns and kept no publishers.
			await directus.sql.schema.dropTable('downstream_publishers');
			await directus.sql.schema.alterTable('downstream_outbox', (table) => void table.dropColumn('fields'));
			await directus.sql('downstream_meta').where({ key: 'version' }).update({ value: '3' });
			const id = /[0-9a-f-]{36}/.exec(
				await directus.command('roles', 'create', '--admin', '--app', '--role', 'made by a command'),
			)?.[0];
			await directus.restart();
			await until(() => told().some(({ fields }) => String(fields.id) === id), { message: 'the role to arrive' });
		});

		test('saves and serves a target even when its change cannot be recorded in the same transaction', async () => {
			const { id } = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
				name: 'Moves',
				status: 'published',
				url: `${receiver.url}/before`,
				schema: [{ collection: 'posts', events: ['create'], payload: ['title'] }],
				options: { max_wait_ms: 0 },
			});
			const policy = await directus.data<{ id: string }>('POST', '/policies', { name: 'Targets', app_access: false });
			await directus.request('POST', '/permissions', [
				...['read', 'update'].map((action) => ({
					policy: policy.id,
					collection: 'cache_flush_targets',
					action,
					fields: ['*'],
				})),
				{ policy: policy.id, collection: 'posts', action: 'read', fields: ['*'] },
			]);
			const token = `token-of-somebody-${database}`;
			await directus.request('POST', '/users', { policies: [{ policy: policy.id }], token });
			for (const table of ['downstream_meta', 'downstream_publishers']) {
				const url = `${receiver.url}/${table}`;
				await directus.sql.schema.renameTable(table, `${table}_away`);
				await directus.request('PATCH', `/items/cache_flush_targets/${id}`, { url });
				if (table === 'downstream_publishers')
					// Not known to be somebody else's, it would be taken for an admin's.
					await expect(
						directus.request('PATCH', `/items/cache_flush_targets/${id}`, { url: `${url}-by-other` }, token),
					).rejects.toThrow(/503.*who published/);
				await directus.sql.schema.renameTable(`${table}_away`, table);
				expect(await directus.data('GET', `/items/cache_flush_targets/${id}`)).toMatchObject({ url });
				await until(
					async () => {
						await create('moved');
						return receiver.requests.some(({ path }) => path === new URL(url).pathname);
					},
					{ message: `what is served to be read again after ${table} was away`, timeout: 30_000, interval: 500 },
				);
			}
		});

		test.runIf(database === 'sqlite')('goes on, and reports invalid settings', async () => {
			receiver.clear();
			await directus.restart({
				env: {
					IMPORT_IP_DENY_LIST: '169.254.169.254,internal.example',
					DOWNSTREAM_IP_DENY_LIST: undefined,
					DOWNSTREAM_RETENTION: '30',
					DOWNSTREAM_CONCURRENCY: 'many',
				},
			});
			const id = await create('recorded');
			await until(async () => (await status()).deliveries.pending > 0, { message: 'the change to be planned' });
			const { settings, diagnostics, enabled } = await status();
			expect(enabled).toBe(false);
			expect(settings.map(({ name }) => name).toSorted()).toEqual([
				'DOWNSTREAM_CONCURRENCY',
				'DOWNSTREAM_RETENTION',
				'IMPORT_IP_DENY_LIST',
			]);
			expect(settings.find(({ name }) => name === 'IMPORT_IP_DENY_LIST')?.problem).toMatch(
				/"internal\.example".*nothing is sent/,
			);
			expect(diagnostics.filter(({ code }) => code === 'SETTING')).toHaveLength(3);
			expect(directus.log()).toMatch(/IMPORT_IP_DENY_LIST: expected IP addresses/);
			await directus.restart({
				env: { DOWNSTREAM_ENABLED: 'flase', IMPORT_IP_DENY_LIST: '', DOWNSTREAM_IP_DENY_LIST: '' },
			});
			expect((await status()).settings.map(({ name }) => name)).toContain('DOWNSTREAM_ENABLED');
			const second = await create('recorded too');
			await until(async () => (await status()).deliveries.pending > 1, { message: 'that change to be planned' });
			expect(receiver.requests).toEqual([]);
			const fixed = {
				DOWNSTREAM_ENABLED: undefined,
				DOWNSTREAM_RETENTION: undefined,
				DOWNSTREAM_CONCURRENCY: undefined,
			};
			await directus.restart({ env: fixed });
			await isTold('create', id);
			await isTold('create', second);
			expect(await status()).toMatchObject({ enabled: true, settings: [] });
		});

		test.runIf(database === 'sqlite')(
			'waits for a database that is locked at the start, and records all the same',
			async () => {
				receiver.clear();
				await directus.stop({ keep: true });
				const locked = await directus.sql.transaction();
				await locked('downstream_meta').where({ key: 'rules' }).update({ holder: null });
				await directus.restart();
				const waiting = await until(
					async () => {
						const found = await status();
						return found.diagnostics.some(({ code }) => code === 'NOT_READY') ? found : null;
					},
					{ message: 'the status to say that it is not ready' },
				);
				expect(waiting?.outbox.error).toMatch(/not ready/);
				expect(
					await (
						await fetch(`${directus.url}/downstream/metrics`, {
							headers: { authorization: `Bearer ${directus.token}` },
						})
					).text(),
				).toMatch(/downstream_outbox_broken 1/);
				await locked.rollback();
				const id = await create('made before it is ready');
				await isTold('create', id);
				expect(await status()).toMatchObject({ outbox: { error: null } });
				expect((await status()).diagnostics).toEqual([]);
			},
		);
	});
}
