import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { breakNodes } from '../chaos/nodes.js';
import { layCable, type Cable } from '../kit/cable.js';
import { DATABASE_SERVERS } from '../kit/database-servers.js';
import { databasesAvailable } from '../kit/databases-available.js';
import { directusVersions } from '../kit/playground.js';
import { startRedis } from '../kit/redis.js';
import { pause } from '../kit/wait.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const { postgres } = await databasesAvailable();
const redis = await startRedis();
if (redis === null) console.warn('Nodes under fire were not tested, for redis-server is not installed here');

/** The short form of `npm run chaos -- --nodes`. */
describe.runIf(postgres === null && redis !== null && directusVersions().includes('12'))('three nodes', () => {
	let cable: Cable;
	beforeAll(async () => {
		cable = await layCable(Number(DATABASE_SERVERS.postgres.settings('')['DB_PORT']));
	});
	afterAll(async () => {
		await cable?.stop();
		await redis?.kill();
	});

	test(
		`lose, invent and reorder nothing while they, Redis and PostgreSQL go away in turn (seed ${SEED})`,
		{ timeout: 600_000 },
		async () => {
			const lines: string[] = [];
			const { lost, older, phantom, doubled, stuck, ...figures } = await breakNodes({
				nodes: 3,
				seconds: 10,
				every: 2_000,
				calmSeconds: 0,
				version: '12',
				seed: SEED,
				redis: redis as NonNullable<typeof redis>,
				env: { DB_HOST: '127.0.0.1', DB_PORT: new URL(cable.url).port },
				// To the nodes, a server that is restarted. The machine's own serves other tests.
				async breakPostgres() {
					cable.cut();
					await pause(1_500);
					cable.reconnect();
				},
				say: (line) => lines.push(line),
			});
			console.log(`three nodes under fire: ${JSON.stringify(figures)}`);
			expect({ lost, older, phantom, doubled, stuck }, `seed ${SEED}; ${lines.join('; ')}`).toEqual({
				lost: [],
				older: [],
				phantom: [],
				doubled: [],
				stuck: [],
			});
			const { stop, postgres: restarted, kill, redis: gone } = figures.accidents;
			expect(Math.min(stop, restarted, kill, gone), JSON.stringify(figures.accidents)).toBeGreaterThan(0);
			expect(figures.committed).toBeGreaterThan(20);
		},
	);
});
