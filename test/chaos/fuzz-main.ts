import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDirectus } from '../kit/directus.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startReceiver } from '../kit/receiver.js';
import { pause } from '../kit/wait.js';
import { fuzzAnswers, fuzzRequests, permitPeer, type FuzzFigures } from './peer-fuzz.js';

/** `npm run chaos -- --fuzz`: a hostile instance asks, and is asked; what the event loop and the memory make of it. */
const [given = '10000', version = '12', seedText = '1'] = process.argv.slice(2);
const [runs, seed] = [Number(given), Number(seedText)];
const LONGEST_BLOCK_MS = 100;

const file = join(tmpdir(), `downstream-loop-${process.pid}.json`);
const probe = fileURLToPath(new URL('loop-probe.mjs', import.meta.url));
interface Probed {
	block_ms: number;
	blocks: { at: number; ms: number; gc: number }[];
	rss_mb: number;
	heap_mb: number;
}
const read = (): Probed => JSON.parse(readFileSync(file, 'utf8')) as Probed;
const reset = async () => {
	writeFileSync(`${file}.reset`, '');
	await pause(600);
};

const directus = await startDirectus({
	version: version as DirectusVersion,
	database: 'sqlite',
	content: true,
	env: { LOOP_PROBE: file, NODE_OPTIONS: `--import ${probe}` },
});
const receiver = await startReceiver();
let wrong = 0;

async function measure(name: string, work: () => Promise<FuzzFigures>): Promise<void> {
	await reset();
	const before = read();
	const [cpu, at] = [process.cpuUsage(), Date.now()];
	const { requests, statuses, wrong: bad, log } = await work();
	await pause(500);
	const { block_ms: block, blocks, rss_mb: rss, heap_mb: heap } = read();
	const seconds = (Date.now() - at) / 1_000;
	console.log(
		`${name}, seed ${seed}: ${requests} requests in ${seconds.toFixed(0)} s ${JSON.stringify(statuses)}; event loop at most ${block} ms; memory ${before.rss_mb} MB at first, ${rss} MB at most (heap ${heap} MB); ${bad.length} wrong (our own CPU ${(process.cpuUsage(cpu).user / 1e6).toFixed(0)} s)`,
	);
	for (const { at: when, ms, gc } of blocks) {
		const during = log.filter((one) => one.at <= when && one.at + one.ms >= when - ms);
		console.log(
			`  ${ms} ms (${gc} ms of that V8 collecting) during ${during.map(({ what, ms: took }) => `${what} (${took} ms)`).join(' | ') || 'nothing of ours'}`,
		);
	}
	for (const one of bad.slice(0, 20)) console.log(`  ${one}`);
	wrong += bad.length + (block > LONGEST_BLOCK_MS ? 1 : 0);
}

try {
	await permitPeer(directus);
	await directus.request(
		'POST',
		'/items/posts',
		Array.from({ length: 200 }, (_, index) => ({ title: `Post ${index}` })),
	);
	// What is loaded and compiled once is no block of a request.
	await fuzzRequests(directus, { runs: 200, seed: seed + 1 });
	await measure('requests of a peer', () => fuzzRequests(directus, { runs, seed }));
	await measure('answers of a peer', () => fuzzAnswers(directus, receiver, { runs, seed }));
	const broke = directus
		.log()
		.split('\n')
		.filter((line) => line.includes('"level":50') && line.includes('[downstream] POST'));
	for (const line of broke.slice(0, 10)) console.log(`  ${line.slice(0, 500)}`);
	wrong += broke.length;
} finally {
	await directus.stop();
	await receiver.stop();
}
process.exitCode = wrong > 0 ? 1 : 0;
