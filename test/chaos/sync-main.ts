/** What `scripts/chaos.mjs --sync` runs: the runs that it was asked for, and what came of them. */
import type { DatabaseKind } from '../kit/database-servers.js';
import { providePostgres } from '../kit/embedded-postgres.js';
import type { DirectusVersion } from '../kit/playground.js';
import { disturbSync } from './sync-run.js';
import type { OnDelete, Topology } from './sync-world.js';

interface Asked {
	runs: number;
	edits: number;
	kills: number;
	cuts: number;
	databases: DatabaseKind[];
	version: DirectusVersion;
	topologies: Topology[];
	onDelete: OnDelete[];
	everyday: boolean;
	seed: number;
}

const { runs, topologies, onDelete, seed, ...same } = JSON.parse(process.argv[2] ?? '') as Asked;
const endPostgres = same.databases.includes('postgres') ? await providePostgres() : async () => {};
let bad = 0;
try {
	for (let run = 0; run < runs; run += 1) {
		const one = {
			topology: topologies[run % topologies.length] ?? 'mesh',
			onDelete: onDelete[Math.floor(run / topologies.length) % onDelete.length] ?? 'update',
			seed: seed + run,
		};
		console.log(`run ${run + 1} of ${runs}: ${JSON.stringify({ ...one, ...same })}`);
		const began = Date.now();
		const { different, lost, duplicated, evidence, failed, ...figures } = await disturbSync({
			...same,
			...one,
			say: console.log,
		});
		console.log(`${Math.round((Date.now() - began) / 1000)} s: ${JSON.stringify(figures)}`);
		for (const [what, entries] of Object.entries({ different, lost, duplicated, evidence, failed }))
			console.log(`${entries.length} ${what}${entries.map((entry) => `\n  ${entry}`).join('')}`);
		if (different.length + lost.length + duplicated.length + failed.length + figures.exits > 0) bad += 1;
	}
	console.log(`${runs - bad} of ${runs} runs kept the promise`);
	process.exitCode = bad > 0 ? 1 : 0;
} finally {
	await endPostgres();
}
