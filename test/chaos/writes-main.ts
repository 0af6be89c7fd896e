/** What `scripts/chaos.mjs --writes` runs: random writes through every door, and what came of them. */
import type { DatabaseKind } from '../kit/database-servers.js';
import { providePostgres } from '../kit/embedded-postgres.js';
import type { DirectusVersion } from '../kit/playground.js';
import { writeThroughEveryDoor } from './writes.js';

const asked = JSON.parse(process.argv[2] ?? '{}') as {
	runs: number;
	steps: number;
	databases: DatabaseKind[];
	version: DirectusVersion;
	seed: number;
	triggers: boolean;
};
const endPostgres = asked.databases.includes('postgres') ? await providePostgres() : async () => {};
let wrong = 0;
try {
	for (let run = 0; run < asked.runs; run += 1) {
		for (const database of asked.databases) {
			const seed = asked.seed + run;
			const began = Date.now();
			const { lost, phantom, twice, doors, ...figures } = await writeThroughEveryDoor({
				...asked,
				database,
				seed,
				say: console.log,
			});
			wrong += lost.length + phantom.length + twice.length;
			for (const one of twice) console.log(`twice ${one}`);
			console.log(
				`${database}, Directus ${asked.version}, seed ${seed}: ${lost.length} lost, ${phantom.length} phantom, ${twice.length} twice in ${Math.round((Date.now() - began) / 1000)} s; ${Object.keys(doors).length} doors; ${JSON.stringify(figures)}`,
			);
		}
	}
} finally {
	await endPostgres();
}
process.exitCode = wrong > 0 ? 1 : 0;
