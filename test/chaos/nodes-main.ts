/** What `npm run chaos -- --nodes` runs: so many runs on four nodes, and what came of them. */
import { providePostgres } from '../kit/embedded-postgres.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startRedis } from '../kit/redis.js';
import { breakNodes } from './nodes.js';

const { runs, seconds, version, seed } = JSON.parse(process.argv[2] ?? '{}') as {
	runs: number;
	seconds: number;
	version: DirectusVersion;
	seed: number;
};
const redis = await startRedis();
if (redis === null) throw new Error('redis-server is not installed here');
const endPostgres = await providePostgres();
try {
	for (let run = 0; run < runs; run++) {
		console.log(`run ${run + 1} of ${runs}: ${seconds} s, Directus ${version}, seed ${seed + run}`);
		const { lost, phantom, doubled, stuck, ...figures } = await breakNodes({
			seconds,
			every: 6_000,
			version,
			seed: seed + run,
			redis,
			say: console.log,
		});
		console.log(JSON.stringify(figures));
		for (const [what, entries] of Object.entries({ lost, phantom, doubled, stuck }))
			console.log(`${entries.length} ${what}${entries.map((entry) => `\n  ${entry}`).join('')}`);
		if (lost.length + phantom.length + doubled.length + stuck.length > 0) process.exitCode = 1;
	}
} finally {
	await redis.kill();
	await endPostgres();
}
