import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bullmqNodes, openEngines, type Engines } from './engine-world.js';
import { startRedis, type OwnRedis } from './kit/redis.js';
import { pause, until } from './kit/wait.js';

const redis = await startRedis();
if (redis === null) console.warn('What becomes of a lost Redis was not tested, for redis-server is not installed here');

describe.runIf(redis !== null)('the engine "bullmq"', () => {
	const { settings, kill, start, stand, goOn } = redis as OwnRedis;
	let world: Engines;
	let client: Redis;
	beforeAll(() => {
		client = new Redis(settings);
		client.on('error', () => {});
	});
	afterEach(async () => {
		goOn();
		await world.stop();
	});
	afterAll(async () => {
		client.disconnect();
		await kill();
	});
	const begin = async (count: number) => (world = await openEngines(bullmqNodes(settings), count));
	const isWorking = (name: string) => () => world.engines.every((engine) => engine.working().name === name);

	/** Each target is owed something, and its turn is woken for once. */
	async function sendTo(targets: string[]): Promise<void> {
		const done = new Set<string>();
		world.send = async (target) => {
			await pause(20);
			done.add(target);
			return null;
		};
		targets.forEach((target, index) => {
			world.owe(target, Date.now());
			world.node(index).wake(target);
		});
		await until(() => targets.every((target) => done.has(target)), {
			timeout: 8_000,
			message: () => `${targets.filter((target) => !done.has(target))} to be sent to`,
		});
	}
	const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

	it('spreads targets over the nodes', async () => {
		await begin(4);
		world.send = async () => {
			await pause(50);
			return null;
		};
		const targets = names('spread', 200);
		for (const target of targets) {
			world.node(0).wake(target);
			await pause(5);
		}
		await until(() => world.sent.length >= targets.length, { timeout: 10_000 });
		const shares = [...Map.groupBy(world.senders, (node) => node).values()].map((turns) => turns.length);
		expect(shares).toHaveLength(4);
		expect(Math.max(...shares)).toBeLessThanOrEqual(0.5 * world.senders.length);
	}, 20_000);

	it('gives no node more than one and a half times its share of targets that are always busy', async () => {
		await begin(4);
		const under = new Map<string, number>();
		let most = 0;
		const count = (node: string, by: number) => under.set(node, (under.get(node) ?? 0) + by);
		world.send = async (target, { stopping }) => {
			const node = world.senders.at(-1) as string;
			count(node, 1);
			most = Math.max(most, under.get(node) ?? 0);
			const end = Date.now() + 200;
			while (!stopping() && Date.now() < end) await pause(20);
			count(node, -1);
			world.owe(target, Date.now());
			return Date.now();
		};
		for (const target of names('busy', 8)) {
			world.owe(target, Date.now());
			world.node(0).wake(target);
		}
		await until(() => world.sent.length >= 160, {
			timeout: 20_000,
			message: () => `160 turns, not ${world.sent.length}`,
		});
		expect(most).toBeLessThanOrEqual(3);
	}, 30_000);

	it('takes on everything at once where there is one node', async () => {
		await begin(1);
		let [under, most] = [0, 0];
		world.send = async () => {
			most = Math.max(most, (under += 1));
			await pause(500);
			under -= 1;
			return null;
		};
		for (const target of names('alone', 20)) world.node(0).wake(target);
		await until(() => world.sent.length === 20, {
			message: () => `20 targets to be sent to, not ${world.sent.length}`,
		});
		expect(most).toBe(20);
	}, 20_000);

	it('goes on without Redis, and with it again once it is back', async () => {
		await begin(2);
		await sendTo(names('before', 10));
		await kill();
		await sendTo(names('killed', 10));
		await until(isWorking('embedded'), { message: 'the nodes to notice' });
		for (const engine of world.engines)
			expect(engine.working()).toMatchObject({
				isStandIn: true,
				why: expect.stringContaining('Redis does not answer'),
			});
		await sendTo(names('away', 10));
		await start();
		await until(isWorking('bullmq'), { message: 'the nodes to notice that it is back' });
		await sendTo(names('back', 10));
	}, 40_000);

	it('goes on where Redis takes connections and answers nothing', async () => {
		await begin(2);
		stand();
		await sendTo(names('standing', 10));
		await until(isWorking('embedded'), { message: 'the nodes to notice' });
		goOn();
		await until(isWorking('bullmq'), { message: 'the nodes to notice that it goes on' });
		await sendTo(names('going-on', 10));
	}, 40_000);

	it('begins without Redis, and takes it up when it comes', async () => {
		await kill();
		const opening = openEngines(bullmqNodes(settings), 1, { waits: false });
		world = await opening;
		await sendTo(['alone']);
		await start();
		await until(isWorking('bullmq'), { message: 'the node to notice' });
	}, 20_000);

	it('forgets no target of which Redis believes that it waits already', async () => {
		await begin(2);
		await sendTo(['stuck']);
		const [key] = await until(async () => {
			const keys = await client.keys('{downstream}:*:id');
			return keys.length > 0 && keys;
		});
		const prefix = key?.slice(0, -':id'.length);
		// As it is left behind where Redis had to make room, and dropped the job.
		for (const each of await client.keys('{downstream}:*:id'))
			await client.set(`${each.slice(0, -':id'.length)}:de:stuck`, 'a-job-that-is-gone');
		expect(prefix).toBeDefined();
		await sendTo(['stuck']);
		await until(async () => (await client.get(`${prefix}:de:stuck`)) !== 'a-job-that-is-gone', {
			message: 'jobs for the target to be possible again',
		});
	}, 20_000);
});
