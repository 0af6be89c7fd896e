import { startDirectus, type Directus } from '../test/kit/directus.js';
import { startRedis } from '../test/kit/redis.js';
import { until } from '../test/kit/wait.js';
import { freshValues, type Bench } from './bench.js';
import { COLLECTION, FIELDS } from './contestants.js';
import { rounded } from './statistics.js';
import { SLOW_MS } from './workers.js';

const TARGETS = 16;
const NODES = [1, 2, 4];

/**
 * How fast one, two and four nodes empty the queues of many slow targets, with either engine. Each target is sent four
 * requests at a time, so that it is the nodes' work that is compared and not the targets' speed. All nodes, the database,
 * Redis and the targets share the machine: where its cores are busy, another node adds nothing.
 */
export async function nodes({ database, sink, report, quick, env }: Bench): Promise<void> {
	if (database === 'sqlite') return report.note('nodes: several nodes cannot share SQLite');
	const redis = await startRedis();
	if (redis === null) return report.note('nodes: redis-server is not installed here');
	try {
		for (const engine of ['embedded', 'bullmq'] as const) {
			let alone = Number.NaN;
			for (const count of NODES) {
				const settings = {
					...env,
					LOG_LEVEL: 'error',
					DOWNSTREAM_ENGINE: engine,
					REDIS_HOST: redis.settings.host,
					REDIS_PORT: String(redis.settings.port),
				};
				const { speed, shares } = await measure({ database, sink, quick }, count, settings);
				if (count === 1) alone = speed;
				report.add({
					scenario: 'nodes',
					database,
					measure: `${TARGETS} targets that answer after ${SLOW_MS} ms, four requests at a time each`,
					contestant: `${engine}, ${count} ${count === 1 ? 'node' : 'nodes'}`,
					values: {
						'deliveries/s': Math.round(speed),
						'× one node': rounded(speed / alone),
						'share of each node': shares.map((share) => rounded(share)).join(' '),
					},
				});
			}
		}
	} finally {
		await redis.kill();
	}
}

async function measure(
	{ database, sink, quick }: Pick<Bench, 'database' | 'sink' | 'quick'>,
	count: number,
	env: Record<string, string>,
): Promise<{ speed: number; shares: number[] }> {
	const first = await startDirectus({ version: '12', database, content: true, env });
	const others: Directus[] = [];
	try {
		const perTarget = quick ? 60 : 250;
		const items = await first.data<{ id: number }[]>(
			'POST',
			`/items/${COLLECTION}?fields=id&limit=-1`,
			Array.from({ length: perTarget }, freshValues),
		);
		const prefix = `/nodes-${env['DOWNSTREAM_ENGINE']}-${count}/`;
		const targets = await makeTargets(first, `${sink.slowUrl}${prefix}`);
		// One after the other: each fills the cache of compiled code that the next one reads.
		for (let index = 1; index < count; index++)
			others.push(await startDirectus({ version: '12', database, nodeOf: first, env }));
		const all = [first, ...others];
		for (const id of targets) {
			await first.request('POST', `/downstream/targets/${id}/pause`);
			const keys = items.map(({ id: key }) => key);
			await first.request('POST', `/downstream/targets/${id}/flush`, { collection: COLLECTION, keys });
		}
		// What is flushed by hand is spread over time; here all of it is due now.
		await first.sql('downstream_deliveries').where({ status: 'pending' }).update({ next_at: Date.now() });
		const before = await Promise.all(all.map(sentBy));
		await sink.clear();
		await Promise.all(targets.map((id) => first.request('POST', `/downstream/targets/${id}/resume`)));
		const due = targets.length * items.length;
		await until(async () => (await sink.count(prefix)) >= due, { timeout: 300_000, message: 'all deliveries' });
		const at = (await sink.read(prefix)).map((request) => request.at);
		const after = await Promise.all(all.map(sentBy));
		const sent = after.map((counted, index) => counted - (before[index] ?? 0));
		const total = sent.reduce((sum, one) => sum + one, 0);
		return {
			speed: (at.length * 1_000) / (Math.max(...at) - Math.min(...at)),
			shares: sent.map((one) => one / Math.max(1, total)),
		};
	} finally {
		for (const node of others.toReversed()) await node.stop();
		await first.stop();
	}
}

async function makeTargets(directus: Directus, base: string): Promise<string[]> {
	const made = await directus.data<{ id: string }[]>(
		'POST',
		'/items/cache_flush_targets',
		Array.from({ length: TARGETS }, (_, index) => ({
			name: `slow ${index}`,
			url: `${base}${index}`,
			status: 'published',
			auth_header: 'no-auth',
			options: { batch_size: 1, concurrency: 4, max_wait_ms: 0 },
			schema: [{ collection: COLLECTION, events: ['create', 'update', 'delete'], payload: FIELDS }],
		})),
	);
	return made.map(({ id }) => id);
}

/** How many requests a node has made since it was started. */
async function sentBy(node: Directus): Promise<number> {
	const answer = await fetch(`${node.url}/downstream/metrics`, { headers: { authorization: `Bearer ${node.token}` } });
	const counts = (await answer.text()).matchAll(/^downstream_attempts_total\{[^}]*\} (\d+)/gm);
	return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
