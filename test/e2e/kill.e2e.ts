import { describe, expect, test } from 'vitest';
import { killAgainAndAgain } from '../chaos/kill.js';
import { directusVersions } from '../kit/playground.js';
import { redisUnavailable, TEST_REDIS } from '../kit/redis.js';

/** With the embedded engine; with the other one, which shares all but who is next, half as many. */
const MOST_KILLS = Number(process.env['CHAOS_KILLS'] ?? 10);
const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);

const noRedis = await redisUnavailable();
if (noRedis !== null)
	console.warn(`Kills with the engine bullmq were not tested, for there is no Redis here: ${noRedis}`);
const { host, port, db } = TEST_REDIS;
const ENGINES: [string, Record<string, string>][] = [
	['embedded', {}],
	...(noRedis === null
		? [
				['bullmq', { REDIS_HOST: host, REDIS_PORT: String(port), REDIS_DB: String(db) }] as [
					string,
					Record<string, string>,
				],
			]
		: []),
];

describe.runIf(directusVersions().includes('12')).each(ENGINES)('with the engine %s', (engine, env) => {
	const KILLS = engine === 'embedded' ? MOST_KILLS : Math.ceil(MOST_KILLS / 2);
	test(
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
				env,
				say: (line) => lines.push(line),
			});
			const { lost, older, phantom, doubled, ...figures } = result;
			const seconds = Math.round((Date.now() - began) / 1000);
			console.log(`${KILLS} kills with ${engine} in ${seconds} s: ${JSON.stringify(figures)}`);
			expect({ lost, older, phantom, doubled }, `seed ${SEED}; ${lines.slice(-3).join('; ')}`).toEqual({
				lost: [],
				older: [],
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
});
