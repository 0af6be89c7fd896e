import type { Clock, Logger } from '../../kernel/ports.js';
import type { Knex } from 'knex';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { LIMITS } from '../../../schema.js';
import type { BackgroundBudget } from '../core/background-budget.js';
import type { Engine, Work } from '../engine.js';
import { askTogether } from '../../kernel/database/ask-together.js';
import { acquireLeases, releaseLeases } from '../../kernel/database/leases.js';
import { beat, buryDead, leave, type Node } from '../../kernel/database/node-table.js';

const PLAN = 'plan';

/**
 * The first change is planned at once, those that follow it this closely together: planning each by itself would cost
 * as much again as the saves.
 */
const PLAN_INTERVAL_MS = 25;

/** The longest wait after turns whose results could not be stored, one after the other. */
const UNSTORED_MAX_MS = 60_000;

interface Lane {
	running: boolean;
	again: boolean;
	timer: NodeJS.Timeout | null;
	wakesAt: number;
	leasedUntil: number;
	/** Whoever is sending may take in at once that there is more. */
	woken: (() => boolean) | null;
	/** Turns in a row whose results could not be stored. */
	unstored: number;
	/** When it may go on after that, in ms since 1970. */
	resumesAt: number;
}

/**
 * The engine that needs nothing but Directus' own database: timers in this process, and leases in the database that
 * make several processes take turns.
 *
 * A lane (the planner, or one target) is idle, waiting for a timer, or running. `wake` starts an idle lane, and makes
 * a running one go round once more. A lane runs only while its lease is held; where another process holds it, the
 * lane waits for the next poll, since that process polls too.
 */
