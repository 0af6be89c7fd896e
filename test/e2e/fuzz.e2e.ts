import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adapter, anything, dryRunBody, listQuery, options, rules } from '../bad-input.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusVersions } from '../kit/playground.js';

/** The server's share of the fuzz; `test/fuzz.test.ts` holds the rest, which needs none. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 90);
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 1_000_000);
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

/** A query string of it; half a surrogate pair cannot be sent in a URL. */
function wellFormed(query: Record<string, string>): string {
	return new URLSearchParams(
		Object.entries(query).map(([key, value]) => [key.toWellFormed(), value.toWellFormed()]),
	).toString();
}
