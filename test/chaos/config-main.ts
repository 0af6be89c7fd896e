/** What `scripts/chaos.mjs --config` runs. */
import type { DatabaseKind } from '../kit/database-servers.js';
import { providePostgres } from '../kit/embedded-postgres.js';
import { beginRun, removeLeftovers } from '../kit/leftovers.js';
import type { DirectusVersion } from '../kit/playground.js';
import { CHANGES_ON_DATA } from '../config/changes-on-data.js';
import { failEverywhere, killPushes, pushAtOnce } from './config.js';
import { tryEveryChange } from './config-data.js';
import { pushMatrix, pushProjects, type World } from './config-matrix.js';
import { randomFrom } from '../kit/random.js';

const [, , runs, database, version, seed, only, ways = ''] = process.argv;

/** `sqlite12,postgres11`, or what is usual. */
const worldsOf = (text: string, usual: string): World[] =>
	(text === '' ? usual : text).split(',').map((part) => ({
		database: part.slice(0, -2) as DatabaseKind,
		version: part.slice(-2) as DirectusVersion,
	}));
/** Longer than all others, so only where they are asked for. */
const LONG = ['matrix', 'projects', 'every-project', 'changes'];
const EVERY_WORLD = 'sqlite12,postgres12,mysql12,sqlite11,postgres11,mysql11';
console.log(`${runs} runs on ${database}, Directus ${version}, seed ${seed}`);
beginRun();
const endPostgres = database === 'postgres' || LONG.includes(only ?? '') ? await providePostgres() : async () => {};
const world = { version: version as DirectusVersion, database: database as DatabaseKind, say: console.log };
const parts: Record<string, () => Promise<string[]>> = {
	'at-once': () => pushAtOnce(world, Number(runs)),
	kills: () => killPushes(world, Number(runs), randomFrom(Number(seed))),
	failures: () => failEverywhere(world),
	matrix: () => pushMatrix(worldsOf(ways, EVERY_WORLD), Number(seed), console.log),
	projects: () => pushProjects(worldsOf(ways, EVERY_WORLD), { seed: Number(seed), isWhole: false }, console.log),
	'every-project': () => pushProjects(worldsOf(ways, EVERY_WORLD), { seed: Number(seed), isWhole: true }, console.log),
	changes: () => tryEveryChange(worldsOf(ways, 'sqlite12,postgres12,mysql12'), CHANGES_ON_DATA, console.log),
};
try {
	for (const [name, part] of Object.entries(parts)) {
		if (only ? only !== name : LONG.includes(name)) continue;
		console.log(`\n${name}`);
		const problems = await part();
		console.log(`${problems.length} problems${problems.map((problem) => `\n  ${problem}`).join('')}`);
		if (problems.length > 0) process.exitCode = 1;
	}
} finally {
	await removeLeftovers();
	await endPostgres();
}
