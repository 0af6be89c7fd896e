/** What `scripts/chaos.mjs` runs: the kills that it was asked for, and what came of them. */
import type { DatabaseKind } from '../kit/database-servers.js';
import { providePostgres } from '../kit/embedded-postgres.js';
import type { DirectusVersion } from '../kit/playground.js';
import { killAgainAndAgain } from './kill.js';

const [, , kills, database, version, seed] = process.argv;
console.log(`${kills} kills on ${database}, Directus ${version}, seed ${seed}`);
const endPostgres = database === 'postgres' ? await providePostgres() : async () => {};
try {
	const { lost, older, phantom, doubled, ...figures } = await killAgainAndAgain({
		kills: Number(kills),
		database: database as DatabaseKind,
		version: version as DirectusVersion,
		seed: Number(seed),
		say: console.log,
	});
	console.log(JSON.stringify(figures, null, 2));
	for (const [what, entries] of Object.entries({ lost, older, phantom, doubled }))
		console.log(`${entries.length} ${what}${entries.map((entry) => `\n  ${entry}`).join('')}`);
	process.exitCode = lost.length + older.length + phantom.length + doubled.length > 0 ? 1 : 0;
} finally {
	await endPostgres();
}
