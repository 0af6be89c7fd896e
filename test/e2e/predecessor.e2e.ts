import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions, sampledWorlds } from '../kit/playground.js';
import { startReceiver, type ReceivedRequest, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { installPredecessor, TARGETS } from './install-model.js';

const available = await databasesAvailable();
const worlds = sampledWorlds(import.meta.url, [
	{ version: '12', database: 'sqlite' },
	{ version: '11', database: 'sqlite' },
	{ version: '12', database: 'postgres' },
] as const);

const KEY = 'plain-key-of-2023';

/** The rows that such a project has: every kind of `auth_header`, and both spellings of a rule. */
const ROWS = [
	{ path: '/bearer', auth_header: 'bearer', api_key: KEY, header: ['authorization', `Bearer ${KEY}`] },
	{ path: '/api-key', auth_header: 'api-key', api_key: KEY, header: ['api-key', KEY] },
	{ path: '/no-auth', auth_header: 'no-auth', api_key: null, header: null },
	{ path: '/custom', auth_header: 'X-Flush-Token', api_key: KEY, header: ['x-flush-token', KEY] },
] as const;
const SPELLINGS = [
	[{ name: 'posts', fields: ['id', 'title'] }],
	[{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['id', 'title'] }],
];

for (const world of worlds) {
	const here = available[world.database] === null;
	describe.runIf(here)(`what cache-flush did, on Directus ${world.version} and ${world.database}`, () => {
		let before: Directus;
		let directus: Directus;
		let receiver: Receiver;

		beforeAll(async () => {
			receiver = await startReceiver();
			before = await startDirectus({ ...world, content: true, extension: false });
			await installPredecessor(before);
			const rows = ROWS.map(({ path, auth_header, api_key }, index) => ({
				status: 'published',
				url: receiver.url + path,
				auth_header,
				api_key,
				schema: SPELLINGS[index % 2],
			}));
			const drafts = [{ ...rows[0], status: 'draft', url: `${receiver.url}/draft` }];
			await before.request('POST', `/items/${TARGETS}`, [...rows, ...drafts]);
			await before.stop({ keep: true });
			directus = await startDirectus({ ...world, nodeOf: before });
		});
		afterAll(async () => {
			await directus?.stop();
			await before?.stop();
			await receiver?.stop();
		});

		async function requestsOf(event: string): Promise<ReceivedRequest[]> {
			const of = () =>
				receiver.requests.filter(({ json }) => (json as { event: string }[]).some((change) => change.event === event));
			await until(() => of().length >= ROWS.length, { message: () => `${event} at every target; ${of().length} came` });
			return of();
		}

		test('goes on without any edit: the same bodies with the same headers, for create, update and delete', async () => {
			const began = Date.now();
			const { id } = await directus.data<{ id: number }>('POST', '/items/posts', { title: 'One', slug: 'one' });
			const created = await requestsOf('create');
			await directus.request('PATCH', `/items/posts/${id}`, { title: 'Two' });
			const updated = await requestsOf('update');
			await directus.request('DELETE', `/items/posts/${id}`);
			const deleted = await requestsOf('delete');

			for (const { path, header } of ROWS) {
				for (const requests of [created, updated, deleted]) {
					const request = requests.find((receivedRequest) => receivedRequest.path === path);
					expect(request, path).toMatchObject({ method: 'POST' });
					expect(request?.headers['content-type']).toContain('application/json');
					if (header) expect(request?.headers[header[0]]).toBe(header[1]);
					else expect(JSON.stringify(request)).not.toMatch(/authorization|api-key|plain-key/);
				}
				const body = (requests: ReceivedRequest[]) =>
					requests.find((receivedRequest) => receivedRequest.path === path)?.json;
				const timestamp = expect.closeTo(began, -5);
				expect(body(created)).toEqual([
					{ collection: 'posts', event: 'create', fields: { id, title: 'One' }, timestamp },
				]);
				expect(body(updated)).toEqual([
					{
						collection: 'posts',
						event: 'update',
						fields: { id, title: 'Two' },
						previous: { title: 'One' },
						timestamp,
					},
				]);
				expect(body(deleted)).toEqual([
					{ collection: 'posts', event: 'delete', gone: true, fields: { id, title: 'Two' }, timestamp },
				]);
			}
			expect(receiver.requests.filter(({ path }) => path === '/draft')).toEqual([]);
		});

		test('never shows the keys again', async () => {
			const rows = await directus.data('GET', `/items/${TARGETS}`);
			expect(rows).toHaveLength(ROWS.length + 1);
			expect(JSON.stringify(rows)).not.toContain(KEY);
		});
	});
}

describe.runIf(directusVersions().includes('12'))('signatures', () => {
	const [OLD, NEW] = ['b2xkIHNlY3JldCBvZiB0aGlydHkgYnl0ZXMuLi4=', 'bmV3IHNlY3JldCBvZiB0aGlydHkgYnl0ZXMuLi4='].map(
		(base64) => `whsec_${base64}`,
	) as [string, string];
	let directus: Directus;
	let receiver: Receiver;
	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({ version: '12', database: 'sqlite', content: true });
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
	});

	/** Whether the receiver, knowing this secret only, accepts the request as the `standardwebhooks` package judges. */
	function accepts(secret: string, { body, headers }: ReceivedRequest): boolean {
		try {
			return new Webhook(secret).verify(body, headers) !== null;
		} catch {
			return false;
		}
	}

	test('are accepted under the old secret, under both while rotating, and under the new one', async () => {
		const { id } = await directus.data<{ id: string }>('POST', `/items/${TARGETS}`, {
			name: 'Signed',
			status: 'published',
			url: receiver.url,
			signing_secret: OLD,
			schema: [{ collection: 'posts', events: ['create'], payload: ['title'] }],
			options: { max_wait_ms: 0, retry: { min_ms: 10 } },
		});
		const steps = [
			{ secret: OLD, byOld: true, byNew: false },
			{ secret: `${NEW} ${OLD}`, byOld: true, byNew: true },
			{ secret: NEW, byOld: false, byNew: true },
		];
		for (const [step, { secret, byOld, byNew }] of steps.entries()) {
			await directus.request('PATCH', `/items/${TARGETS}/${id}`, { signing_secret: secret });
			// The first try of each step is refused, so that a repeated request is checked too.
			let refuse = true;
			receiver.respond = () => {
				const status = refuse ? 503 : 200;
				refuse = false;
				return { status };
			};
			receiver.clear();
			const titles = Array.from({ length: 5 }, (_, index) => `${step}-${index} é`);
			for (const title of titles) await directus.request('POST', '/items/posts', { title });
			const arrived = () => receiver.requests.map(({ body }) => body).join();
			await until(() => titles.every((title) => arrived().includes(title)) && receiver.requests.length > 1);
			for (const request of receiver.requests) {
				expect({ byOld: accepts(OLD, request), byNew: accepts(NEW, request) }).toEqual({ byOld, byNew });
				expect(accepts(secret.split(' ')[0] as string, { ...request, body: `${request.body} ` })).toBe(false);
			}
		}
	});
});
