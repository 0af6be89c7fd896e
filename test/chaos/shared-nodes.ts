import { startDirectus, type Directus, type DirectusOptions } from '../kit/directus.js';
import { pause, until } from '../kit/wait.js';
import { CAN_FAKE, withClockOff } from './fake-time.js';
import { MUTATIONS, type Hands } from './mutations.js';
import { WATCHED } from './truth.js';

const HOUR = 3_600_000;
const WRITERS = 6;

/** Nodes of one instance, some of which may be down at a moment, and what each has sent. */
export interface SharedNodes {
	all: Directus[];
	/** Those that can be asked now. */
	up(): Directus[];
	/** Takes a node out while something is done to it, and puts it back when that is over. */
	without(node: Directus, work: () => Promise<void>): Promise<void>;
	/** How many requests each has made since it was first started, as far as it was asked before it was killed. */
	sent(): Promise<number[]>;
	/** To be called before a node is killed: its counters end with it. */
	keepCount(node: Directus): Promise<void>;
	stop(): Promise<void>;
}

/** Starts so many nodes on the database of the first one; where the machine can, the second has a clock that is wrong. */
export async function startNodes(first: Directus, count: number, options: DirectusOptions): Promise<SharedNodes> {
	const others = await Promise.all(
		Array.from({ length: count - 1 }, (_, index) =>
			startDirectus({
				...options,
				nodeOf: first,
				env: { ...options.env, ...(index === 0 && CAN_FAKE ? withClockOff(HOUR) : {}) },
			}),
		),
	);
	const all = [first, ...others];
	const down = new Set<Directus>();
	const kept = new Map<Directus, number>();
	return {
		all,
		up: () => all.filter((node) => !down.has(node)),
		async without(node, work) {
			down.add(node);
			await work();
			down.delete(node);
		},
		sent: () => Promise.all(all.map(async (node) => (kept.get(node) ?? 0) + (await sentSinceStart(node)))),
		async keepCount(node) {
			kept.set(node, (kept.get(node) ?? 0) + (await sentSinceStart(node).catch(() => 0)));
		},
		async stop() {
			for (const node of all.toReversed()) {
				node.process.kill('SIGCONT');
				await node.stop();
			}
		},
	};
}

async function sentSinceStart(node: Directus): Promise<number> {
	const headers = { authorization: `Bearer ${node.token}` };
	const text = await fetch(`${node.url}/downstream/metrics`, { headers }).then((answer) => answer.text());
	const counts = [...text.matchAll(/^downstream_attempts_total\{[^}]*\} (\d+)/gm)].map(([, count]) => Number(count));
	return counts.reduce((sum, count) => sum + count, 0);
}

/** Writes through all nodes that are up, until it is ended. */
export function beginWriting(nodes: SharedNodes, pick: (choices: number) => number): () => Promise<void> {
	let [over, turn] = [false, 0];
	const writers = Array.from({ length: WRITERS }, async (_, writer) => {
		let written = 0;
		const own: Hands = { value: () => `w${writer}-${++written}`, pick, posts: [], articles: [] };
		while (!over) {
			const up = nodes.up();
			const names = Object.keys(MUTATIONS);
			const mutation = MUTATIONS[names[pick(names.length)] ?? 'single'];
			// Whatever is refused or cut off: the database's own ledger says what became of it.
			await mutation?.(up[(turn += 1) % up.length] as Directus, own).catch(() => {});
			await pause(20 + pick(80));
		}
	});
	return async () => {
		over = true;
		await Promise.all(writers);
	};
}

/** A target that is told of everything that the chaos writes. */
export async function createTarget(directus: Directus, url: string): Promise<void> {
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

/** A target whose probes have all failed is probed again after six minutes at most. */
const DRAINED_MS = 400_000;

/** Waits until nothing waits any more; gives what still does after the longest wait for a probe. */
export async function drained({ sql }: Directus): Promise<string[]> {
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
	await until(async () => (await waiting()).length === 0, { timeout: DRAINED_MS, interval: 200 }).catch(() => {});
	return waiting();
}

/** Lines of each node's log that are shown where something is stuck. */
const LAST_LINES = 12;

/** What tells why something still waits: how its target stands, who holds its lease, and what each node last said of it. */
export async function evidenceOf({ all }: SharedNodes): Promise<string[]> {
	const [{ sql }] = all as [Directus];
	const waiting: { target: string }[] = await sql('downstream_deliveries')
		.distinct('target')
		.whereIn('status', ['pending', 'retrying', 'sending']);
	const now = Date.now();
	const lines: string[] = [];
	for (const { target } of waiting) {
		const state = await sql('downstream_targets').where({ target }).first();
		const lease = await sql('downstream_meta')
			.where({ key: `lease:${target}` })
			.first();
		const due = await sql('downstream_deliveries')
			.where({ target })
			.whereNotIn('status', ['delivered', 'cancelled'])
			.orderBy('next_at')
			.limit(3);
		lines.push(`now ${now}; ${JSON.stringify({ ...state, latencies: undefined })}; ${JSON.stringify(lease)}`);
		lines.push(...due.map((row) => JSON.stringify(row)));
	}
	const nodes: object[] = await sql('downstream_nodes').select();
	lines.push(...nodes.map((node) => JSON.stringify(node)));
	for (const node of all) {
		const said = node
			.log()
			.split('\n')
			.filter((line) => line.includes('[downstream]'));
		lines.push(`node ${node.process.pid}:`, ...said.slice(-LAST_LINES));
	}
	return lines;
}
