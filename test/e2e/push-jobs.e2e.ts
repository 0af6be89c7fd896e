import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/contract/bundle.js';
import { linesOf } from '../../src/cli/follow-lines.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import type { DatabaseKind } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { sampledVersions } from '../kit/playground.js';
import { until } from '../kit/wait.js';
import { ask, copied, diff, pull, push, someConfig, stepsOf } from './config-world.js';

interface Job {
	id: string;
	status: string;
	step: number;
	of: number;
	name: string | null;
	push: { id: string | null; plan: { summary: { create: number } } } | null;
	error: { status: number; errors: { message: string; extensions: { code: string } }[] } | null;
}

const available = await databasesAvailable();
const [VERSION = '12'] = sampledVersions(import.meta.url);
const WORLDS: DatabaseKind[] = ['sqlite', 'postgres'];
const CONSENT = { allow_destructive: true, allow_data_loss: true, max_deletions: 100_000 };
const GIT = { commit: 'a'.repeat(40), author: 'Ada', dirty: false };

for (const database of WORLDS.filter((world) => available[world] === null)) {
	describe(`a push as a job on ${database}, Directus ${VERSION}`, () => {
		let directus: Directus;
		let empty: Bundle;
		const wanted = someConfig(VERSION, 0.3);

		beforeAll(async () => {
			directus = await startDirectus({ version: VERSION, database });
			empty = await pull(directus);
		});
		afterAll(async () => {
			await directus?.stop();
		});

		async function start(bundle: unknown, more: object = {}, on = directus): Promise<string> {
			const { status, body } = await ask(on, '/downstream/config/push', { bundle, job: true, ...CONSENT, ...more });
			expect(status, JSON.stringify(body)).toBe(200);
			return (body['data'] as { job: string }).job;
		}
		const jobOf = async (id: string, on = directus) =>
			(await ask(on, `/downstream/config/jobs/${id}`, undefined, 'GET')).body['data'] as Job;
		/** What is told of a job, until it has ended or somebody has heard enough. */
		async function follow(id: string, enough: (job: Job) => boolean = () => false): Promise<Job[]> {
			const gone = new AbortController();
			const response = await fetch(`${directus.url}/downstream/config/jobs/${id}`, {
				headers: { authorization: `Bearer ${directus.token}`, accept: 'application/x-ndjson' },
				signal: gone.signal,
			});
			const told: Job[] = [];
			for await (const line of linesOf(response.body as unknown as AsyncIterable<Uint8Array>)) {
				told.push((JSON.parse(line) as { data: Job }).data);
				if (enough(told.at(-1) as Job)) break;
			}
			gone.abort();
			return told;
		}
		const isEmptyAgain = async () => {
			expect((await push(directus, empty, { ...CONSENT, mirror: true })).message).toBe('');
			expect(stepsOf(await diff(directus, empty, { mirror: true }))).toEqual([]);
		};

		test('is answered at once, goes on when a follower disconnects, and reports how it ended', async () => {
			const job = await start(wanted, { git: GIT });
			const before = await follow(job, ({ status, step }) => status === 'writing' && step > 2);
			expect(before.at(-1)).toMatchObject({ status: 'writing', of: expect.any(Number), name: expect.any(String) });
			const after = await follow(job);
			const steps = [...before, ...after].map(({ step }) => step);
			expect(steps).toEqual(steps.toSorted((a, b) => a - b));
			const ended = await jobOf(job);
			expect(after.at(-1)).toEqual(ended);
			expect(ended).toMatchObject({ status: 'done', error: null, push: { id: expect.any(String) } });
			const { body } = await ask(directus, `/downstream/config/history/${ended.push?.id}`, undefined, 'GET');
			expect(body['data']).toMatchObject({ status: 'applied', git: GIT });
			expect(stepsOf(await diff(directus, wanted))).toEqual([]);
		});

		test('that is refused says so as the push itself would', async () => {
			await isEmptyAgain();
			const bad = copied(wanted);
			for (const permission of bad.elements.permissions ?? []) permission['policy'] = 'nobody';
			const refused = await push(directus, bad);
			const [last] = (await follow(await start(bad))).slice(-1);
			expect(last).toMatchObject({
				status: 'failed',
				push: null,
				error: { status: refused.status, errors: [{ message: refused.message, extensions: { code: refused.code } }] },
			});
			const { status } = await ask(directus, '/downstream/config/jobs/nothing', undefined, 'GET');
			expect(status).toBe(404);
		});

		test('goes on when the client disconnects, whether or not it is a job', async () => {
			await isEmptyAgain();
			const gone = new AbortController();
			const asked = fetch(`${directus.url}/downstream/config/push`, {
				method: 'POST',
				headers: { authorization: `Bearer ${directus.token}`, 'content-type': 'application/json' },
				body: JSON.stringify({ bundle: someConfig(VERSION, 0.1), ...CONSENT }),
				signal: gone.signal,
			}).catch(() => null);
			const lease = directus.sql('downstream_meta').where({ key: 'lease:config-push' }).whereNotNull('holder');
			await until(() => lease.clone().first('key'), { interval: 5, message: 'the push has begun' });
			gone.abort();
			expect(await asked).toBeNull();
			await until(async () => stepsOf(await diff(directus, someConfig(VERSION, 0.1))).length === 0);
		});

		test.runIf(database === 'postgres')(
			'can be asked for on another node, while it goes on and when it has ended',
			async () => {
				await isEmptyAgain();
				const other = await startDirectus({ version: VERSION, database, nodeOf: directus });
				try {
					const job = await start(wanted);
					expect(['waiting', 'planning', 'writing', 'done']).toContain((await jobOf(job, other)).status);
					const ended = (await follow(job)).at(-1);
					const known = await until(async () => {
						const now = await jobOf(job, other);
						return now.status === 'done' && now;
					});
					expect(known.push?.id).toBe(ended?.push?.id);
				} finally {
					await other.stop();
				}
			},
		);

		test('is reported as lost when its process was killed, and leaves no change', async () => {
			await isEmptyAgain();
			const job = await start(wanted);
			await follow(job, ({ status, step }) => status === 'writing' && step > 2);
			await directus.kill9();
			await directus.restart();
			await until(async () => (await jobOf(job)).status === 'lost');
			expect(await pull(directus)).toEqual(empty);
		});
	});
}
