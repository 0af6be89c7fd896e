import { describe, expect, it } from 'vitest';
import { writeThroughEveryDoor } from '../chaos/writes.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { directusVersions } from '../kit/playground.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const available = await databasesAvailable();
/** Each version once, and one database more than it: `npm run chaos -- --writes` does them all, and for longer. */
const WHERE = directusVersions().map((version, index) => ({
	version,
	database: (['postgres', 'sqlite', 'mysql'] as const)[(SEED + index) % 3] ?? 'sqlite',
}));

describe('writes through every door of Directus', () => {
	it.each(
		WHERE.map(({ version, database }) => ({
			version,
			database: available[database] === null ? database : ('sqlite' as const),
		})),
	)(
		`are recorded, all of them and nothing else: Directus $version, $database (seed ${SEED})`,
		{ timeout: 300_000 },
		async ({ version, database }) => {
			const { lost, phantom, twice, doors, ...figures } = await writeThroughEveryDoor({
				version,
				database,
				seed: SEED,
				// Every third step or so is another process' then.
				steps: SEED % 2 === 1 ? 75 : 50,
				say: console.log,
				triggers: SEED % 2 === 1,
			});
			console.log(`seed ${SEED}, ${database}: ${JSON.stringify(figures)}`);
			expect({ lost, phantom, twice }, `seed ${SEED}`).toEqual({ lost: [], phantom: [], twice: [] });
			expect(Object.keys(doors).length).toBeGreaterThan(30);
			expect(figures.sources['statement'] ?? 0).toBeGreaterThan(10);
		},
	);
});