export function createEmbeddedEngine(database: Knex, clock: Clock, logger: Logger, budget: BackgroundBudget): Engine {
	const node = clock.id();
	const self: Node = { id: node, host: whereProcessesAreNumbered(), pid: process.pid };
	const lanes = new Map<string, Lane>();
	let work: Work | null = null;
	let stopped = false;
	let poll: NodeJS.Timeout | null = null;
	let polling: Promise<void> = Promise.resolve();
	let nodes = 1;
	let beatAt = 0;
	let plannedAt = 0;

	/** Ten targets that are told of one change begin at the same moment. */
	const acquire = askTogether(async (names: string[]) => {
		const taken = await acquireLeases(database, names, node, LIMITS.lease, clock.now());
		return names.map((name) => taken.has(name));
	});
	const release = askTogether(async (names: string[]) => {
		await releaseLeases(database, names, node);
		return names;
	});

	const laneOf = (name: string): Lane => {
		const known = lanes.get(name);
		if (known) return known;
		const made: Lane = {
			running: false,
			again: false,
			timer: null,
			wakesAt: 0,
			leasedUntil: 0,
			woken: null,
			unstored: 0,
			resumesAt: 0,
		};
		lanes.set(name, made);
		return made;
	};

	function wake(name: string, at?: number): void {
		const lane = laneOf(name);
		const now = clock.now();
		const round = name === PLAN ? Math.max(plannedAt + PLAN_INTERVAL_MS, now + budget.waitMs()) : now;
		const soonest = Math.max(at ?? now, round, lane.resumesAt);
		if (soonest > now) wakeAt(lane, name, soonest);
		else if (lane.running) lane.again ||= !lane.woken?.();
		else run(name, lane);
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

	function run(name: string, lane: Lane): void {
		if (!work) return;
		[lane.running, lane.again] = [true, false];
		void turn(name, lane, work)
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
					`[downstream] ${name === PLAN ? 'planning' : `sending to ${name}`} was interrupted, and goes on in ${wait / 1_000} s: ${error instanceof Error ? error.message : String(error)}`,
				);
				return clock.now() + wait;
			})
			.then((nextAt) => {
				lane.running = false;
				if (!work) return;
				if (lane.again) wake(name);
				else if (nextAt !== null) wakeAt(lane, name, nextAt);
			});
	}

	async function turn(name: string, lane: Lane, { plan, send, recover }: Work): Promise<number | null> {
		const now = clock.now();
		if (lane.leasedUntil < now + LIMITS.lease / 2) {
			const held = lane.leasedUntil > now;
			if (!(await acquire(name))) return name === PLAN ? now + 50 : null;
			lane.leasedUntil = now + LIMITS.lease;
			if (!held && name !== PLAN) await recover(name);
		}
		const renewal = setInterval(() => void renew(name, lane), LIMITS.lease / 3);
		try {
			// A lease that could not be renewed may be somebody else's by now.
			const lost = () => work === null || lane.leasedUntil <= clock.now();
			if (name !== PLAN) return await send(name, lost, (woken) => (lane.woken = woken));
			let [more, waitMs] = [true, 0];
			while (more && waitMs === 0 && !lost()) {
				budget.planning();
				more = await budget.measure(plan);
				if (!more) budget.planned();
				waitMs = budget.waitMs();
			}
			plannedAt = clock.now();
			return more && waitMs > 0 ? plannedAt + waitMs : null;
		} finally {
			lane.woken = null;
			clearInterval(renewal);
			if (nodes > 1) await giveBack(name, lane);
		}
	}

	/** With several processes a lease is held no longer than needed: the next change may be noticed on another one. */
	async function giveBack(name: string, lane: Lane): Promise<void> {
		lane.leasedUntil = 0;
		await release(name);
	}

	async function renew(name: string, lane: Lane): Promise<void> {
		const now = clock.now();
		try {
			lane.leasedUntil = (await acquire(name)) ? now + LIMITS.lease : 0;
		} catch {
			// The database is away; the lease runs out by itself if it stays away.
		}
	}

	/**
	 * A killed process left its leases behind; where it can be told that it is dead, nobody waits for them. This one is
	 * made known before it takes any, so that the same can be told of it.
	 */
	async function arrive(): Promise<void> {
		await buryDead(database, (other) => isDead(other, self));
		await showSelf();
	}

	async function showSelf(): Promise<void> {
		beatAt = clock.now();
		nodes = await beat(database, self, beatAt, 2 * LIMITS.lease);
	}

	async function look(): Promise<void> {
		if (!work) return;
		const now = clock.now();
		if (now - beatAt > LIMITS.lease / 2) await showSelf();
		await work.tick();
		wake(PLAN);
		for (const { target, nextAt, sending } of await work.waiting()) {
			const lane = laneOf(target);
			if (!lane.running && (nextAt <= now || (sending && lane.leasedUntil < now))) wake(target);
			else if (!lane.running) wakeAt(lane, target, nextAt);
		}
	}

	function schedulePoll(): void {
		poll = setTimeout(() => {
			polling = look()
				.catch((error: unknown) =>
					logger.warn(
						`[downstream] looking for work failed, and is tried again in a second: ${error instanceof Error ? error.message : String(error)}`,
					),
				)
				.then(() => {
					if (work) schedulePoll();
				});
		}, LIMITS.poll).unref();
	}

	return {
		name: 'embedded',
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
			if (held.length > 0) await releaseLeases(database, held, node).catch(() => {});
			await leave(database, node).catch(() => {});
		},
		wake,
		node,
		nodes: () => nodes,
	};
}

/**
 * Names what process numbers count for: this machine and, on Linux, its process namespace, since two containers may
 * share a host name and both run as number 1.
 */
function whereProcessesAreNumbered(): string {
	try {
		return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
	} catch {
		return hostname();
	}
}

/** Only processes of this machine can be told from here. One with this process' own number is its predecessor. */
function isDead(other: Node, self: Node): boolean {
	if (other.host !== self.host || other.id === self.id) return false;
	if (other.pid === self.pid) return true;
	try {
		process.kill(other.pid, 0);
		return false;
	} catch (error) {
		return (error as { code?: string }).code === 'ESRCH';
	}
}
