/** What `npm run chaos -- --nodes` runs: so many runs on four nodes, and what came of them. */
import { startPostgres } from '../kit/embedded-postgres.js';
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
// One of its own: it is restarted.
const postgres = await startPostgres();
if (postgres === null) throw new Error('PostgreSQL from npm does not start here');
Object.assign(process.env, postgres.login);
try {
	for (let run = 0; run < runs; run++) {
		console.log(`run ${run + 1} of ${runs}: ${seconds} s, Directus ${version}, seed ${seed + run}`);
		const { lost, older, phantom, doubled, stuck, ...figures } = await breakNodes({
			nodes: 4,
			seconds: seconds * 0.8,
			calmSeconds: seconds * 0.2,
			every: 6_000,
			version,
			seed: seed + run,
			redis,
			breakPostgres: () => postgres.restart(1_000),
			say: console.log,
		});
		console.log(JSON.stringify(figures));
		for (const [what, entries] of Object.entries({ lost, older, phantom, doubled, stuck }))
			console.log(`${entries.length} ${what}${entries.map((entry) => `\n  ${entry}`).join('')}`);
		if (lost.length + older.length + phantom.length + doubled.length + stuck.length > 0) process.exitCode = 1;
	}
} finally {
	await redis.kill();
	await postgres.end();
}
