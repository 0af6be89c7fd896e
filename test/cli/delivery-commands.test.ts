import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { duplicates } from '../../src/cli/commands/remove-permission-duplicates.js';
import { at, refusal, startInstance, type Asked } from './instance.js';
import { folderWith, run } from './run.js';

const SHOP = '6f1c2a52-0d8e-4b7b-9a55-3f0a5a3f3c11';
const targets = {
	'GET /items/data_sync_remote_sources': { data: [] },
	'GET /items/cache_flush_targets': {
		data: [
			{ id: SHOP, name: 'Shop', url: 'https://shop.example/flush', status: 'published' },
			{ id: 'b', name: 'Blog', url: 'https://blog.example', status: 'draft' },
			{ id: 'c', name: 'Blog', url: 'https://blog2.example', status: 'draft' },
		],
	},
};
const health = {
	last_success_at: new Date(Date.now() - 120_000).toISOString(),
	last_failure_at: null,
	last_error: null,
	p50_ms: 40,
	p95_ms: 90,
	mode: null,
	lag_ms: 0,
};
const conditions = [
	{ code: 'failing', since: null, next_probe_at: null, queued: 1, error: null },
	{ code: 'failed', count: 2 },
];
const status = {
	version: '0.1.0',
	engine: 'embedded',
	engine_reason: 'Directus has no Redis.',
	enabled: true,
	nodes: 1,
	outbox: { pending: 0, lag_ms: 0, error: null },
	deliveries: { pending: 1, sending: 0, delivered: 12_345, retrying: 0, failed: 2, cancelled: 0 },
	targets: [{ id: SHOP, kind: 'flush', name: 'Shop', state: 'open', conditions, pending: 1, ...health }],
	overall: { code: 'failing', names: ['Shop'], count: 1 },
	diagnostics: [{ level: 'error', code: 'TARGET_OPEN', message: '"Shop" keeps failing.' }],
};

test('status tells engine, deliveries, targets and what to look into', async () => {
	const instance = await startInstance({ 'GET /downstream/status': { data: status } });
	const { code, out } = await run(['status', ...at(instance)], folderWith());
	expect(code).toBe(0);
	expect(out).toMatch(/Downstream 0\.1\.0/);
	expect(out).toMatch(/12,345 delivered/);
	expect(out).toMatch(/failing\s+Shop\s+1\s+2 min ago/);
	expect(out).toMatch(/^Shop keeps failing\.$/m);
	expect(out).toMatch(/Next test: now\.$/m);
	expect(out).toMatch(/2 deliveries failed for good and are not retried\.$/m);
	expect(out).toMatch(/✖ "Shop" keeps failing\./);
	expect((await run(['status', ...at(instance), '--json'], folderWith())).json()).toEqual(status);
});

