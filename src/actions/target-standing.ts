import type { Knex } from 'knex';
import type { Health } from '../core/target-health.js';
import type { Engine } from '../engine/engine.js';
import type { Clock, DeliveryQueue, Logger } from '../engine/ports.js';
import type { RulesInForce } from '../io/rules-in-force.js';
import { createTargetStateReader, savePaused, type TargetState } from '../tables/target-state-table.js';

/** How long another process' pausing of a target may go unnoticed. */
const FRESH_MS = 400;

/** How each target stands: its health, and whether it is paused; and what people or answers change of that. */
export function createTargetStanding(doors: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	queue: DeliveryQueue;
	rules: RulesInForce;
	engine: Engine;
	/** Whoever resumes a link accepts the instance that answers now. */
	meetAgain(target: string): Promise<void>;
}) {
	const { database, clock, logger, queue, rules, engine } = doors;
	const read = createTargetStateReader(database);
	/** Senders ask often; the one that holds a target's lease is the only one that changes its health. */
	const states = new Map<string, { at: number; state: TargetState }>();

	return {
		async of(id: string): Promise<TargetState> {
			const known = states.get(id);
			if (known && clock.now() - known.at < FRESH_MS) return known.state;
			const state = await read(id);
			states.set(id, { at: clock.now(), state });
			return state;
		},
		/** A sender has written its health. */
		hasHealth(id: string, health: Health): void {
			const known = states.get(id);
			if (known) known.state = { ...known.state, health };
		},
		forget: (id: string): void => void states.delete(id),
		async pause(target: string, reason: string | null): Promise<void> {
			await savePaused(database, target, true, reason);
			states.delete(target);
		},
		/** Starts a target again, as if it had never failed, with what was collected. */
		async resume(target: string): Promise<void> {
			await savePaused(database, target, false, null);
			states.delete(target);
			await doors.meetAgain(target);
			await queue.hurry(target, clock.now());
			engine.wake(target);
		},
		/** What a target is still owed ends with the target; it may also be one that this node has not read yet. */
		async abandonIfDeleted(target: string): Promise<void> {
			await rules.reload();
			if (rules.target(target)) return;
			const abandoned = await queue.abandon(target, clock.now());
			if (abandoned > 0)
				logger.info(`[downstream] ${abandoned} deliveries were cancelled, because their target was deleted`);
		},
	};
}
