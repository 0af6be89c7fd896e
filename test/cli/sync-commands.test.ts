import { describe, expect, test } from 'vitest';
import { at, refusal, startInstance, type Answers } from './instance.js';
import { folderWith, run } from './run.js';

const SOURCE = '0b9d3d3e-8f6a-4c58-9a53-52dbb7bb0e11';
const sources: Answers = {
	'GET /items/data_sync_remote_sources': {
		data: [{ id: SOURCE, name: 'Production', url: 'https://production.example', status: 'published' }],
	},
};
const none = { count: 0, rows: [] };
const articles = {
	collection: 'articles',
	problem: null,
	equal: 1_200,
	different: none,
	missing_here: none,
	missing_there: none,
	not_compared: [],
};
const peer = (path: string) => `/downstream/sync/peers/${SOURCE}/${path}`;

describe('compare', () => {
	const compared = (collections: object[]): Answers => ({
		...sources,
		[`GET ${peer('compare')}`]: {
			data: {
				at: '2026-01-01T00:00:00.000Z',
				equal: collections.every((collection) => JSON.stringify(collection) === JSON.stringify(articles)),
				collections,
			},
		},
	});
	const different = {
		...articles,
		different: { count: 7, rows: [{ sync_id: 's', item: '17', fields: ['title', 'slug'] }] },
		missing_there: { count: 2, rows: [{ sync_id: null, item: '18' }] },
	};

	test('finds a remote source by its name, and says that both are equal', async () => {
		const instance = await startInstance(compared([articles]));
		const argv = ['compare', 'production', '--collection', 'articles', '--exit-code', ...at(instance)];
		const { code, out, err } = await run(argv, folderWith());
		expect({ code, err }, err).toMatchObject({ code: 0 });
		expect(out).toMatch(/articles\s+1,200\s+0\s+0\s+0[^]*Equal: 1,200 rows/);
		expect(err).toMatch(/Comparing .* with "production"/);
		expect(Object.fromEntries(instance.asked[1]?.query ?? [])).toEqual({ collections: 'articles' });
	});

	test('counts and names what differs, and ends with 2 only where that is asked for', async () => {
		const instance = await startInstance(compared([different]));
		const { code, out } = await run(['compare', SOURCE, ...at(instance)], folderWith());
		expect(code).toBe(0);
		expect(out).toMatch(/articles\s+1,200\s+7\s+0\s+2/);
		expect(out).toMatch(/articles: different\n\s+17\s+title, slug\n\s+and 6 more/);
		expect(out).toMatch(/9 rows differ[^]*downstream repair/);
		const told = await run(['compare', SOURCE, '--exit-code', '--json', ...at(instance)], folderWith());
		expect(told.code).toBe(2);
		expect(told.json()).toMatchObject({ equal: false, collections: [{ different: { count: 7 } }] });
	});

	test('fails where a collection could not be compared, and says why', async () => {
		const problem = 'the Data Sync user may write none of these fields';
		const instance = await startInstance(compared([articles, { ...articles, collection: 'tags', problem }]));
		const { code, out } = await run(['compare', SOURCE, '--exit-code', ...at(instance)], folderWith());
		expect(code).toBe(1);
		expect(out).toContain(`tags: ${problem}`);
		expect(out).not.toContain('Equal:');
	});

	test('does not call equal what was compared in part', async () => {
		const instance = await startInstance(compared([{ ...articles, not_compared: ['summary'] }]));
		const { code, out } = await run(['compare', SOURCE, '--exit-code', ...at(instance)], folderWith());
		expect(code).toBe(2);
		expect(out).toMatch(/does not show them: summary[^]*some fields were not/);
		expect(out).not.toContain('Equal:');
	});

	test('proves nothing of a source without rules', async () => {
		const instance = await startInstance(compared([]));
		const { code, err } = await run(['compare', SOURCE, ...at(instance)], folderWith());
		expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/has no rules[^]*Give it rules/) });
	});

	test('says which remote sources there are, and what the other side answered', async () => {
		const instance = await startInstance({
			...sources,
			[`GET ${peer('compare')}`]: refusal(502, 'PEER_FAILED', 'https://production.example cannot be reached'),
		});
		const unknown = await run(['compare', 'Prodction', ...at(instance)], folderWith());
		expect(unknown).toMatchObject({
			code: 1,
			err: expect.stringMatching(/no remote source "Prodction"[^]*"Production"/),
		});
		const failed = await run(['compare', 'Production', ...at(instance)], folderWith());
		expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('production.example cannot be reached') });
	});
});