describe('deliveries', () => {
	const one = {
		id: 'd1',
		kind: 'flush',
		target: SHOP,
		status: 'failed',
		collection: 'articles',
		item: '7',
		event: 'update',
		reason: 'title changed',
		created_at: new Date(Date.now() - 5_000).toISOString(),
		next_at: null,
		delivered_at: null,
		tries: 3,
		error: { code: 'HTTP_500', message: 'answered 500' },
	};

	test('are listed by filters, a target by its name', async () => {
		const instance = await startInstance({
			...targets,
			'GET /downstream/deliveries': { data: [one], meta: { total: 40 } },
		});
		const filters = ['--target', 'shop', '--status', 'failed,retrying', '--limit', '1', '-q', 'x'];
		const { out } = await run(['deliveries', ...at(instance), ...filters], folderWith());
		expect(out).toMatch(/d1\s+failed\s+\d s ago\s+update\s+articles\/7\s+3\s+answered 500/);
		expect(out).toMatch(/1 of 40 deliveries/);
		expect(Object.fromEntries(instance.asked.at(-1)?.query ?? [])).toEqual({
			target: SHOP,
			status: 'failed,retrying',
			q: 'x',
			limit: '1',
		});
	});

	test('by id are told with their attempts', async () => {
		const attempt = {
			at: one.created_at,
			duration_ms: 20,
			outcome: 'failed',
			request: { method: 'POST', url: 'https://shop.example/flush' },
			response: { status: 500, body: null },
			error: { code: 'HTTP_500', message: 'answered 500' },
		};
		const instance = await startInstance({
			'GET /downstream/deliveries/d1': { data: { ...one, attempts: [attempt] } },
		});
		const { out } = await run(['deliveries', 'd1', ...at(instance)], folderWith());
		expect(out).toMatch(
			/update of articles\/7 {2}failed[^]*title changed[^]*answered 500, 20 ms[^]*POST https:\/\/shop/,
		);
	});

	test('that are not there are an error', async () => {
		const instance = await startInstance({
			'GET /downstream/deliveries/x': refusal(404, 'ROUTE_NOT_FOUND', 'there is no delivery "x"'),
		});
		expect(await run(['deliveries', 'x', ...at(instance)], folderWith())).toMatchObject({
			code: 1,
			err: expect.stringContaining('there is no delivery "x"'),
		});
	});

	test('are sent again by id or by filter, never all at once by accident', async () => {
		const instance = await startInstance({
			'POST /downstream/deliveries/retry': { data: { operation: 'o', count: 2, per_second: 500 } },
		});
		expect((await run(['retry', 'a', 'b', ...at(instance)], folderWith())).out).toMatch(
			/2 deliveries will be sent again/,
		);
		expect((await run(['retry', '--status', 'failed', ...at(instance)], folderWith())).code).toBe(0);
		expect(instance.asked.map(({ body }) => body)).toEqual([{ ids: ['a', 'b'] }, { filter: { status: ['failed'] } }]);
		expect((await run(['retry', ...at(instance)], folderWith())).code).toBe(1);
		const typo = await run(['retry', '--status', 'faild', ...at(instance)], folderWith());
		expect(typo.err).toMatch(/Did you mean "failed"\?/);
	});
});

describe('a target', () => {
	test('is flushed by its name', async () => {
		const instance = await startInstance({
			...targets,
			[`POST /downstream/targets/${SHOP}/flush`]: { data: { operation: 'o', count: 2 } },
		});
		const done = await run(
			['flush', 'Shop', '--collection', 'articles', '--keys', '1,2', ...at(instance)],
			folderWith(),
		);
		expect(done.out).toMatch(/2 deliveries queued/);
		expect(instance.asked[1]?.body).toEqual({ collection: 'articles', keys: ['1', '2'], dry_run: false });
		expect((await run(['flush', 'Shop', ...at(instance)], folderWith())).err).toMatch(/--collection, or --all/);
	});

	test('that nobody knows, or that is several, is not guessed', async () => {
		const instance = await startInstance(targets);
		expect((await run(['test', 'Shopp', ...at(instance)], folderWith())).err).toMatch(/Did you mean "Shop"\?/);
		const several = await run(['test', 'Blog', ...at(instance)], folderWith());
		expect(several).toMatchObject({ code: 1, err: expect.stringMatching(/2 targets are called "Blog"[^]*blog2/) });
	});

	test('that does not take a test request makes it fail', async () => {
		const found = {
			delivery: 'd',
			delivered: false,
			outcome: 'failed',
			duration_ms: 12,
			request: {
				method: 'POST',
				url: 'https://shop.example',
				headers: { authorization: 'Bearer **********' },
				body: '[]',
			},
			response: { status: 401, headers: {}, body: 'no' },
			error: { code: 'HTTP_401', message: 'answered 401' },
		};
		const instance = await startInstance({ [`POST /downstream/targets/${SHOP}/test`]: { data: found } });
		const done = await run(['test', SHOP, ...at(instance)], folderWith());
		expect(done).toMatchObject({
			code: 1,
			out: expect.stringMatching(/401 after 12 ms[^]*did not take it: answered 401/),
		});
	});
});

