import { LIMITS } from '../../../schema.js';
import { beat, buryDead, leave, type Node } from '../../kernel/database/node-table.js';
import type { Engine, Work } from '../engine.js';
import { PLAN, type Lane, type NodeState, type Sharing } from './lane.js';
import { createLaneRuns } from './lane-runs.js';
import { createLaneTurns } from './lane-turns.js';
import { createLaneLeases } from './lane-leases.js';
import type { EnginePorts } from './engine-ports.js';
import { isDead, thisProcess } from './this-process.js';
import { messageOf } from '../../kernel/core/message-of.js';

/** A target of which nothing has come this long after it was due is not left to a queue any longer. */
const OVERDUE_MS = 2_000;

/**
 * Timers in this process, and leases in the database that make several processes take turns.
 *
 * A lane (the planner, or one target) is idle, waiting for a timer, or running. `wake` starts an idle lane, and makes
 * a running one go round once more. A lane runs only while its lease is held; where another process holds it, the
 * lane waits for the next poll, since that process polls too.
 * @param sharing is asked before a lane starts here; without it every node works on what it was woken for
 */
export function createLanes(
	{ database, clock, logger, budget, self = thisProcess(clock.id()) }: EnginePorts,
	sharing: Sharing | null = null,
): Omit<Engine, 'working'> & {
	/** Works on a target here; resolves when the turn is over. Never rejects. */
	runHere(target: string): Promise<void>;
} {
	const leases = createLaneLeases(database, clock, self.id);
	const state: NodeState = { work: null, nodes: 1, plannedAt: 0 };
	const presence = createPresence({ database, clock, self }, state);
	const turn = createLaneTurns({ clock, budget }, leases, state, sharing);
	const { lanes, laneOf, wake, wakeAt, run, runHere } = createLaneRuns({ clock, logger, budget }, turn, state, sharing);
	let stopped = false;
	let poll: NodeJS.Timeout | null = null;
	let polling: Promise<void> = Promise.resolve();

	async function look(): Promise<void> {
		const current = state.work;
		if (!current) return;
		const now = clock.now();
		await presence.renew();
		await current.tick();
		wake(PLAN);
		const waiting = await current.waiting();
		// It was stopped meanwhile.
		if (state.work !== current) return;
		sharing?.looked(new Set(waiting.map(({ target }) => target)).size, state.nodes);
		for (const { target, nextAt, sending } of waiting) {
			const lane = laneOf(target);
			if (lane.running) continue;
			if (sharing && nextAt < now - OVERDUE_MS && lane.resumesAt <= now) {
				lane.found = true;
				run(target, lane, current);
			} else if (nextAt <= now || (sending && lane.leasedUntil < now)) wake(target);
			else wakeAt(lane, target, nextAt);
		}
	}

	function schedulePoll(): void {
		poll = setTimeout(() => {
			polling = look()
				.catch((error: unknown) =>
					logger.warn(`[downstream] looking for work failed, and is tried again in a second: ${messageOf(error)}`),
				)
				.then(() => {
					if (state.work) schedulePoll();
				});
		}, LIMITS.poll).unref();
	}

	return {
		start(given) {
			void presence
				.arrive()
				.catch((error: unknown) => logger.debug(`[downstream] ${String(error)}`))
				.then(() => {
					if (stopped) return undefined;
					state.work = given;
					wake(PLAN);
					return look().catch(() => {});
				})
				.then(() => state.work && schedulePoll());
		},
		async stop() {
			const given = state.work;
			stopped = true;
			state.work = null;
			if (poll) clearTimeout(poll);
			for (const lane of lanes.values()) if (lane.timer) clearTimeout(lane.timer);
			await polling;
			await untilIdle([...lanes.values()], clock);
			await giveBackAll(lanes, leases, given, clock.now());
			await leave(database, self.id).catch(() => {});
		},
		wake,
		node: self.id,
		nodes: () => state.nodes,
		runHere,
	};
}

/** Makes this node known to the others, and counts them. */
function createPresence(
	{ database, clock, self }: Pick<EnginePorts, 'database' | 'clock'> & { self: Node },
	state: NodeState,
) {
	let shownAt = 0;

	async function show(): Promise<void> {
		shownAt = clock.now();
		state.nodes = await beat(database, self, shownAt, 2 * LIMITS.lease);
	}

	return {
		/**
		 * A killed process left its leases behind; where it can be told that it is dead, they are taken away at once. This node is
		 * made known before it takes any, so that the same can be told of it.
		 */
		async arrive(): Promise<void> {
			await buryDead(database, (other: Node) => isDead(other, self));
			await show();
		},
		async renew(): Promise<void> {
			if (clock.now() - shownAt > LIMITS.lease / 2) await show();
		},
	};
}

/** Waits until no lane runs, at most five seconds. */
async function untilIdle(lanes: Lane[], clock: EnginePorts['clock']): Promise<void> {
	const deadline = clock.now() + 5_000;
	while (lanes.some((lane) => lane.running) && clock.now() < deadline)
		await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Gives back the leases that are still held. If the database is closed already, they expire by themselves. */
async function giveBackAll(
	lanes: ReadonlyMap<string, Lane>,
	leases: ReturnType<typeof createLaneLeases>,
	work: Work | null,
	now: number,
): Promise<void> {
	const held = [...lanes].filter(([, lane]) => lane.leasedUntil > now).map(([name]) => name);
	await Promise.all(held.map((name) => leases.giveBack(name, work?.leave(name) ?? null).catch(() => {})));
}
