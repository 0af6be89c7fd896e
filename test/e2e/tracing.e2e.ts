import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startDirectus, type Directus } from '../kit/directus.js';
import { directusFolder } from '../kit/playground.js';
import { startReceiver, type Receiver } from '../kit/receiver.js';
import { until } from '../kit/wait.js';
import { publish } from './flush-target.js';

const PRELOADED = fileURLToPath(new URL('../kit/trace-to-file.mjs', import.meta.url));

interface Span {
	name: string;
	kind: number;
	attributes: Record<string, unknown>;
	status: { code: number; message?: string };
	linked: string[];
	parent: string | null;
	traceId: string;
	spanId: string;
}

describe('where OpenTelemetry is set up for the process', () => {
	const folder = mkdtempSync(join(tmpdir(), 'downstream-traces-'));
	const file = join(folder, 'spans');
	let receiver: Receiver;
	let directus: Directus;
	let target: string;

	const spans = (name: string) =>
		(existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
			.map((line) => JSON.parse(line) as Span)
			.filter((span) => span.name === name);
	const spansAfter = async (name: string, count: number) =>
		until(() => spans(name).length >= count && spans(name), { message: `${count} spans "${name}"` });

	beforeAll(async () => {
		receiver = await startReceiver();
		directus = await startDirectus({
			version: '12',
			database: 'sqlite',
			content: true,
			env: {
				NODE_OPTIONS: `--import ${pathToFileURL(PRELOADED).href}`,
				TRACE_FROM: join(directusFolder('12'), 'node_modules', 'directus', 'cli.js'),
				TRACE_FILE: file,
			},
		});
		target = await publish(directus, {
			url: receiver.url,
			schema: [{ collection: 'posts', events: ['create'], payload: ['title'] }],
		});
	});
	afterAll(async () => {
		await directus?.stop();
		await receiver?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	test('a delivery is a trace of its own that is linked to the save', async () => {
		await directus.data('POST', '/items/posts', { title: 'traced' });
		const [save] = await spansAfter('POST /items/posts', 1);
		const [delivery] = await spansAfter('downstream deliver', 1);
		expect(delivery).toMatchObject({
			kind: 2,
			linked: [save?.spanId],
			parent: null,
			attributes: { 'downstream.target': target, 'downstream.kind': 'flush', 'downstream.deliveries': 1 },
			status: { code: 0 },
		});
		expect(delivery?.traceId).not.toBe(save?.traceId);
		const { traceparent } = receiver.requests[0]?.headers ?? {};
		expect(traceparent).toBe(`00-${delivery?.traceId}-${delivery?.spanId}-01`);
		expect(delivery?.attributes['downstream.webhook_id']).toBe(receiver.requests[0]?.headers['webhook-id']);
	});

	test('it is linked to each save that it tells of, and says why it failed', async () => {
		let answers = 0;
		receiver.respond = () => ({ status: (answers += 1) === 1 ? 503 : 200 });
		const before = spans('downstream deliver').length;
		await directus.request('PATCH', `/items/cache_flush_targets/${target}`, {
			options: { max_wait_ms: 60_000, batch_size: 2, retry: { tries: 10, min_ms: 50, max_ms: 200 } },
		});
		for (const title of ['first', 'second']) await directus.data('POST', '/items/posts', { title });
		const saves = (await spansAfter('POST /items/posts', 3)).slice(1);
		const deliveries = (await spansAfter('downstream deliver', before + 2)).slice(before);
		const linked = saves.map(({ spanId }) => spanId).toSorted();
		expect(deliveries.map((span) => span.linked.toSorted())).toEqual([linked, linked]);
		expect(deliveries.map(({ status }) => status.code)).toEqual([2, 0]);
		expect(deliveries[0]?.status.message).toMatch(/503/);
	});
});
