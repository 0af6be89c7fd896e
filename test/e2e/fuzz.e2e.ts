import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapter, anything, dryRunBody, listQuery, nasty, options, rules } from '../bad-input.js';
import { routes, type RouteName } from '../../src/contract/routes.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { fuzzAnswers, fuzzRequests, permitPeer } from '../chaos/peer-fuzz.js';
import { startReceiver } from '../kit/receiver.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';

/** The server's share of the fuzz; `test/fuzz.test.ts` holds the rest, which needs none. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 90);
const seed = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
const available = await databasesAvailable();

for (const database of ['sqlite', 'postgres'] as const) {
	const here = available[database] === null && directusVersions().includes('12');
	describe.runIf(here)(`bad input on ${database} (seed ${seed})`, () => {
		let directus: Directus;
		let target: string;
		beforeAll(async () => {
			directus = await startDirectus({ version: '12', database, content: true });
			const { id } = await directus.data<{ id: string }>('POST', '/items/cache_flush_targets', {
				status: 'published',
				// Nobody listens there: what is queued by accident stays here.
				url: 'http://127.0.0.1:9/flush',
				schema: [{ collection: 'posts', events: ['create', 'update', 'delete'], payload: ['title'] }],
			});
			target = id;
			await directus.request('POST', '/items/posts', [{ title: 'One' }, { title: 'Two' }]);
		});
		afterAll(() => directus?.stop());

		/** Never a 5xx; where it is refused, in words. */
		async function survives(method: string, path: string, body?: unknown): Promise<void> {
			const response = await fetch(directus.url + path, {
				method,
				headers: { authorization: `Bearer ${directus.token}`, 'content-type': 'application/json' },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			});
			const text = await response.text();
			expect(response.status, `${method} ${path} ${JSON.stringify(body)} => ${text}`).toBeLessThan(500);
			if (response.status < 400) return;
			const { errors } = JSON.parse(text) as { errors: { message: string }[] };
			expect(errors[0]?.message.length).toBeGreaterThan(10);
			expect(errors[0]?.message).not.toMatch(/\[object|Cannot read|is not a function|undefined is not/);
		}
		async function survivesAs(
			method: string,
			path: string,
			headers: Record<string, string>,
			body: string | Buffer | null,
		): Promise<void> {
			const response = await fetch(directus.url + path, {
				method,
				headers: { authorization: `Bearer ${directus.token}`, 'content-type': 'application/json', ...headers },
				...(body === null ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
			});
			const text = await response.text();
			const request = `${method} ${path} ${JSON.stringify(headers)} ${String(body).slice(0, 2_000)}`;
			expect(response.status, `${request} => ${text}`).toBeLessThan(500);
			expect(text).not.toMatch(/Cannot read|is not a function|undefined is not|Maximum call stack/);
			expect(directus.process.exitCode).toBeNull();
		}
		const attack = <T>(input: fc.Arbitrary<T>, work: (given: T) => Promise<void>) =>
			fc.assert(fc.asyncProperty(input, work), { seed, numRuns: RUNS });
		const LONG = { timeout: 120_000 };

		test('rules and options, checked', LONG, () =>
			attack(fc.record({ schema: rules, options, adapter }), (given) =>
				survives('POST', '/downstream/validate', { kind: 'flush', ...given }),
			),
		);

		test('rules and options, saved', LONG, async () => {
			const status = fc.constantFrom('draft', 'published');
			await attack(fc.record({ status, schema: rules, options }), async (given) => {
				await survives('PATCH', `/items/cache_flush_targets/${target}`, given);
			});
			const row = await directus.data<{ status: string }>('GET', `/items/cache_flush_targets/${target}`);
			const told = await directus.data<{ targets: { id: string; state: string }[] }>('GET', '/downstream/status');
			// What is published is valid, whatever was tried.
			if (row.status === 'published') expect(told.targets.find(({ id }) => id === target)?.state).not.toBe('invalid');
		});

		test('dry runs', LONG, () => attack(dryRunBody, (given) => survives('POST', '/downstream/dry-run', given)));

		test('list queries', LONG, () =>
			attack(fc.tuple(fc.constantFrom('deliveries', 'incidents'), listQuery), ([list, query]) =>
				survives('GET', `/downstream/${list}?${wellFormed(query)}`),
			),
		);

		test('actions in bulk, and by hand', LONG, () => {
			const filter = fc.oneof(
				listQuery,
				fc.record({ since: anything, until: anything, item: anything }, { requiredKeys: [] }),
			);
			const body = fc.oneof(
				fc.record({ filter }),
				fc.record({ ids: fc.oneof(fc.array(fc.string(), { maxLength: 3 }), anything) }),
				fc.record({ collection: fc.constant('posts'), keys: fc.array(anything, { maxLength: 3 }), dry_run: anything }),
				anything,
			);
			const paths = ['deliveries/retry', 'deliveries/cancel', `targets/${target}/flush`, `targets/${target}/pause`];
			return attack(fc.tuple(fc.constantFrom(...paths), body), ([path, given]) =>
				survives('POST', `/downstream/${path}`, given),
			);
		});

		test('every route, asked anything in any form', LONG, () =>
			attack(anyRequest(target), ({ method, path, headers, body }) => survivesAs(method, path, headers, body)),
		);

		test.runIf(database === 'sqlite')('requests of another instance', LONG, async () => {
			await permitPeer(directus);
			const { wrong, statuses } = await fuzzRequests(directus, { runs: 2 * RUNS, seed });
			expect(wrong).toEqual([]);
			expect(statuses[200], JSON.stringify(statuses)).toBeGreaterThan(0);
		});

		test.runIf(database === 'sqlite')('answers of another instance', LONG, async () => {
			const receiver = await startReceiver();
			const { wrong } = await fuzzAnswers(directus, receiver, { runs: 2 * RUNS, seed }).finally(() => receiver.stop());
			expect(wrong).toEqual([]);
		});

		test.each(['/downstream/validate', '/downstream/dry-run', '/downstream/config/diff', '/downstream/sync/apply'])(
			'JSON of 200,000 levels to %s',
			async (path) => {
				const deep = `{"schema":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
				await survivesAs('POST', path, { 'content-type': 'application/json' }, deep);
				await survivesAs('POST', path, { 'content-type': 'application/octet-stream' }, deep);
				await survivesAs('POST', path, {}, JSON.stringify({ kind: 'flush', schema: deep, options: deep }));
			},
		);

		test('leaves a server that works', async () => {
			expect(directus.process.exitCode).toBeNull();
			expect(await directus.data('GET', '/downstream/status')).toMatchObject({ outbox: { error: null } });
			const broke = directus
				.log()
				.split('\n')
				.filter(
					(line) => line.includes('"level":50') && line.includes('[downstream]') && !line.includes('keeps failing'),
				);
			expect(broke).toEqual([]);
		});
	});
}

/** Values of a request, among them names that every JavaScript object has, and what nearly fits. */
const value = fc.oneof(
	anything,
	nasty,
	fc.constantFrom<unknown>('posts', 'directus_users', 'a'.repeat(12), 1, [], ['__proto__'], ['constructor', 'posts']),
	fc.array(fc.dictionary(fc.constantFrom('collection', 'sync_id', 'key', 'item', 'state', 'fields'), nasty), {
		maxLength: 2,
	}),
);

/** What a route is asked: its own inputs, each with anything in it. */
function inputOf(name: RouteName): fc.Arbitrary<Record<string, unknown>> {
	const { input } = routes[name] as { input: { shape?: object } };
	const known: Record<string, fc.Arbitrary<unknown>> = {
		protocol: fc.constant(1),
		from: fc.constant('a'.repeat(12)),
		kind: fc.constant('flush'),
		collection: fc.oneof(nasty, fc.constant('posts')),
	};
	const inputs = Object.keys(input.shape ?? {}).map((key) => [
		key,
		fc.oneof({ weight: 3, arbitrary: known[key] ?? value }, { weight: 1, arbitrary: value }),
	]);
	return fc.record(Object.fromEntries(inputs) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
}

/** A request to any route, in any of the forms in which a body may come. */
function anyRequest(target: string) {
	const form = fc.constantFrom('json', 'raw', 'gzip', 'no-gzip', 'encoded', 'text', 'broken', 'none');
	const id = fc.oneof(
		nasty.map((text) => text.toWellFormed()),
		fc.constantFrom(target, 'posts', '1', '00000000-0000-4000-8000-000000000000'),
	);
	// What is sent by hand goes to whoever the test names, and is not what is tried here.
	const names = (Object.keys(routes) as RouteName[]).filter((name) => name !== 'configPull');
	return fc.constantFrom(...names).chain((name) =>
		fc.tuple(inputOf(name), id, form).map(([input, given, how]) => {
			const { method, path } = routes[name];
			const place = `/downstream${path.replace(':id', encodeURIComponent(given.slice(0, 200)) || '%20')}`;
			const json = JSON.stringify(input);
			const query = Object.entries(input).map(([key, one]) => [
				key,
				(typeof one === 'string' ? one : (JSON.stringify(one) ?? '')).toWellFormed().slice(0, 500),
			]);
			const inQuery = method === 'get' || 'raw' in routes[name];
			const type = (content: string) => ({ 'content-type': content });
			const forms: Record<string, [Record<string, string>, string | Buffer | null]> = {
				json: [{}, json],
				raw: [type('application/octet-stream'), json],
				gzip: [type('application/gzip'), gzipSync(json)],
				'no-gzip': [type('application/gzip'), json.slice(0, -1)],
				encoded: [{ 'content-encoding': 'gzip' }, json],
				text: [type('text/plain'), json],
				broken: [{}, `${json}}`],
				none: [{}, null],
			};
			const [headers, body] = forms[how] ?? [{}, null];
			return {
				method: method.toUpperCase(),
				path: inQuery ? `${place}?${new URLSearchParams(query)}` : place,
				headers,
				body: method === 'get' ? null : body,
			};
		}),
	);
}

/** A query string of it; half a surrogate pair cannot be sent in a URL. */
function wellFormed(query: Record<string, string>): string {
	return new URLSearchParams(
		Object.entries(query).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
	).toString();
}
