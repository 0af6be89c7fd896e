import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differenceOf } from '../../src/identity/core/identity.js';
import { readPlace } from '../../src/identity/read-place.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { DATABASE_SERVERS, type DatabaseKind } from '../kit/database-servers.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { instanceName } from '../kit/leftovers.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { deliveriesOf, publish, settled } from './flush-target.js';
import { link, quiet } from './sync-link.js';

interface Status {
	identity: { state: string; reason: string | null };
	diagnostics: { code: string }[];
	targets: { id: string }[];
	outbox: { pending: number };
}
const statusOf = (directus: Directus) => directus.data<Status>('GET', '/downstream/status');
const RULE = { collection: 'docs', events: ['create', 'update'], payload: ['title'] };

describe('a copy of an instance with a site and a remote, on SQLite', () => {
	let receiver: Receiver;
	let original: Directus;
	let remote: Directus;
	let copy: Directus;
	let target: string;
	let doc: string;

	beforeAll(async () => {
		receiver = await startReceiver();
		[original, remote] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		target = await publish(original, { url: receiver.url, schema: [RULE] });
		await link(original, remote, [{ collection: 'docs', fields: ['title'] }]);
		({ id: doc } = await original.data<{ id: string }>('POST', '/items/docs', { title: 'of the original' }));
		await settled(original, target, 1);
		await quiet(original);
		await original.stop({ keep: true });
		copy = await startDirectus({ version: '12', database: 'sqlite', copyOf: original });
		await original.restart();
	});
	afterAll(async () => {
		for (const directus of [copy, original, remote]) await directus?.stop();
		await receiver?.stop();
	});

	const titles = (directus: Directus) =>
		directus
			.data<{ title: string }[]>('GET', '/items/docs?fields=title&sort=title')
			.then((rows) => rows.map((row) => row.title));

	it('holds everything and asks, while the original goes on', async () => {
		const { identity, diagnostics } = await statusOf(copy);
		expect(identity).toMatchObject({ state: 'held' });
		expect(identity.reason).toMatch(/downstream identity moved/);
		expect(diagnostics.map(({ code }) => code)).toContain('IDENTITY_HELD');
		expect((await statusOf(original)).identity).toEqual({ state: 'known', reason: null });
	});

	it('sends nothing, is told nothing, and records what is edited meanwhile', async () => {
		const before = receiver.requests.length;
		await copy.request('PATCH', `/items/docs/${doc}`, { title: 'of the copy' });
		await expect(copy.request('POST', `/downstream/targets/${target}/test`)).rejects.toMatchObject({ status: 503 });
		await expect(
			copy.request('POST', '/downstream/sync/hello', { protocol: 1, from: 'abcdefghijkl', collections: [] }),
		).rejects.toMatchObject({
			status: 503,
			body: { errors: [{ extensions: { code: 'IDENTITY_HELD' } }] },
		});
		// The original's next change arrives at both; whatever the copy had sent would have come before.
		await original.data('POST', '/items/docs', { title: 'by the original' });
		await settled(original, target, 2);
		await quiet(original);
		expect(receiver.requests.length - before).toBe(1);
		expect(await titles(remote)).toEqual(['by the original', 'of the original']);
		expect((await statusOf(copy)).outbox.pending).toBeGreaterThan(0);
	});

	it('leaves targets, links and queues to the original once it is said to be a copy', async () => {
		const before = receiver.requests.length;
		await copy.request('POST', '/downstream/identity', { decision: 'copy', reason: 'staging' });
		const status = await statusOf(copy);
		expect(status).toMatchObject({ identity: { state: 'known' }, targets: [], outbox: { pending: 0 } });
		const drafts = await copy.data<{ status: string }[]>('GET', '/items/data_sync_remote_sources?fields=status');
		expect(drafts).toEqual([{ status: 'draft' }]);
		const [operation] = await copy.data<{ action: string; reason: string }[]>('GET', '/downstream/operations');
		expect(operation).toMatchObject({ action: 'identity', reason: 'staging' });
		await expect(copy.request('POST', '/downstream/identity', { decision: 'moved' })).rejects.toMatchObject({
			status: 409,
		});
		expect(receiver.requests.length).toBe(before);
	});

	it('can be linked to the original, and duplicates nothing', async () => {
		await link(copy, original, [{ collection: 'docs', fields: ['title'], direction: 'both' }]);
		await copy.request('PATCH', `/items/docs/${doc}`, { title: 'agreed' });
		await quiet(copy);
		await until(async () => (await titles(original)).includes('agreed'), { message: 'the edit to arrive' });
		expect(await titles(original)).toEqual(['agreed', 'by the original']);
	});

	it('stays itself when it is started again', async () => {
		await copy.restart();
		await until(async () => (await statusOf(copy)).identity.state === 'known', { message: 'a known identity' });
		expect(await deliveriesOf(copy, target, '&status=pending')).toEqual([]);
	});
});

