import type { DirectusVersion } from '../kit/playground.js';
import { startDirectus, type Directus } from '../kit/directus.js';
import { randomFrom } from '../kit/random.js';
import { startReceiver } from '../kit/receiver.js';
import { pause } from '../kit/wait.js';
import { beginWriting, createTarget, drained, startNodes, type SharedNodes } from './shared-nodes.js';
import { judge, keepLedger, readLedger, type Heard } from './truth.js';

const NODES = 3;
const TARGETS = 4;

export interface RollingOptions {
	version: DirectusVersion;
	/** Any integer; the same one draws the same writes and answers. */
	seed: number;
	redis: { host: string; port: number };
	/** The folder of the build that the nodes have at first. */
	old: string;
	/** How long writes go on between two replacements. */
	everyMs: number;
	say?: (line: string) => void;
}

export interface RollingResult {
	lost: string[];
	older: string[];
	phantom: string[];
	doubled: string[];
	stuck: string[];
	/** What each node warned of, or failed at, in the extension's name. */
	complaints: string[];
	/** Why the nodes could not go back; null where they did. */
	oneWay: string | null;
	repeated: number;
	committed: number;
	requests: number;
	/** How long each node was away, in ms. */
	awayMs: number[];
}

/**
 * Three nodes of one version on one PostgreSQL and one Redis are replaced by another version one by one, while writes go on
 * through those that are up and a fifth of the requests fails; then they go back in the same way.
 */
export async function replaceNodes(asked: RollingOptions): Promise<RollingResult> {
	const { version, seed, redis, old, everyMs, say = () => {} } = asked;
	const random = randomFrom(seed);
	const pick = (choices: number) => Math.floor(random() * choices);
	const heard: Heard[] = [];
	let failing = true;
	const receiver = await startReceiver({
		respond(request) {
			const accepted = !failing || random() < 0.8;
			heard.push({ request, accepted });
			return accepted ? { delayMs: pick(20) } : { status: 503 };
		},
	});
	const env = { REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) };
	const options = { version, database: 'postgres' as const, env, extension: old };
	const first = await startDirectus({ ...options, content: true });
	let nodes: SharedNodes | null = null;
	try {
		await keepLedger(first.sql, 'postgres');
		const targets = Array.from({ length: TARGETS }, (_, index) => `/target-${index}`);
		for (const path of targets) await createTarget(first, receiver.url + path);
		nodes = await startNodes(first, NODES, options);
		const tablesBefore = await numberIn(first, 'version');
		const endWriting = beginWriting(nodes, pick);
		await pause(everyMs);
		const [at, awayMs]: [number[], number[]] = [[], []];
		const replaceAll = async (extension: true | string) => {
			for (const node of (nodes as SharedNodes).all) {
				const began = Date.now();
				await nodes?.without(node, async () => {
					at.push(began);
					await node.restart({ extension });
				});
				awayMs.push(Date.now() - began);
				say(`${extension === true ? 'new' : 'old'} since ${awayMs.at(-1)} ms; ${heard.length} requests so far`);
				await pause(everyMs);
			}
		};
		await replaceAll(true);
		const needed = await numberIn(first, 'needs');
		const oneWay =
			needed <= tablesBefore ? null : `the tables were of version ${tablesBefore}, and need ${needed} by now`;
		if (oneWay === null) await replaceAll(old);
		await endWriting();
		failing = false;
		const stuck = await drained(first);
		const ledger = await readLedger(first.sql);
		const judgements = targets.map((path) =>
			judge(
				ledger,
				heard.filter(({ request }) => request.path === path),
				at,
			),
		);
		return {
			lost: judgements.flatMap(({ lost }) => lost),
			older: judgements.flatMap(({ older }) => older),
			phantom: judgements.flatMap(({ phantom }) => phantom),
			doubled: judgements.flatMap(({ doubled }) => doubled),
			stuck,
			complaints: nodes.all.flatMap(complaintsOf),
			oneWay,
			repeated: judgements.reduce((sum, { repeated }) => sum + repeated, 0),
			committed: ledger.length,
			requests: heard.length,
			awayMs,
		};
	} finally {
		await (nodes ?? first).stop();
		await receiver.stop();
	}
}

const numberIn = async ({ sql }: Directus, key: string): Promise<number> =>
	Number((await sql('downstream_meta').where({ key }).first<{ value: string } | undefined>('value'))?.value ?? 0);

/** Errors and warnings of the extension, each once. A target that fails is none: these do. */
function complaintsOf(node: Directus): string[] {
	const lines = node.log().split('\n');
	const ours = lines.filter((line) => /"level":[4-9]0/.test(line) && line.includes('[downstream]'));
	const texts = ours.map((line) => (JSON.parse(line) as { msg: string }).msg);
	return [...new Set(texts)].filter((text) => !/keeps? failing|works? again/.test(text));
}
