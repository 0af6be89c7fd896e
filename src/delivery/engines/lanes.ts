import { LIMITS } from '../../../schema.js';
import { beat, buryDead, leave, type Node } from '../../kernel/database/node-table.js';
import type { Engine, TurnPorts, Work } from '../engine.js';
import { createLaneLeases } from './lane-leases.js';
import type { EnginePorts } from './engine-ports.js';
import { isDead, thisProcess } from './this-process.js';
import { messageOf } from '../../kernel/core/message-of.js';

const PLAN = 'plan';

/**
 * The first change is planned at once, those that follow it this closely together: planning each by itself would cost
 * as much again as the saves.
 */
const PLAN_INTERVAL_MS = 25;

/** The longest wait after turns whose results could not be stored, one after the other. */
const UNSTORED_MAX_MS = 60_000;

/** A target of which nothing has come this long after it was due is not left to a queue any longer. */
const OVERDUE_MS = 2_000;

/** How long a target stays with one node where others could go on with it: what is busy all the time moves around. */
const SHARED_TURN_MS = 5_000;

interface Lane {
	running: boolean;
	again: boolean;
	timer: NodeJS.Timeout | null;
	wakesAt: number;
	leasedUntil: number;
	/** Tells the running turn that there is more to send. */
	woken: (() => boolean) | null;
	/** Turns in a row whose results could not be stored. */
	unstored: number;
	/** When it may go on after that, in ms since 1970. */
	resumesAt: number;
	/** This node has found it long after it was due, without having been told. */
	found: boolean;
	/** The turn that runs, or ran last. */
	ended: Promise<void>;
}

const newLane = (): Lane => ({
	running: false,
	again: false,
	timer: null,
	wakesAt: 0,
	leasedUntil: 0,
	woken: null,
	unstored: 0,
	resumesAt: 0,
	found: false,
	ended: Promise.resolve(),
});