describe('a copy of an instance whose place is the same, as far as anybody can see', () => {
	let original: Directus;
	let remote: Directus;
	let copy: Directus;

	beforeAll(async () => {
		[original, remote] = await Promise.all([
			startDirectus({ version: '12', database: 'sqlite', content: true }),
			startDirectus({ version: '12', database: 'sqlite', content: true }),
		]);
		await link(original, remote, [{ collection: 'docs', fields: ['title'] }]);
		await original.request('POST', '/items/docs', { title: 'first' });
		await quiet(original);
		await original.stop({ keep: true });
		// The copy takes the place that it finds itself in for its own.
		await original.sql('downstream_meta').where({ key: 'place' }).delete();
		copy = await startDirectus({ version: '12', database: 'sqlite', copyOf: original });
		await quiet(copy);
		await original.restart();
	});
	afterAll(async () => {
		for (const directus of [copy, original, remote]) await directus?.stop();
	});

	it('is found out by the remote within one exchange of each, and both are held until somebody says which it is', async () => {
		const state = async (directus: Directus) => (await statusOf(directus)).identity;
		await original.request('POST', '/items/docs', { title: 'by the original' });
		await until(async () => (await state(original)).state === 'held', { message: 'the original to be held' });
		expect((await state(original)).reason).toMatch(/two instances use the same name.*downstream identity moved/is);
		await copy.request('POST', '/items/docs', { title: 'by the copy' });
		await until(async () => (await state(copy)).state === 'held', { message: 'the copy to be held' });
		const titles = () => remote.data<{ title: string }[]>('GET', '/items/docs?fields=title&sort=title');
		expect(await titles()).toEqual([{ title: 'first' }]);
		// It is held also after a restart.
		await copy.restart();
		expect((await state(copy)).state).toBe('held');
		await original.request('POST', '/downstream/identity', { decision: 'moved' });
		await quiet(original);
		expect(await titles()).toEqual([{ title: 'by the original' }, { title: 'first' }]);
		await copy.request('POST', '/downstream/identity', { decision: 'copy' });
		await original.request('POST', '/items/docs', { title: 'goes on' });
		await quiet(original);
		expect(await titles()).toHaveLength(3);
		for (const directus of [original, copy]) expect(await state(directus)).toEqual({ state: 'known', reason: null });
	});
});

describe('the place of a database', async () => {
	const available = await databasesAvailable();
	const run = (command: string, args: string[], input?: string) =>
		execFileSync(command, args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1e8 });
	const hasProgram = (name: string) => {
		try {
			run('which', [name]);
			return true;
		} catch {
			return false;
		}
	};
	const dumps: Record<DatabaseKind, ((from: string, to: string) => void) | null> = {
		sqlite: null,
		postgres: hasProgram('pg_dump')
			? (from, to) => void run('psql', [...POSTGRES, to], run('pg_dump', [...POSTGRES, from]))
			: null,
		mysql: hasProgram('mysqldump')
			? (from, to) => void run('mysql', [...MYSQL, to], run('mysqldump', [...MYSQL, from]))
			: null,
	};

	for (const kind of ['sqlite', 'postgres', 'mysql'] as const) {
		it.runIf(available[kind] === null)(
			`is another one for every kind of copy, and the same for the same, on ${kind}`,
			async () => {
				const server = DATABASE_SERVERS[kind];
				const [name, copied, dumped] = [instanceName(), instanceName(), instanceName()];
				const placeOf = async (database: string) => {
					const knex = server.connect(database);
					return readPlace(knex, 'http://cms.example').finally(() => knex.destroy());
				};
				try {
					await server.create(name);
					const knex = server.connect(name);
					await knex.schema.createTable('downstream_meta', (table) => table.string('key', 64).primary());
					await knex.destroy();
					const original = await placeOf(name);
					expect(Object.keys(original)).toHaveLength(2);
					expect(differenceOf(original, await placeOf(name))).toBeNull();
					await server.copy(name, copied);
					expect(differenceOf(original, await placeOf(copied))).not.toBeNull();
					if (!dumps[kind]) return;
					await server.create(dumped);
					dumps[kind](name, dumped);
					expect(differenceOf(original, await placeOf(dumped))).not.toBeNull();
				} finally {
					for (const database of [name, copied, dumped]) await server.drop(database);
				}
			},
		);
	}
});

const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = 'postgres' } = process.env;
const POSTGRES = ['-h', PGHOST, '-p', PGPORT, '-U', PGUSER];
const { MYSQL_HOST = '127.0.0.1', MYSQL_TCP_PORT = '3306' } = process.env;
const MYSQL = ['-h', MYSQL_HOST, '-P', MYSQL_TCP_PORT, '-u', 'root'];
