/** What `npm run chaos -- --rolling` runs: nodes of an older build, replaced by this one and back, and what came of it. */
import { startPostgres } from '../kit/embedded-postgres.js';
import type { DirectusVersion } from '../kit/playground.js';
import { startRedis } from '../kit/redis.js';
import { replaceNodes } from './rolling.js';

const { runs, seconds, version, seed, old } = JSON.parse(process.argv[2] ?? '{}') as {
	runs: number;
	seconds: number;
	version: DirectusVersion;
	seed: number;
	old: string;
};
const redis = await startRedis();
if (redis === null) throw new Error('redis-server is not installed here');
const postgres = process.env['PGHOST'] ? null : await startPostgres();
if (postgres) Object.assign(process.env, postgres.login);
try {
	for (let run = 0; run < runs; run++) {
		console.log(`run ${run + 1} of ${runs}: ${seconds} s between two nodes, Directus ${version}, seed ${seed + run}`);
		const { lost, older, phantom, doubled, stuck, complaints, ...figures } = await replaceNodes({
			version,
			seed: seed + run,
			redis: redis.settings,
			old,
			everyMs: seconds * 1_000,
			say: console.log,
		});
		console.log(JSON.stringify(figures));
		for (const [what, entries] of Object.entries({ lost, older, phantom, doubled, stuck, complaints }))
			console.log(`${entries.length} ${what}${entries.map((entry) => `\n  ${entry}`).join('')}`);
		if (lost.length + older.length + phantom.length + doubled.length + stuck.length > 0) process.exitCode = 1;
	}
} finally {
	await redis.kill();
	await postgres?.end();
}
