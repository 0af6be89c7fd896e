import type { DirectusVersion } from '../kit/playground.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { randomFrom } from '../kit/random.js';
import { startReceiver } from '../kit/receiver.js';
import type { OwnRedis } from '../kit/redis.js';
import { pause, until } from '../kit/wait.js';
import { beginWriting, createTarget, drained, evidenceOf, startNodes, type SharedNodes } from './shared-nodes.js';
import { judge, keepLedger, readLedger, type Heard, type Judgement } from './truth.js';

const TARGETS = 8;

/** Longer than a lease lasts, so that others take over what a node was at when it was stopped. */
const STANDS_MS = 12_000;
const REDIS_AWAY_MS = 2_000;

const ACCIDENTS = ['stop', 'postgres', 'kill', 'redis', 'connections'] as const;
type Accident = (typeof ACCIDENTS)[number];

export interface NodesOptions {
	nodes: number;
	/** How long there are accidents. */
	seconds: number;
	/** Between two of them, in ms. */
	every: number;
	/** How long writes and failures then go on with all nodes up, and it is counted which node sends what. */
	calmSeconds: number;
	version: DirectusVersion;
	/** Any integer; the same one draws the same accidents and answers. */
	seed: number;
	redis: OwnRedis;
	/** Where PostgreSQL is not where `PGHOST` says. */
	env?: Record<string, string>;
	/** Takes PostgreSQL away for a moment. */
	breakPostgres(): Promise<void>;
	say?: (line: string) => void;
}

export interface NodesResult {
	lost: string[];
	older: string[];
	phantom: string[];
	doubled: string[];
	stuck: string[];
	repeated: number;
	committed: number;
	requests: number;
	accidents: Record<Accident, number>;
	/** What share of the requests each node made while all were up. */
	shares: number[];
	/** So many requests were that. */
	shared: number;
	drainedMs: number;
}

/**
 * Several nodes on one PostgreSQL and one Redis. Writers ask them in turn; nodes are killed, and stopped for longer than
 * their leases last; one has a clock that is an hour ahead; Redis is killed and comes back empty; PostgreSQL is restarted,
 * and ends all connections. Half of the requests to the targets fail. At the end each target must have been told of
 * everything, in the right order.
 */
export async function breakNodes(asked: NodesOptions): Promise<NodesResult> {
	const { nodes: count, seconds, every, calmSeconds, version, seed, redis, say = () => {} } = asked;
	const random = randomFrom(seed);
	const pick = (choices: number) => Math.floor(random() * choices);
	const heard: Heard[] = [];
	let failing = true;
	const receiver = await startReceiver({
		respond(request) {
			const accepted = !failing || random() < 0.5;
			heard.push({ request, accepted });
			return accepted ? { delayMs: pick(20) } : { status: 503 };
		},
	});
	const env = { REDIS_HOST: redis.settings.host, REDIS_PORT: String(redis.settings.port), ...asked.env };
	const options = { version, database: 'postgres' as const, env };
	const first = await startDirectus({ ...options, content: true });
	let nodes: SharedNodes | null = null;
	try {
		await keepLedger(first.sql, 'postgres');
		const targets = Array.from({ length: TARGETS }, (_, index) => `/target-${index}`);
		for (const path of targets) await createTarget(first, receiver.url + path);
		nodes = await startNodes(first, count, options);
		const accidents = prepareAccidents(nodes, asked, pick);
		const endWriting = beginWriting(nodes, pick);
		const ends = Date.now() + seconds * 1_000;
		for (let index = 0; Date.now() < ends; index++) {
			// Each kind once, then by chance.
			const accident = ACCIDENTS[index] ?? ACCIDENTS[pick(ACCIDENTS.length)] ?? 'kill';
			say(`${accident}; ${heard.length} requests so far`);
			accidents.cause(accident);
			await pause(every * (0.5 + random()));
		}
		await accidents.over();
		const before = await nodes.sent();
		await pause(calmSeconds * 1_000);
		const sent = (await nodes.sent()).map((total, index) => total - (before[index] ?? 0));
		await endWriting();
		failing = false;
		const began = Date.now();
		const stuck = await drained(first);
		const drainedMs = Date.now() - began;
		if (stuck.length > 0) stuck.push(...(await evidenceOf(nodes)));
		const ledger = await readLedger(first.sql);
		const judgements = targets.map((path) =>
			judge(
				ledger,
				heard.filter(({ request }) => request.path === path),
				accidents.at,
			),
		);
		const all = (of: 'lost' | 'older' | 'phantom' | 'doubled') =>
			judgements.flatMap((judgement: Judgement, index) => judgement[of].map((line) => `${targets[index]}: ${line}`));
		const shared = sent.reduce((sum, of) => sum + of, 0);
		return {
			lost: all('lost'),
			older: all('older'),
			phantom: all('phantom'),
			doubled: all('doubled'),
			stuck,
			repeated: judgements.reduce((sum, { repeated }) => sum + repeated, 0),
			committed: ledger.length,
			requests: heard.length,
			accidents: accidents.counts,
			shares: sent.map((of) => Math.round((100 * of) / Math.max(1, shared)) / 100),
			shared,
			drainedMs,
		};
	} finally {
		await (nodes ?? first).stop();
		await receiver.stop();
	}
}

function prepareAccidents(nodes: SharedNodes, asked: NodesOptions, pick: (choices: number) => number) {
	const { redis, breakPostgres } = asked;
	const counts: Record<Accident, number> = { kill: 0, stop: 0, redis: 0, postgres: 0, connections: 0 };
	const at: number[] = [];
	const running: Promise<void>[] = [];
	const away = new Set<Accident>();
	const note = () => void at.push(Date.now());

	/** As long as a service is away, whatever was answered may have to be sent again. */
	async function withAway(accident: Accident, work: () => Promise<void>): Promise<void> {
		away.add(accident);
		note();
		const noting = setInterval(note, 500);
		await work();
		clearInterval(noting);
		note();
		away.delete(accident);
	}

	const works: Record<Accident, (node: Directus) => Promise<void>> = {
		redis: () =>
			withAway('redis', async () => {
				await redis.kill();
				await pause(REDIS_AWAY_MS);
				await redis.start();
			}),
		postgres: () => withAway('postgres', breakPostgres),
		async connections() {
			note();
			const { sql } = nodes.all[0] as Directus;
			const ending =
				'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
			await sql.raw(ending).catch(() => {});
			note();
		},
		kill: (node) =>
			nodes.without(node, async () => {
				await nodes.keepCount(node);
				note();
				await node.kill9();
				// Directus does not start without its database.
				const starts = () => node.restart().then(() => true);
				await until(starts, { timeout: 600_000, interval: 500, message: 'a killed node to start again' });
			}),
		stop: (node) =>
			nodes.without(node, async () => {
				note();
				node.process.kill('SIGSTOP');
				await pause(STANDS_MS);
				node.process.kill('SIGCONT');
			}),
	};

	return {
		counts,
		/** When something happened that may cause a request to be sent twice. */
		at,
		/** Begins one, unless what it would break is broken: of four nodes two stay up, of three one. */
		cause(drawn: Accident): void {
			const up = nodes.up();
			const takesNode = drawn === 'kill' || drawn === 'stop';
			const accident = takesNode && up.length <= nodes.all.length / 2 ? 'connections' : drawn;
			if (away.has(accident)) return;
			counts[accident] += 1;
			running.push(works[accident](up[pick(up.length)] as Directus));
		},
		over: async () => void (await Promise.all(running)),
	};
}
