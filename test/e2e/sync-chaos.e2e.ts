import { describe, expect, it } from 'vitest';
import { disturbSync } from '../chaos/sync-run.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { directusVersions } from '../kit/playground.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const available = await databasesAvailable();
const [version = '12'] = directusVersions();

/** `npm run chaos -- --sync` does the same for longer, in other shapes, and on MariaDB too. */
describe('three instances that are edited, killed and cut off at the same time', () => {
	it(`end equal, with all that was acknowledged, and quiet (seed ${SEED})`, { timeout: 400_000 }, async () => {
		const lines: string[] = [];
		const result = await disturbSync({
			version,
			databases: ['sqlite', 'sqlite', available.postgres === null ? 'postgres' : 'sqlite'],
			topology: 'mesh',
			onDelete: SEED % 2 === 0 ? 'update' : 'delete',
			edits: 100,
			kills: 1,
			cuts: 1,
			seed: SEED,
			say: (line) => lines.push(line),
		});
		const { different, lost, duplicated, failed, perChange, ...figures } = result;
		console.log(`seed ${SEED}: ${lines.join('; ')}; ${JSON.stringify(figures)}`);
		const nothing = { different: [], lost: [], duplicated: [], failed: [] };
		expect({ different, lost, duplicated, failed }, `seed ${SEED}`).toEqual(nothing);
		// Nobody is told twice: one message for each of the other two.
		expect(perChange).toEqual(perChange.map(() => 2));
		expect(figures.acknowledged).toBeGreaterThan(80);
	});
});