/** Where targets are handed to whichever node has time for them. */
export interface Sharing {
	/** False where this node has to work on the target itself. */
	add(target: string): boolean;
	/** No node has worked on the target for long after it was due. */
	found(target: string): void;
	/** Once per poll: how many targets wait or are being sent to, and how many nodes share them. */
	looked(targets: number, nodes: number): void;
}

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
	const node = self.id;
	const leases = createLaneLeases(database, clock, node);
	const lanes = new Map<string, Lane>();
	let work: Work | null = null;
	let stopped = false;
	let poll: NodeJS.Timeout | null = null;
	let polling: Promise<void> = Promise.resolve();
	let nodes = 1;
	let beatAt = 0;
	let plannedAt = 0;

	const laneOf = (name: string): Lane => {
		const lane = lanes.get(name) ?? newLane();
		lanes.set(name, lane);
		return lane;
	};

	function wake(name: string, at?: number): void {
		const lane = laneOf(name);
		const now = clock.now();
		const round = name === PLAN ? Math.max(plannedAt + PLAN_INTERVAL_MS, now + budget.waitMs()) : now;
		const soonest = Math.max(at ?? now, round, lane.resumesAt);
		if (soonest > now) wakeAt(lane, name, soonest);
		else if (lane.running) lane.again ||= !lane.woken?.();
		else if (work && (name === PLAN || !sharing?.add(name))) run(name, lane, work);
	}

	/** Unless it wakes sooner anyway. */
	function wakeAt(lane: Lane, name: string, at: number): void {
		if (lane.timer && lane.wakesAt <= at) return;
		if (lane.timer) clearTimeout(lane.timer);
		lane.wakesAt = at;
		// Longer waits are found by the poll.
		lane.timer = setTimeout(
			() => {
				lane.timer = null;
				wake(name);
			},
			Math.min(Math.max(1, at - clock.now()), 60_000),
		).unref();
	}

	async function runHere(target: string): Promise<void> {
		const lane = laneOf(target);
		if (lane.running) lane.again ||= !lane.woken?.();
		else if (lane.resumesAt > clock.now()) wakeAt(lane, target, lane.resumesAt);
		else if (work) run(target, lane, work);
		await lane.ended;
	}

	function run(name: string, lane: Lane, given: Work): void {
		[lane.running, lane.again] = [true, false];
		lane.ended = turn(name, lane, given)
			.then((nextAt) => {
				lane.unstored = 0;
				return nextAt;
			})
			.catch((error: unknown) => {
				// What could not be written down is sent again: ever more seldom, as long as that lasts.
				const isUnstored = (error as { unstored?: boolean } | null)?.unstored === true;
				const wait = isUnstored ? Math.min(1_000 * 2 ** Math.min(lane.unstored, 10), UNSTORED_MAX_MS) : 1_000;
				if (isUnstored) [lane.unstored, lane.resumesAt] = [lane.unstored + 1, clock.now() + wait];
				// What this turn had claimed is still marked as being sent: the next turn takes the lease anew and recovers it.
				lane.leasedUntil = 0;
				logger.error(
					`[downstream] ${name === PLAN ? 'planning' : `sending to ${name}`} was interrupted, and goes on in ${wait / 1_000} s: ${messageOf(error)}`,
				);
				return clock.now() + wait;
			})
			.then((nextAt) => {
				[lane.running, lane.found] = [false, false];
				if (!work) return;
				if (lane.again) wake(name);
				else if (nextAt !== null) wakeAt(lane, name, nextAt);
			});
	}

	async function turn(name: string, lane: Lane, given: Work): Promise<number | null> {
		const now = clock.now();
		if (lane.leasedUntil < now + LIMITS.lease / 2) {
			const held = lane.leasedUntil > now && (await leases.renew(name));
			const taken = held ? null : await leases.take(name);
			if (taken === 'held') return name === PLAN ? now + 50 : null;
			lane.leasedUntil = now + LIMITS.lease;
			if (lane.found) sharing?.found(name);
			if (taken && name !== PLAN) await given.takeOver(name, taken.note);
		}
		const holds = leases.watch(name, lane);
		const isShared = () => sharing !== null && nodes > 1 && clock.now() - now > SHARED_TURN_MS;
		const stopping = () => work === null || isShared();
		const listen: TurnPorts['listen'] = (woken) => (lane.woken = woken);
		try {
			if (name === PLAN) return await plan(given, () => stopping() || !holds.now());
			return await given.send(name, { stopping, holds: holds.now, listen });
		} finally {
			lane.woken = null;
			holds.end();
			// With several processes a lease is held no longer than needed: the next change may be noticed on another one.
			if (nodes > 1 || sharing) {
				lane.leasedUntil = 0;
				await leases.giveBack(name, given.leave(name));
			}
		}
	}

	async function plan(given: Work, isOver: () => boolean): Promise<number | null> {
		let [more, waitMs] = [true, 0];
		while (more && waitMs === 0 && !isOver()) {
			budget.planning();
			more = await budget.measure(given.plan);
			if (!more) budget.planned();
			waitMs = budget.waitMs();
		}
		plannedAt = clock.now();
		return more ? plannedAt + waitMs : null;
	}

	/**
	 * A killed process left its leases behind; where it can be told that it is dead, nobody waits for them. This one is
	 * made known before it takes any, so that the same can be told of it.
	 */
	async function arrive(): Promise<void> {
		await buryDead(database, (other: Node) => isDead(other, self));
		await showSelf();
	}

	async function showSelf(): Promise<void> {
		beatAt = clock.now();
		nodes = await beat(database, self, beatAt, 2 * LIMITS.lease);
	}

	async function look(): Promise<void> {
		const current = work;
		if (!current) return;
		const now = clock.now();
		if (now - beatAt > LIMITS.lease / 2) await showSelf();
		await current.tick();
		wake(PLAN);
		const waiting = await current.waiting();
		// It was stopped meanwhile.
		if (work !== current) return;
		sharing?.looked(new Set(waiting.map(({ target }) => target)).size, nodes);
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
					if (work) schedulePoll();
				});
		}, LIMITS.poll).unref();
	}

	return {
		start(given) {
			void arrive()
				.catch((error: unknown) => logger.debug(`[downstream] ${String(error)}`))
				.then(() => {
					if (stopped) return undefined;
					work = given;
					wake(PLAN);
					return look().catch(() => {});
				})
				.then(() => work && schedulePoll());
		},
		async stop() {
			const given = work;
			stopped = true;
			work = null;
			if (poll) clearTimeout(poll);
			for (const lane of lanes.values()) if (lane.timer) clearTimeout(lane.timer);
			await polling;
			const deadline = clock.now() + 5_000;
			while ([...lanes.values()].some((lane) => lane.running) && clock.now() < deadline)
				await new Promise((resolve) => setTimeout(resolve, 20));
			const held = [...lanes].filter(([, lane]) => lane.leasedUntil > clock.now()).map(([name]) => name);
			// If the database is closed already, the leases expire by themselves.
			await Promise.all(held.map((name) => leases.giveBack(name, given?.leave(name) ?? null).catch(() => {})));
			await leave(database, node).catch(() => {});
		},
		wake,
		node,
		nodes: () => nodes,
		runHere,
	};
}