const deliveries = { pending: 0, sending: 0, delivered: 0, retrying: 0, failed: 0, cancelled: 0 };
const progressOf = (more: object) => ({
	id: 'r1',
	action: 'backfill',
	status: 'running',
	collections: [{ collection: 'articles', total: 100, read: 0, queued: 0, done: false }],
	deliveries,
	asked: [{ collection: 'tags', message: 'the other side backfills it' }],
	error: null,
	...more,
});
const [half, all] = [40, 100].map((read) => [
	{ collection: 'articles', total: 100, read, queued: read, done: read === 100 },
]);

describe('backfill', () => {
	test('waits until everything has arrived, in plain lines where nobody watches', async () => {
		const steps = [
			progressOf({ collections: half, deliveries: { ...deliveries, pending: 20, delivered: 20 } }),
			progressOf({ status: 'sending', collections: all, deliveries: { ...deliveries, pending: 10, delivered: 90 } }),
			progressOf({ status: 'done', collections: all, deliveries: { ...deliveries, delivered: 100 } }),
		];
		const instance = await startInstance({
			...sources,
			[`POST ${peer('backfill')}`]: { data: progressOf({}) },
			[`GET ${peer('progress')}`]: () => ({ data: steps.length > 1 ? steps.shift() : steps[0] }),
		});
		const { code, out, err } = await run(
			['backfill', 'Production', '--collection', 'articles', ...at(instance)],
			folderWith(),
		);
		expect(code, err).toBe(0);
		expect(err).toMatch(/42 %: 40 of 100 rows looked at, 20 of 40 sent\n95 %: 100 of 100 rows/);
		expect(out).toMatch(/100 rows looked at, 100 rows sent and taken in/);
		expect(out).toMatch(/tags, from the other side: the other side backfills it/);
		expect(instance.asked[1]?.body).toEqual({ collections: 'articles' });
	});

	test('is told by one answer that goes on, and asks again where that was cut', async () => {
		const lines = [
			progressOf({ collections: half, deliveries: { ...deliveries, pending: 20, delivered: 20 } }),
			progressOf({ status: 'sending', collections: all, deliveries: { ...deliveries, pending: 10, delivered: 90 } }),
			progressOf({ status: 'done', collections: all, deliveries: { ...deliveries, delivered: 100 } }),
		].map((run) => `${JSON.stringify({ data: run })}\n\n`);
		const answers = [lines.slice(0, 2), lines.slice(2)];
		const instance = await startInstance({
			...sources,
			[`POST ${peer('backfill')}`]: { data: progressOf({}) },
			[`GET ${peer('progress')}`]: () => ({
				status: 200,
				body: answers.shift()?.join('') ?? '',
				type: 'application/x-ndjson; charset=utf-8',
			}),
		});
		const { code, out, err } = await run(['backfill', SOURCE, ...at(instance)], folderWith());
		expect(code, err).toBe(0);
		expect(err).toMatch(/42 %: 40 of 100 rows looked at, 20 of 40 sent\n95 %: 100 of 100 rows/);
		expect(out).toMatch(/100 rows looked at, 100 rows sent and taken in/);
		const looks = instance.asked.filter(({ path }) => path === peer('progress'));
		expect(looks.map(({ headers }) => headers['accept'])).toEqual(
			Array.from({ length: 2 }, () => expect.stringContaining('application/x-ndjson')),
		);
	});

	test('shows a bar on a terminal', async () => {
		const steps = [progressOf({ collections: half }), progressOf({ status: 'done', collections: all })];
		const instance = await startInstance({
			...sources,
			[`POST ${peer('backfill')}`]: { data: progressOf({}) },
			[`GET ${peer('progress')}`]: () => ({ data: steps.length > 1 ? steps.shift() : steps[0] }),
		});
		const { err } = await run(['backfill', 'Production', '--no-color', ...at(instance)], folderWith(), { answers: [] });
		expect(err).toMatch(/██████░{14} 28 % 40 of 100 rows looked at/);
	});

	test('does not wait with --no-wait', async () => {
		const instance = await startInstance({ ...sources, [`POST ${peer('backfill')}`]: { data: progressOf({}) } });
		const { code, out } = await run(['backfill', SOURCE, '--no-wait', ...at(instance)], folderWith());
		expect(code).toBe(0);
		expect(out).toMatch(/100 rows to look at/);
		expect(instance.names()).toEqual([`POST ${peer('backfill')}`]);
	});

	test('fails where rows were not taken in or the run ended, and says what to do', async () => {
		const ended = (run: object) => ({
			...sources,
			[`POST ${peer('backfill')}`]: { data: progressOf({}) },
			[`GET ${peer('progress')}`]: { data: run },
		});
		const refused = progressOf({ status: 'done', collections: all, deliveries: { ...deliveries, failed: 3 } });
		expect(await run(['backfill', SOURCE, ...at(await startInstance(ended(refused)))], folderWith())).toMatchObject({
			code: 1,
			out: expect.stringMatching(/3 rows could not be taken in[^]*--status failed/),
		});
		const gone = progressOf({ status: 'failed', error: 'the remote source is not published any more' });
		expect(await run(['backfill', SOURCE, ...at(await startInstance(ended(gone)))], folderWith())).toMatchObject({
			code: 1,
			err: expect.stringMatching(/failed: the remote source is not published any more[^]*sends the rest/),
		});
	});
});

