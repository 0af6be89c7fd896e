import type { DirectusVersion } from '../kit/playground.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { randomFrom } from '../kit/random.js';
import { startReceiver } from '../kit/receiver.js';
import type { OwnRedis } from '../kit/redis.js';
import { pause, until } from '../kit/wait.js';
import { CAN_FAKE, withClockOff } from './fake-time.js';
import { MUTATIONS, type Hands } from './mutations.js';
import { judge, keepLedger, readLedger, WATCHED, type Heard, type Judgement } from './truth.js';

const NODES = 4;
const TARGETS = 8;
const WRITERS = 6;
const HOUR = 3_600_000;

/** Longer than a lease lasts, so that others take over what a node was at when it was stopped. */
const STANDS_MS = 12_000;

const ACCIDENTS = ['kill', 'stop', 'redis', 'connections'] as const;
type Accident = (typeof ACCIDENTS)[number];

export interface NodesOptions {
	/** How long there are accidents. */
	seconds: number;
	/** Between two of them, in ms. */
	every: number;
	version: DirectusVersion;
	/** Any integer; the same one draws the same accidents and answers. */
	seed: number;
	redis: OwnRedis;
	say?: (line: string) => void;
}

export interface NodesResult {
	lost: string[];
	phantom: string[];
	doubled: string[];
	stuck: string[];
	repeated: number;
	committed: number;
	requests: number;
	accidents: Record<Accident, number>;
	/** What share of the requests each node has made, as far as it was asked before it died. */
	shares: number[];
	drainedMs: number;
}

/**
 * Four nodes on one PostgreSQL and one Redis. Writers ask them in turn; nodes are killed, and stopped for longer than their
 * leases last; one has a clock that is an hour ahead; Redis is killed and comes back empty; PostgreSQL ends all connections.
 * Half of the requests to the targets fail. At the end each target must have been told of everything, in the right order.
 */
