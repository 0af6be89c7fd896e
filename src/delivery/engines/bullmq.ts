import type { RedisSettings } from '../../kernel/core/redis-settings.js';
import type { Engine, Work } from '../engine.js';
import type { EnginePorts } from './engine-ports.js';
import { createLanes } from './lanes.js';
import { openRedisQueue, type RedisQueue } from './redis-queue.js';

/** How much more than its equal share of the targets a node may take on. */
const MORE = 1.5;

/** So many a node takes on that is alone: no other would. */
const ALL = 1_000;

/**
 * The engine for several nodes: BullMQ on Directus' Redis says which node sends to a target. What is due and what became
 * of it is in the database, and so is the lease under which a node sends; a job without a lease does nothing. While Redis
 * does not answer, each node works on what it was woken for and what it finds, as the embedded engine does.
 * @param why it is this one, as a sentence
 */
export function createBullmqEngine(
	ports: EnginePorts,
	settings: RedisSettings,
	why: string,
): Engine & {
	/** Resolves when Redis has answered. */
	ready(): Promise<void>;
} {
	const { logger } = ports;
	let queue: RedisQueue | null = null;
	let name: string | null = null;
	let work: Work | null = null;
	let wasUp: boolean | null = null;
	const begun = Promise.withResolvers<void>();

	const lanes = createLanes(ports, {
		add(target) {
			if (!queue?.isUp()) return false;
			queue.add(target, () => void lanes.runHere(target));
			return true;
		},
		found: (target) => queue?.forget(target),
		looked: (targets, nodes) => queue?.share(nodes > 1 ? Math.ceil((MORE * targets) / nodes) : ALL),
	});

	/** An instance that does not know whether it is itself takes no part; one that is another by now has another queue. */
	async function look(): Promise<void> {
		const instance = work?.instance() ?? null;
		if (instance !== name) {
			await queue?.close();
			[queue, name] = [null, instance];
			if (instance !== null && work !== null) {
				queue = openRedisQueue(settings, instance, { logger, work: lanes.runHere });
				void queue.ready.then(begun.resolve);
			}
		}
		await queue?.look();
		const isUp = queue?.isUp() ?? false;
		if (queue !== null && wasUp !== null && isUp !== wasUp)
			if (isUp) logger.info('[downstream] Redis is back: the nodes share their work through it again');
			else logger.warn(`[downstream] Redis does not answer (${queue.problem()}); each node finds its work by itself`);
		if (queue !== null && (isUp || wasUp !== null)) wasUp = isUp;
	}

	return {
		...lanes,
		ready: () => begun.promise,
		start(given) {
			work = given;
			lanes.start({
				...given,
				async tick() {
					await look();
					await given.tick();
				},
			});
		},
		async stop() {
			work = null;
			await lanes.stop();
			await queue?.close();
		},
		working: () =>
			queue?.isUp()
				? { name: 'bullmq', why, isStandIn: false }
				: {
						name: 'embedded',
						why: `Redis does not answer: ${queue?.problem() ?? 'it was not asked yet'}.`,
						isStandIn: true,
					},
	};
}
