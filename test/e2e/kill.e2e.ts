import { expect, test } from 'vitest';
import { killAgainAndAgain } from '../chaos/kill.js';
import { directusVersions } from '../kit/playground.js';

const KILLS = Number(process.env['CHAOS_KILLS'] ?? 20);
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

test.runIf(directusVersions().includes('12'))(
	`${KILLS} kills lose nothing, invent nothing and repeat only what was on its way (seed ${SEED})`,
	{ timeout: KILLS * 12_000 + 180_000 },
	async () => {
		const lines: string[] = [];
		const began = Date.now();
		const result = await killAgainAndAgain({
			kills: KILLS,
			version: '12',
			database: 'sqlite',
			seed: SEED,
			say: (line) => lines.push(line),
		});
		const { lost, phantom, doubled, ...figures } = result;
		console.log(`${KILLS} kills in ${Math.round((Date.now() - began) / 1000)} s: ${JSON.stringify(figures)}`);
		expect({ lost, phantom, doubled }, `seed ${SEED}; ${lines.slice(-3).join('; ')}`).toEqual({
			lost: [],
			phantom: [],
			doubled: [],
		});
		// The accidents were of the kinds that matter, and each way of writing came through between them.
		expect(figures.committed).toBeGreaterThan(KILLS * 10);
		expect(figures.killed.inMutation).toBeGreaterThan(KILLS / 3);
		expect(figures.killed.whileFailing).toBe(Math.floor(KILLS / 3));
		expect(figures.killed.after300).toBe(Math.floor(KILLS / 10));
		expect(Object.keys(figures.acknowledged).toSorted()).toEqual(
			['batch', 'delete', 'failing batch', 'failing create', 'import', 'nested', 'single', 'update'].toSorted(),
		);
	},
);
