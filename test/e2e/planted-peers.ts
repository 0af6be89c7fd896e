import { expect } from 'vitest';
import type { Directus } from '../kit/directus.js';
import type { ReceivedRequest, Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { findSecrets } from './planted-secrets.js';

const PEER_KEY = 'peer-key-4c1dPz90LmQx';
const IN_HEADER = 'ten_8842-Kd93Wq17Zx';
const SECRETS = [PEER_KEY, IN_HEADER];
const POLICY = '2e76994c-a4eb-47ac-b811-e4692ad9de5e';
const USER = '7c6b6863-d298-453d-a192-4a343eb7ddd3';
const SYNC_TOKEN = 'token-of-data-sync-5527';

/** An instance that says back, wherever it can, what it was told in confidence. */
function hostile({ path, headers, json }: ReceivedRequest) {
	const told = `${headers['authorization']} and ${headers['x-tenant']}`;
	const field = { type: told, nullable: true, required: false, related: null, create: true, update: true };
	const offer = {
		exists: true,
		primary: 'id',
		key_type: 'integer',
		singleton: false,
		create: true,
		update: true,
		delete: true,
	};
	const refusal = {
		status: 403,
		body: { errors: [{ message: told, extensions: { code: `${headers['x-tenant']}` } }] },
	};
	if (path.endsWith('/hello'))
		return {
			body: {
				data: {
					instance: 'hostileinst0',
					version: told,
					protocol: 1,
					now: Date.now(),
					knows_you: true,
					collections: { posts: { ...offer, fields: { title: { ...field, type: 'string' }, slug: field } } },
				},
			},
		};
	if (!path.endsWith('/apply')) return refusal;
	const { changes } = json as {
		changes: { collection: string; sync_id: string; state: { groups: { values: { title?: string } }[] } }[];
	};
	// Rows one by one, or the request as a whole.
	if (changes.some(({ state }) => state.groups.some(({ values }) => values.title === 'refused'))) return refusal;
	const results = changes.map(({ collection, sync_id }) => ({
		collection,
		sync_id,
		outcome: 'parked',
		code: `${headers['x-tenant']}`,
		message: told,
		refused: [told],
	}));
	return { body: { data: { instance: 'hostileinst0', results } } };
}

/** Sends to such an instance, asks it everything, and looks for the secrets in what is answered, kept and logged. */
export async function expectNothingOfPeers(directus: Directus, receiver: Receiver): Promise<void> {
	const before = receiver.respond;
	receiver.respond = (request) => (request.path.startsWith('/peer/') ? hostile(request) : before(request));
	const { id: source } = await directus.data<{ id: string }>('POST', '/items/data_sync_remote_sources', {
		status: 'published',
		name: 'Hostile',
		url: `${receiver.url}/peer`,
		api_key: PEER_KEY,
		schema: [{ collection: 'posts', fields: ['title', 'slug'], direction: 'both' }],
		options: { max_wait_ms: 0, headers: { 'X-Tenant': IN_HEADER }, retry: { tries: 2, min_ms: 10, max_ms: 20 } },
		users_notification: [{ directus_users_id: (await directus.data<{ id: string }>('GET', '/users/me')).id }],
	});
	const peer = `/downstream/sync/peers/${source}`;
	await directus.request('POST', '/items/posts', { title: 'parked' });
	const deliveries = () =>
		directus.data<{ id: string; status: string }[]>('GET', `/downstream/deliveries?target=${source}`);
	await until(async () => (await deliveries()).some(({ status }) => status === 'failed'), { message: 'a parked row' });
	await directus.request('POST', '/items/posts', { title: 'refused' });
	await until(
		async () => (await deliveries()).length > 1 && (await deliveries()).every(({ status }) => status !== 'pending'),
		{
			message: 'a refused request',
		},
	);
	const asked: [string, string, unknown?][] = [
		...(await deliveries()).map(({ id }): [string, string] => ['GET', `/downstream/deliveries/${id}`]),
		['GET', `${peer}/compare`],
		['POST', `${peer}/check`, {}],
		['POST', `${peer}/repair`, { dry_run: true }],
		['POST', `${peer}/backfill`, {}],
		['POST', `${peer}/redeem`, { code: 'no-such-code-at-all' }],
		['GET', `${peer}/progress`],
		['POST', '/downstream/dry-run', { collection: 'posts', event: 'create', payload: { title: 'x' } }],
		...['status', 'deliveries', 'deliveries/causes', 'incidents', 'operations', 'sync/runs', 'sync/conflicts'].map(
			(path): [string, string] => ['GET', `/downstream/${path}`],
		),
		['GET', '/notifications'],
	];
	const found: string[] = [];
	for (const [method, path, body] of asked) {
		const answer = await directus.request(method, path, body).catch((error: { body?: unknown }) => error.body);
		found.push(...findSecrets(SECRETS, `${method} ${path}`, JSON.stringify(answer ?? '')));
	}
	// The remote itself shows its extra headers, as they were written.
	const tables = await directus.sql('sqlite_master').where({ type: 'table' }).select<{ name: string }[]>('name');
	for (const { name } of tables.filter((table) => /^downstream_|^directus_notifications/.test(table.name)))
		found.push(...findSecrets(SECRETS, name, JSON.stringify(await directus.sql(name))));
	// At trace Directus writes what it stores; keys are encrypted by then, and extra headers are not.
	const own = directus
		.log()
		.split('\n')
		.filter((line) => line.includes('[downstream]'));
	found.push(...findSecrets([PEER_KEY], 'the log', directus.log()), ...findSecrets(SECRETS, 'the log', own.join('\n')));
	expect(found).toEqual([]);
	expect(
		receiver.requests.some(({ headers }) => headers['x-tenant'] === IN_HEADER),
		'it was told them',
	).toBe(true);
	await directus.request('DELETE', `/items/data_sync_remote_sources/${source}`);
	receiver.respond = before;
}

/** Asks as another instance that may do everything that can be permitted, for what Directus keeps to itself. */
export async function expectNothingToldToPeers(directus: Directus): Promise<void> {
	const system = [
		'users',
		'settings',
		'sessions',
		'shares',
		'roles',
		'policies',
		'flows',
		'operations',
		'activity',
		'revisions',
	];
	const collections = [
		...system.map((name) => `directus_${name}`),
		'cache_flush_targets',
		'data_sync_remote_sources',
		'directus_files',
	];
	await directus.request('PATCH', `/users/${USER}`, { token: SYNC_TOKEN });
	for (const collection of collections)
		for (const action of ['create', 'read', 'update', 'delete'])
			await directus.sql('directus_permissions').insert({ policy: POLICY, collection, action, fields: '*' });
	await directus.request('POST', '/utils/cache/clear?system');
	const planted = { token: 'planted-static-token-1170', external_identifier: 'planted-identifier-1171' };
	const { id: user } = await directus.data<{ id: string }>('POST', '/users', { email: 'p@example.com', ...planted });
	await directus.request('PATCH', '/settings', { mapbox_key: 'planted-mapbox-key-1172' });
	const stamp = `${Date.now().toString(36).padStart(9, '0')}00-anotherinst0`;
	const guess = (collection: string, values: object) => ({
		collection,
		sync_id: user,
		key: user,
		state: { groups: [{ stamp, knows: { anotherinst0: stamp }, values }], deleted: null },
		seen_by: ['anotherinst0'],
	});
	const answers: string[] = [];
	const ask = async (path: string, body: object) => {
		const answer = await directus
			.request('POST', `/downstream/sync/${path}`, { protocol: 1, from: 'anotherinst0', ...body }, SYNC_TOKEN)
			.catch((error: { body?: unknown }) => error.body);
		answers.push(JSON.stringify(answer));
		return answer;
	};
	await ask('hello', { collections });
	for (const collection of collections)
		await ask('digests', { collection, fields: ['id', 'token', 'password', 'email', 'mapbox_key'] });
	await ask('resend', { collections: collections.map((collection) => ({ collection })) });
	const guesses = [planted, { token: 'planted-static-token-0000' }].map((values) => guess('directus_users', values));
	const { data } = (await ask('apply', { changes: guesses })) as { data: { results: { sync_id: string }[] } };
	expect(data.results[0], 'a right guess and a wrong one').toEqual(data.results[1]);
	const told = answers.join('\n');
	for (const secret of [SYNC_TOKEN, 'planted-', '"password"', 'tfa_secret', 'auth_data', 'mapbox_key', '$argon2'])
		expect(told).not.toContain(secret);
	expect(told).toContain('filename_download');
}
