/** The clients, in a process of their own: makes the requests it is told, so many at a time, over kept connections. */
import { Agent } from 'undici';
import { pause } from '../test/kit/wait.js';
import type { LoadJob, LoadResult } from './workers.js';

const agent = new Agent({ pipelining: 1, keepAliveTimeout: 60_000, headersTimeout: 120_000, bodyTimeout: 120_000 });

async function run({ base, token, requests, concurrency, everyMs }: LoadJob): Promise<Omit<LoadResult, 'id'>> {
	const headers: Record<string, string> = { 'content-type': 'application/json' };
	if (token) headers['authorization'] = `Bearer ${token}`;
	const result: Omit<LoadResult, 'id'> = {
		sentAt: [],
		answeredAt: [],
		latencies: [],
		keys: [],
		errors: [],
		cpuMs: Number.NaN,
	};
	let next = 0;
	const began = performance.now();
	const cpuBefore = process.cpuUsage();

	async function one(index: number): Promise<void> {
		const { method, path, body } = requests[index] ?? { method: 'GET', path: '/', body: null };
		const started = performance.now();
		result.sentAt[index] = Date.now();
		try {
			const answer = await agent.request({ origin: base, path, method, headers, body: JSON.stringify(body) });
			const text = await answer.body.text();
			result.latencies[index] = performance.now() - started;
			result.answeredAt[index] = Date.now();
			if (answer.statusCode >= 300) throw new Error(`${answer.statusCode}: ${text.slice(0, 300)}`);
			result.keys[index] = keysOf(text);
		} catch (error) {
			result.errors.push(`${method} ${path}: ${String(error)}`);
		}
	}

	async function client(): Promise<void> {
		while (next < requests.length) await one(next++);
	}

	if (everyMs === null) await Promise.all(Array.from({ length: concurrency }, client));
	else {
		const all: Promise<void>[] = [];
		for (; next < requests.length; next++) {
			await pause(Math.max(0, began + next * everyMs - performance.now()));
			all.push(one(next));
		}
		await Promise.all(all);
	}
	const { user, system } = process.cpuUsage(cpuBefore);
	result.cpuMs = (user + system) / 1_000;
	return result;
}

function keysOf(text: string): (string | number)[] {
	if (!text.startsWith('{"data"')) return [];
	const { data } = JSON.parse(text) as { data: { id: string | number } | { id: string | number }[] };
	return [data].flat().map(({ id }) => id);
}

process.on('message', (job: LoadJob) => {
	run(job).then(
		(result) => process.send?.({ id: job.id, ...result }),
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
});
process.on('disconnect', () => process.exit(0));
