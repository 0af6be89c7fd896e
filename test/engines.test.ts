import { afterEach, describe, expect, it } from 'vitest';
import { leasesHeld, NOTE_LOST } from '../src/kernel/database/leases.js';
import type { TurnPorts } from '../src/delivery/engine.js';
import { bullmqNodes, embeddedNodes, openEngines, type Engines } from './engine-world.js';
import { redisUnavailable } from './kit/redis.js';
import { pause, until } from './kit/wait.js';

const noRedis = await redisUnavailable();
if (noRedis !== null) console.warn(`The engine bullmq was not tested, for there is no Redis here: ${noRedis}`);

const ENGINES = [
	['embedded', embeddedNodes, true],
	['bullmq', bullmqNodes(), noRedis === null],
] as const;

/** What `src/delivery/engine.ts` asks of an engine. */
describe.for(ENGINES.filter(([, , canRun]) => canRun))('the engine "%s"', ([name, nodes]) => {
	let world: Engines;
	afterEach(() => world.stop());
	const begin = async (count: number) => (world = await openEngines(nodes, count));

	it('says that it works', async () => {
		await begin(2);
		for (const engine of world.engines) expect(engine.working()).toMatchObject({ name, isStandIn: false });
	});

	it('plans soon after it was woken, on one node at a time, until nothing is left', async () => {
		await begin(3);
		let left = 0;
		let running = 0;
		let most = 0;
		world.plan = async () => {
			most = Math.max(most, (running += 1));
			await pause(5);
			running -= 1;
			return (left = Math.max(0, left - 1)) > 0;
		};
		for (let round = 0; round < 5; round++) {
			left = 4;
			world.node(round).wake('plan');
			await until(() => left === 0, { timeout: 8_000, interval: 5, message: 'the outbox to be planned' });
		}
		expect(most).toBe(1);
	});

	it('sends soon after any node was woken, and never on two nodes at once', async () => {
		await begin(3);
		let running = 0;
		let most = 0;
		world.send = async () => {
			most = Math.max(most, (running += 1));
			await pause(20);
			running -= 1;
			return null;
		};
		for (let round = 0; round < 12; round++) {
			const before = world.sent.length;
			world.owe('target', Date.now());
			for (const node of world.engines) node.wake('target');
			await until(() => world.sent.length > before, { timeout: 8_000, interval: 5, message: 'a turn' });
			await until(() => running === 0, { interval: 5 });
			world.owe('target', null);
		}
		expect(most).toBe(1);
	});

	it('does not lose what comes in at the end of a turn', async () => {
		await begin(2);
		for (let round = 0; round < 4; round++) {
			let waits = 1;
			let end: () => void = () => {};
			const looked = new Promise<void>((resolve) => (end = resolve));
			world.send = async () => {
				const seen = waits;
				end();
				// What comes in from here on this turn does not see.
				await pause(10);
				waits -= seen;
				return null;
			};
			world.node(round).wake('target');
			await looked;
			waits += 1;
			world.owe('target', Date.now());
			world.node(round + 1).wake('target');
			await until(() => waits === 0, { timeout: 8_000, interval: 5, message: 'a second turn' });
			world.owe('target', null);
		}
	});

	it('sends again when that was said to be due', async () => {
		await begin(2);
		const at: number[] = [];
		world.send = async () => {
			at.push(Date.now());
			return at.length === 1 ? Date.now() + 300 : null;
		};
		world.node(0).wake('target');
		await until(() => at.length === 2, { timeout: 8_000, interval: 5 });
		expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(299);
	});

	it('finds by itself, within two polls and a moment, what nobody was woken for', async () => {
		await begin(2);
		world.owe('forgotten', Date.now());
		await until(() => world.sent.includes('forgotten'), { timeout: 8_000, message: 'the forgotten target' });
	});

	it('takes over from a node that died, and is told that it left without a word', async () => {
		await begin(2);
		await world.meta().insert({ key: 'lease:target', holder: 'dead', until: Date.now() - 1, value: null });
		world.owe('target', Date.now() - 60_000, true);
		await until(() => world.sent.includes('target'), { timeout: 8_000, message: 'the dead node’s target' });
		expect(world.takenOver[0]).toEqual({ target: 'target', note: NOTE_LOST });
	});

	it('hands on what a node has to say about a target', async () => {
		await begin(2);
		let said = 0;
		world.leave = () => `note ${(said += 1)}`;
		for (let round = 0; round < 4; round++) {
			const before = world.sent.length;
			world.owe('target', Date.now());
			world.node(round).wake('target');
			await until(() => world.sent.length > before, { timeout: 8_000, interval: 5 });
			world.owe('target', null);
			await until(async () => (await world.meta().where({ key: 'lease:target' }).first('holder'))?.holder === null);
		}
		const notes = world.takenOver.map(({ note }) => note);
		expect(notes).toEqual([null, ...notes.slice(1).map((_, index) => `note ${index + 1}`)]);
	});

	it('lets a turn know that another node had the target, also when that one has given it back', async () => {
		await begin(1);
		let turn: TurnPorts | null = null;
		let end: () => void = () => {};
		world.send = async (_target, given) => {
			turn ??= given;
			await new Promise<void>((resolve) => (end = resolve));
			return null;
		};
		world.node(0).wake('target');
		const running = await until(() => turn);
		expect(running.holds()).toBe(true);
		await world.meta().where({ key: 'lease:target' }).update({ holder: null, until: null });
		await until(() => !running.holds(), { timeout: 9_000, message: 'the turn to learn of it' });
		end();
	}, 15_000);

	it('begins nothing after it was stopped, lets what runs come to its end, and holds nothing any more', async () => {
		await begin(1);
		let ended = false;
		let isStopping: () => boolean = () => false;
		world.send = async (_target, { stopping }) => {
			isStopping = stopping;
			await until(() => stopping(), { interval: 5 });
			await pause(50);
			ended = true;
			return null;
		};
		world.node(0).wake('target');
		await until(() => world.sent.length === 1);
		expect(isStopping()).toBe(false);
		await world.node(0).stop();
		expect(ended).toBe(true);
		world.node(0).wake('another');
		await pause(50);
		expect(world.sent).toEqual(['target']);
		expect(await leasesHeld(world.database, ['target', 'plan'], world.node(0).node)).toEqual(new Set());
	});
});
