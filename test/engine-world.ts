import type { Knex } from 'knex';
import { v7 } from 'uuid';
import { migrateTables } from '../src/app/migrations.js';
import { createBackgroundBudget } from '../src/delivery/core/background-budget.js';
import type { Engine, Work } from '../src/delivery/engine.js';
import type { EnginePorts } from '../src/delivery/engines/engine-ports.js';
import { createBullmqEngine } from '../src/delivery/engines/bullmq.js';
import { createEmbeddedEngine } from '../src/delivery/engines/embedded.js';
import type { RedisSettings } from '../src/kernel/core/redis-settings.js';
import type { Clock } from '../src/kernel/ports.js';
import { memoryDatabase } from './kit/memory-database.js';
import { redisUnavailable, removeQueue, TEST_REDIS } from './kit/redis.js';
import { until } from './kit/wait.js';

/** Several nodes on one database, without Directus, targets and network: there is only what an engine has to see to. */
export interface Engines extends Pick<Work, 'plan' | 'leave'> {
	engines: Engine[];
	node(index: number): Engine;
	database: Knex;
	meta(): Knex.QueryBuilder;
	send: Work['send'];
	/** Targets of every turn that was begun, in order. */
	sent: string[];
	/** The nodes that had those turns. */
	senders: string[];
	takenOver: { target: string; note: string | null }[];
	/** What is said to wait, as the tables would say; null: nothing. */
	owe(target: string, nextAt: number | null, sending?: boolean): void;
	stop(): Promise<void>;
}

/** Makes the engine of one node, and waits until it works as it should. */
export type MakeNode = (ports: EnginePorts) => { engine: Engine; ready?(): Promise<unknown> };

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export const embeddedNodes: MakeNode = (ports) => ({ engine: createEmbeddedEngine(ports, 'A test wants it.') });

export const bullmqNodes =
	(settings: RedisSettings = TEST_REDIS): MakeNode =>
	(ports) => {
		const engine = createBullmqEngine(ports, settings, 'A test wants it.');
		return { engine, ready: engine.ready };
	};

export async function openEngines(
	make: MakeNode,
	count: number,
	{ waits = true }: { waits?: boolean } = {},
): Promise<Engines> {
	const database = memoryDatabase();
	const clock: Clock = { now: () => Date.now(), random: () => Math.random(), id: () => v7() };
	await migrateTables(database, clock, silent);
	const instance = `test-${clock.id()}`;
	const owed = new Map<string, { target: string; nextAt: number; sending: boolean }>();
	const nodes = Array.from({ length: count }, (_, index) =>
		make({
			database,
			clock,
			logger: silent,
			budget: createBackgroundBudget(() => performance.now()),
			self: { id: clock.id(), host: `host ${index}`, pid: 1 },
		}),
	);
	const ticked = new Set<string>();
	const engines = nodes.map(({ engine }) => engine);
	const world: Engines = {
		engines,
		node: (index) => engines[index % count] as Engine,
		database,
		meta: () => database('downstream_meta'),
		plan: async () => false,
		send: async () => null,
		leave: () => null,
		sent: [],
		senders: [],
		takenOver: [],
		owe(target, nextAt, sending = false) {
			if (nextAt === null) owed.delete(target);
			else owed.set(target, { target, nextAt, sending });
		},
		async stop() {
			await Promise.all(engines.map((engine) => engine.stop()));
			await database.destroy();
			if ((await redisUnavailable()) === null) await removeQueue(instance);
		},
	};
	const workOf = (node: string): Work => ({
		plan: () => world.plan(),
		async send(target, turn) {
			world.sent.push(target);
			world.senders.push(node);
			owed.delete(target);
			return world.send(target, turn);
		},
		async takeOver(target, note) {
			world.takenOver.push({ target, note });
		},
		leave: (target) => (target === 'plan' ? null : world.leave(target)),
		waiting: async () => [...owed.values()],
		tick: async () => void ticked.add(node),
		instance: () => instance,
	});
	for (const engine of engines) engine.start(workOf(engine.node));
	await until(() => ticked.size === count, { message: 'every node to begin' });
	if (waits) await Promise.all(nodes.map(({ ready }) => ready?.()));
	return world;
}