describe('repair', () => {
	const planned = {
		collections: [
			{
				collection: 'articles',
				send: { count: 2, items: ['1', '2'] },
				fetch: { count: 1, sync_ids: ['s'] },
				problem: null,
			},
		],
		asked: [],
	};

	test('only says what it would do, until it is told to', async () => {
		const instance = await startInstance({
			...sources,
			[`POST ${peer('repair')}`]: ({ body }) => ({
				data: { ...planned, run: (body as { dry_run: boolean }).dry_run ? null : 'r1' },
			}),
			[`GET ${peer('progress')}`]: {
				data: progressOf({
					action: 'repair',
					status: 'done',
					collections: all,
					deliveries: { ...deliveries, delivered: 2 },
				}),
			},
		});
		const tried = await run(['repair', 'Production', ...at(instance)], folderWith());
		expect(tried).toMatchObject({
			code: 0,
			out: expect.stringMatching(/articles\s+2\s+1[^]*would have 3 rows sent[^]*--yes/),
		});
		expect(instance.asked.at(-1)?.body).toEqual({ dry_run: true });
		const done = await run(['repair', 'Production', '--yes', ...at(instance)], folderWith());
		expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/3 rows are on the way[^]*2 rows sent/) });
		expect(instance.asked.at(-2)?.body).toEqual({ dry_run: false });
	});
});

describe('link', () => {
	const code = 'aCodeThatWorksOnce-1234';

	test('makes a code, and says what to do with it on the other instance', async () => {
		const pair = { data: { code, expires_at: '2026-01-01T00:15:00.000Z' } };
		const instance = await startInstance({ ...sources, [`POST ${peer('pair')}`]: pair });
		const { code: ended, out } = await run(['link', 'Production', ...at(instance)], folderWith());
		expect(ended).toBe(0);
		expect(out).toContain(`downstream link <remote> --code ${code} -u <its URL>`);
		const told = await run(['link', 'Production', '--json', ...at(instance)], folderWith());
		expect(told.json()).toEqual(pair.data);
	});

	test('brings a code, from the flag or the environment, and repeats it nowhere', async () => {
		const refused = {
			status: 502,
			body: { errors: [{ message: `no such code: ${code}`, extensions: { code: 'X' } }] },
		};
		const instance = await startInstance({ ...sources, [`POST ${peer('redeem')}`]: refused });
		const typed = await run(['link', 'Production', '--code', code, ...at(instance)], folderWith());
		expect(typed.code).toBe(1);
		expect(typed.out + typed.err).not.toContain(code);
		instance.answers[`POST ${peer('redeem')}`] = { data: { instance: 'aaaaaaaaaaaa' } };
		const set = await run(['link', 'Production', ...at(instance)], folderWith(), {
			variables: { DOWNSTREAM_CODE: code },
		});
		expect(set).toMatchObject({ code: 0, out: expect.stringContaining('Paired') });
		const [first, second] = instance.asked.filter(({ path }) => path.endsWith('redeem'));
		expect([first?.body, second?.body]).toEqual([{ code }, { code }]);
	});

	test('takes a credential back, and refuses what is no code', async () => {
		const instance = await startInstance({ ...sources, [`POST ${peer('unpair')}`]: { data: { revoked: 1 } } });
		const taken = await run(['link', 'Production', '--remove', ...at(instance)], folderWith());
		expect(taken).toMatchObject({ code: 0, out: expect.stringContaining('not let in') });
		const slip = await run(['link', 'Production', '--code', 'too short', ...at(instance)], folderWith());
		expect(slip).toMatchObject({ code: 1, err: expect.stringContaining('not a pairing code') });
		const both = await run(['link', 'Production', '--code', code, '--remove', ...at(instance)], folderWith());
		expect(both.code).toBe(1);
	});
});