describe('wait-server-ready', () => {
	async function health(answers: (number | 'ok' | 'error')[]) {
		const server = createServer((request, response) => {
			if (request.url === '/server/ping') return void response.end('pong');
			if (answers[0] === 403 && request.headers.authorization === 'Bearer t') answers = ['ok'];
			const next = answers.length > 1 ? answers.shift() : answers[0];
			response.statusCode = typeof next === 'number' ? next : next === 'ok' ? 200 : 503;
			response.end(JSON.stringify({ status: next }));
		}).listen(0, '127.0.0.1');
		await new Promise((resolve) => server.once('listening', resolve));
		return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
	}

	test('waits for so many healthy answers in a row, without a token', async () => {
		const { url, close } = await health([502, 'error', 'ok', 'error', 'ok', 'ok']);
		const done = await run(
			['wait-server-ready', '-u', url, '--interval', '0', '--successes', '2', '--json'],
			folderWith(),
		);
		close();
		expect(done).toMatchObject({ code: 0 });
		expect(done.json()).toMatchObject({ ready: true, tries: 6 });
	});

	test('shows a token where health is told to admins only, and without one is content with an answer', async () => {
		for (const credentials of [['-t', 't'], []]) {
			const { url, close } = await health([403]);
			const done = await run(['wait-server-ready', '-u', url, '--timeout', '1', ...credentials], folderWith());
			close();
			expect(done.code).toBe(0);
		}
	});

	test('gives up in time, and says what the last answer was', async () => {
		const { url, close } = await health(['error']);
		const done = await run(
			['helpers', 'wait-server-ready', '-u', url, '--interval', '1', '--timeout', '1'],
			folderWith(),
		);
		close();
		expect(done).toMatchObject({ code: 1, err: expect.stringMatching(/not ready within 1 second[^]*"error"/) });
	});
});

describe('helpers', () => {
	test('untrack says what is no longer tracked, and what never was', async () => {
		const instance = await startInstance({
			'POST /downstream/config/untrack': ({ body }: Asked) => ({
				data: { untracked: (body as { id: string }).id === '4f' },
			}),
		});
		const untrack = (id: string) =>
			run(['untrack', '--collection', 'directus_roles', '--id', id, ...at(instance)], folderWith());
		expect((await untrack('4f')).out).toMatch(/roles 4f is no longer tracked/);
		expect(instance.asked[0]?.body).toEqual({ kind: 'roles', id: '4f' });
		expect(await untrack('x')).toMatchObject({ code: 1, err: expect.stringMatching(/is tracked/) });
	});

	const permissions = [
		{ id: 3, policy: 'p', collection: 'a', action: 'read' },
		{ id: 1, policy: 'p', collection: 'a', action: 'read' },
		{ id: 2, policy: 'p', collection: 'a', action: 'create' },
		{ id: 4, policy: 'q', collection: 'a', action: 'read' },
		{ id: 5, policy: 'p', collection: 'a', action: 'read' },
	];

	test('remove-permission-duplicates leaves the last, or the first', async () => {
		expect(duplicates(permissions, 'last').map(({ id }) => id)).toEqual([1, 3]);
		expect(duplicates(permissions, 'first').map(({ id }) => id)).toEqual([3, 5]);
		const instance = await startInstance({ 'GET /permissions': { data: permissions }, 'DELETE /permissions': '' });
		const dry = await run(['remove-permission-duplicates', '--dry-run', ...at(instance)], folderWith());
		expect(dry.out).toMatch(/2 duplicates would be removed/);
		expect((await run(['remove-permission-duplicates', ...at(instance)], folderWith())).code).toBe(0);
		expect(instance.asked.filter(({ method }) => method === 'DELETE').map(({ body }) => body)).toEqual([[1, 3]]);
	});
});
