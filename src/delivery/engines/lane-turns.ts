import { LIMITS } from '../../../schema.js';
import type { TurnPorts, Work } from '../engine.js';
import type { createLaneLeases } from './lane-leases.js';
import type { EnginePorts } from './engine-ports.js';
import { PLAN, type Lane, type NodeState, type Sharing } from './lane.js';

/** How long a target stays with one node where others could go on with it: what is busy all the time moves around. */
const SHARED_TURN_MS = 5_000;

/** Turns of lanes, each under its lease. */
export function createLaneTurns(
	{ clock, budget }: Pick<EnginePorts, 'clock' | 'budget'>,
	leases: ReturnType<typeof createLaneLeases>,
	node: NodeState,
	sharing: Sharing | null,
) {
	/** @returns when it has to go on, in ms since 1970; null where nothing is known to be due */
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
		const isShared = () => sharing !== null && node.nodes > 1 && clock.now() - now > SHARED_TURN_MS;
		const stopping = () => node.work === null || isShared();
		const listen: TurnPorts['listen'] = (woken) => (lane.woken = woken);
		try {
			if (name === PLAN) return await plan(given, () => stopping() || !holds.now());
			return await given.send(name, { stopping, holds: holds.now, listen });
		} finally {
			lane.woken = null;
			holds.end();
			// With several processes a lease is held no longer than needed: the next change may be noticed on another one.
			if (node.nodes > 1 || sharing) {
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
		node.plannedAt = clock.now();
		return more ? node.plannedAt + waitMs : null;
	}

	return turn;
}
