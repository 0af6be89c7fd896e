import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { LIMITS } from '../../../schema.js';
import type { RedisSettings } from '../../kernel/core/redis-settings.js';
import type { Logger } from '../../kernel/ports.js';

/** So long an answer of Redis is waited for. */
const ANSWER_MS = 1_500;

/** The least number of targets that a node sends to at once, so that one that hangs does not hold up the others. */
const LEAST = 2;

export interface RedisQueue {
	/** Whether jobs can be added, and are taken. */
	isUp(): boolean;
	/** Why not; null where it is. */
	problem(): string | null;
	/** Resolves when it is up for the first time. */
	ready: Promise<void>;
	/**
	 * Has the target sent to by one of the nodes.
	 * @param failed is called where that could not be noted down
	 */
	add(target: string, failed: () => void): void;
	/** Lets jobs for the target be added again, whatever Redis has forgotten of an earlier one. */
	forget(target: string): void;
	/** At how many targets at most this node is at work at once. */
	share(targets: number): void;
	/** Asks Redis whether it is there. */
	look(): Promise<void>;
	close(): Promise<void>;
}

/**
 * A queue with at most one job per target that waits, and one that is being worked on: a wake while a target is being sent
 * to makes another job after that one. A job says nothing but the target; what is due the database knows, so whatever
 * Redis loses is found by the polls.
 * @param name the same for all nodes of this instance, and for no other
 */
export function openRedisQueue(
	settings: RedisSettings,
	name: string,
	{ logger, work }: { logger: Logger; work(target: string): Promise<void> },
): RedisQueue {
	let isAnswering = false;
	let lastError: string | null = null;
	let isClosed = false;
	let becameReady: () => void = () => {};
	const ready = new Promise<void>((resolve) => (becameReady = resolve));
	const noteError = (error: Error) => {
		lastError = error.message || (error as { code?: string }).code || 'no connection';
	};

	const asking = connect(settings, { enableOfflineQueue: false });
	const working = connect(settings, {});
	for (const client of [asking, working]) client.on('error', noteError);
	asking.on('close', () => void (isAnswering = false));

	const options = { prefix: '{downstream}', skipVersionCheck: true };
	const queue = new Queue(name, { ...options, connection: asking as never, skipMetasUpdate: true });
	const worker = new Worker(name, async (job) => work(job.name), {
		...options,
		connection: working as never,
		concurrency: LEAST,
		lockDuration: LIMITS.lease,
		stalledInterval: LIMITS.lease / 2,
		// A job that its node left behind is done by another one, however often that happens.
		maxStalledCount: 1_000_000,
		removeOnComplete: { count: 0 },
		removeOnFail: { count: 0 },
		drainDelay: 2,
	});
	// Errors of a job are logged where it is done; here are left those of Redis, and jobs that another node has by now.
	const onError = (error: Error) => {
		noteError(error);
		logger.debug(`[downstream] Redis: ${error.message}`);
	};
	queue.on('error', onError);
	worker.on('error', onError);

	const isUp = () => isAnswering && !isClosed && asking.status === 'ready' && working.status === 'ready';

	async function look(): Promise<void> {
		if (isClosed) return;
		try {
			await within(ANSWER_MS, asking.ping());
			isAnswering = true;
			if (isUp()) becameReady();
		} catch (error) {
			isAnswering = false;
			if (asking.status === 'ready') noteError(error as Error);
		}
	}
	asking.on('ready', () => void look());
	working.on('ready', () => void look());

	return {
		isUp,
		problem: () => (isUp() ? null : (lastError ?? 'it has not answered yet')),
		ready,
		add(target, failed) {
			const deduplication = { id: target, keepLastIfActive: true };
			within(ANSWER_MS, queue.add(target, {}, { deduplication })).catch((error: unknown) => {
				noteError(error as Error);
				isAnswering = false;
				failed();
			});
		},
		forget: (target) => void queue.removeDeduplicationKey(target).catch(() => {}),
		share: (targets) => void (worker.concurrency = Math.max(LEAST, targets)),
		look,
		async close() {
			isClosed = true;
			// Redis may be away, and then nothing comes to its end by itself.
			await within(ANSWER_MS, Promise.all([worker.close(true), queue.close()])).catch(() => {});
			for (const client of [asking, working]) client.disconnect();
		},
	};
}

function connect(settings: RedisSettings, own: RedisOptions): Redis {
	const always: RedisOptions = {
		// What waits for an answer is given up by us; BullMQ forbids ioredis to.
		maxRetriesPerRequest: null,
		retryStrategy: (times) => Math.min(200 * times, 2_000),
		...own,
	};
	if (typeof settings === 'string') return new Redis(settings, always);
	const { keyPrefix: _, ...options } = settings;
	return new Redis({ ...(options as RedisOptions), ...always });
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms).unref();
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}
