import type { Knex } from 'knex';
import type { Health } from '../core/target-health.js';
import type { Engine } from '../engine/engine.js';
import type { Clock, DeliveryQueue, Logger } from '../engine/ports.js';
import type { RulesInForce } from '../io/rules-in-force.js';
import {
	createTargetStateReader,
	savePaused,
	savePausedByAnswer,
	saveResumed,
	type TargetState,
} from '../tables/target-state-table.js';

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
	/** What is read while somebody pauses or resumes is not kept. */
	let changes = 0;
	const change = async (target: string, save: () => Promise<void>) => {
		await save();
		changes += 1;
		states.delete(target);
	};

	return {
		async of(id: string): Promise<TargetState> {
			const known = states.get(id);
			if (known && clock.now() - known.at < FRESH_MS) return known.state;
			const before = changes;
			const state = await read(id);
			if (before === changes) states.set(id, { at: clock.now(), state });
			return state;
		},
		/** A sender has written its health. */
		hasHealth(id: string, health: Health): void {
			const known = states.get(id);
			if (known) known.state = { ...known.state, health };
		},
		forget: (id: string): void => void states.delete(id),
		async pause(target: string, reason: string | null): Promise<void> {
			await change(target, () => savePaused(database, target, reason));
		},
		/** An answer says that nothing more is to be sent; what was asked before the last resume says nothing any more. */
		async pauseByAnswer(target: string, reason: string, askedAt: number): Promise<void> {
			await change(target, () => savePausedByAnswer(database, target, reason, askedAt));
		},
		/** Starts a target again, as if it had never failed, with what was collected. */
		async resume(target: string): Promise<void> {
			await change(target, () => saveResumed(database, target, clock.now()));
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
