/** What `scripts/chaos.mjs --config` runs. */
import type { DatabaseKind } from '../kit/database-servers.js';
import { providePostgres } from '../kit/embedded-postgres.js';
import { beginRun, removeLeftovers } from '../kit/leftovers.js';
import type { DirectusVersion } from '../kit/playground.js';
import { failEverywhere, killPushes, pushAtOnce } from './config.js';
import { randomFrom } from '../kit/random.js';

const [, , runs, database, version, seed, only] = process.argv;
console.log(`${runs} runs on ${database}, Directus ${version}, seed ${seed}`);
beginRun();
const endPostgres = database === 'postgres' ? await providePostgres() : async () => {};
const world = { version: version as DirectusVersion, database: database as DatabaseKind, say: console.log };
const parts: Record<string, () => Promise<string[]>> = {
	'at-once': () => pushAtOnce(world, Number(runs)),
	kills: () => killPushes(world, Number(runs), randomFrom(Number(seed))),
	failures: () => failEverywhere(world),
};
try {
	for (const [name, part] of Object.entries(parts)) {
		if (only && only !== name) continue;
		console.log(`\n${name}`);
		const problems = await part();
		console.log(`${problems.length} problems${problems.map((problem) => `\n  ${problem}`).join('')}`);
		if (problems.length > 0) process.exitCode = 1;
	}
} finally {
	await removeLeftovers();
	await endPostgres();
}