export async function breakNodes({ seconds, every, version, seed, redis, say }: NodesOptions): Promise<NodesResult> {
	const random = randomFrom(seed);
	const pick = (count: number) => Math.floor(random() * count);
	const heard: Heard[] = [];
	let failing = true;
	const receiver = await startReceiver({
		respond(request) {
			const accepted = !failing || random() < 0.5;
			heard.push({ request, accepted });
			return accepted ? { delayMs: pick(20) } : { status: 503 };
		},
	});
	const env = { REDIS_HOST: redis.settings.host, REDIS_PORT: String(redis.settings.port) };
	const options = { version, database: 'postgres' as const, env };
	const first = await startDirectus({ ...options, content: true });
	const nodes: Directus[] = [first];
	const down = new Set<Directus>();
	const accidents: Record<Accident, number> = { kill: 0, stop: 0, redis: 0, connections: 0 };
	const at: number[] = [];
	const sentBy = nodes.map(() => 0);

	/** What a node has sent since it was started. */
	async function sentSinceStart(node: Directus): Promise<number> {
		const text = await fetch(`${node.url}/downstream/metrics`, {
			headers: { authorization: `Bearer ${node.token}` },
		}).then((answer) => answer.text());
		const counts = [...text.matchAll(/^downstream_attempts_total\{[^}]*\} (\d+)/gm)].map(([, count]) => Number(count));
		return counts.reduce((sum, count) => sum + count, 0);
	}
	async function noteSent(index: number): Promise<void> {
		sentBy[index] = (sentBy[index] ?? 0) + (await sentSinceStart(nodes[index] as Directus).catch(() => 0));
	}

	/** Resolves when what was broken has been repaired. */
	async function cause(accident: Accident): Promise<void> {
		accidents[accident] += 1;
		if (accident === 'redis') {
			at.push(Date.now());
			await redis.kill();
			await pause(2_000);
			return redis.start();
		}
		if (accident === 'connections') {
			at.push(Date.now());
			await first.sql.raw(
				'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
			);
			return;
		}
		const up = nodes.filter((node) => !down.has(node));
		const node = up[pick(up.length)] as Directus;
		down.add(node);
		if (accident === 'kill') {
			await noteSent(nodes.indexOf(node));
			at.push(Date.now());
			await node.kill9();
			await node.restart();
		} else {
			at.push(Date.now());
			node.process.kill('SIGSTOP');
			await pause(STANDS_MS);
			node.process.kill('SIGCONT');
		}
		down.delete(node);
	}

	try {
		await keepLedger(first.sql, 'postgres');
		const targets = Array.from({ length: TARGETS }, (_, index) => `/target-${index}`);
		for (const path of targets) await createTarget(first, receiver.url + path);
		nodes.push(
			...(await Promise.all(
				Array.from({ length: NODES - 1 }, (_, index) =>
					startDirectus({
						...options,
						nodeOf: first,
						env: { ...env, ...(index === 0 && CAN_FAKE ? withClockOff(HOUR) : {}) },
					}),
				),
			)),
		);
		sentBy.push(...Array.from({ length: NODES - 1 }, () => 0));
		let over = false;
		let turn = 0;
		const writers = Array.from({ length: WRITERS }, async (_, writer) => {
			let written = 0;
			const own: Hands = { value: () => `w${writer}-${++written}`, pick, posts: [], articles: [] };
			while (!over) {
				const up = nodes.filter((node) => !down.has(node));
				const names = Object.keys(MUTATIONS);
				const mutation = MUTATIONS[names[pick(names.length)] ?? 'single'];
				// Whatever is refused or cut off: the database's own ledger says what became of it.
				await mutation?.(up[(turn += 1) % up.length] as Directus, own).catch(() => {});
				await pause(20 + pick(80));
			}
		});
		const running: Promise<void>[] = [];
		const ends = Date.now() + seconds * 1_000;
		for (let index = 0; Date.now() < ends; index++) {
			// Each kind once, then by chance; two nodes stay up.
			const drawn = ACCIDENTS[index] ?? ACCIDENTS[pick(ACCIDENTS.length)] ?? 'kill';
			const takesNode = drawn === 'kill' || drawn === 'stop';
			const accident = takesNode && down.size >= NODES - 2 ? 'connections' : drawn;
			say?.(`${accident}; ${heard.length} requests so far`);
			running.push(accident === 'redis' && accidents.redis > 0 ? pause(0) : cause(accident));
			await pause(every * (0.5 + random()));
		}
		over = true;
		await Promise.all([...writers, ...running]);
		failing = false;
		const began = Date.now();
		const stuck = await drained(first);
		const drainedMs = Date.now() - began;
		await Promise.all(nodes.map((_, index) => noteSent(index)));
		const ledger = await readLedger(first.sql);
		const judgements = targets.map((path) =>
			judge(
				ledger,
				heard.filter(({ request }) => request.path === path),
				at,
			),
		);
		const all = (of: 'lost' | 'phantom' | 'doubled') =>
			judgements.flatMap((judgement: Judgement, index) => judgement[of].map((line) => `${targets[index]}: ${line}`));
		const total = sentBy.reduce((sum, count) => sum + count, 0);
		return {
			lost: all('lost'),
			phantom: all('phantom'),
			doubled: all('doubled'),
			stuck,
			repeated: judgements.reduce((sum, { repeated }) => sum + repeated, 0),
			committed: ledger.length,
			requests: heard.length,
			accidents,
			shares: sentBy.map((count) => Math.round((100 * count) / Math.max(1, total)) / 100),
			drainedMs,
		};
	} finally {
		for (const node of nodes.toReversed()) {
			node.process.kill('SIGCONT');
			await node.stop();
		}
		await receiver.stop();
	}
}

async function createTarget(directus: Directus, url: string): Promise<void> {
	await directus.request('POST', '/items/cache_flush_targets', {
		name: url.slice(-8),
		status: 'published',
		url,
		schema: Object.entries(WATCHED).map(([collection, field]) => ({
			collection,
			events: ['create', 'update', 'delete'],
			payload: ['id', field],
		})),
		options: { batch_size: 50, max_wait_ms: 20, retry: { tries: 100, min_ms: 50, max_ms: 500 } },
	});
}

/** Waits until nothing waits any more; gives what still does after a minute and a half. */
async function drained({ sql }: Directus): Promise<string[]> {
	const waiting = async () => {
		const rows: { status?: string; target?: string; count?: string | number }[] = await sql('downstream_deliveries')
			.select('status', 'target')
			.count({ count: '*' })
			.whereIn('status', ['pending', 'retrying', 'sending', 'failed'])
			.groupBy('status', 'target');
		const outbox = await sql('downstream_outbox').count({ count: '*' }).first<{ count: string }>();
		return [
			...rows.map(({ status, target, count }) => `${count} ${status} of ${target}`),
			...(Number(outbox?.count ?? 0) > 0 ? [`${outbox?.count} in the outbox`] : []),
		];
	};
	await until(async () => (await waiting()).length === 0, { timeout: 90_000, interval: 200 }).catch(() => {});
	return waiting();
}
