import type { Work } from '../engine.js';
import type { EnginePorts } from './engine-ports.js';
import { newLane, PLAN, type Lane, type NodeState, type Sharing } from './lane.js';
import { messageOf } from '../../kernel/core/message-of.js';

/**
 * The first change is planned at once, those that follow it this closely together: planning each by itself would cost
 * as much again as the saves.
 */
const PLAN_INTERVAL_MS = 25;

/** The longest wait after turns whose results could not be stored, one after the other. */
const UNSTORED_MAX_MS = 60_000;

/** Starts lanes, at once or by a timer, and lets each go on after its turn. */
export function createLaneRuns(
	{ clock, logger, budget }: Pick<EnginePorts, 'clock' | 'logger' | 'budget'>,
	turn: (name: string, lane: Lane, given: Work) => Promise<number | null>,
	node: NodeState,
	sharing: Sharing | null,
) {
	const lanes = new Map<string, Lane>();

	const laneOf = (name: string): Lane => {
		const lane = lanes.get(name) ?? newLane();
		lanes.set(name, lane);
		return lane;
	};

	function wake(name: string, at?: number): void {
		const lane = laneOf(name);
		const now = clock.now();
		const round = name === PLAN ? Math.max(node.plannedAt + PLAN_INTERVAL_MS, now + budget.waitMs()) : now;
		const soonest = Math.max(at ?? now, round, lane.resumesAt);
		if (soonest > now) wakeAt(lane, name, soonest);
		else if (lane.running) lane.again ||= !lane.woken?.();
		else if (node.work && (name === PLAN || !sharing?.add(name))) run(name, lane, node.work);
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
		else if (node.work) run(target, lane, node.work);
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
				if (!node.work) return;
				if (lane.again) wake(name);
				else if (nextAt !== null) wakeAt(lane, name, nextAt);
			});
	}

	return { lanes, laneOf, wake, wakeAt, run, runHere };
}
