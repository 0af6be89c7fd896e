import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { targetsWithLeftovers } from '../delivery/tables/incident-table.js';
import { revoke, targetsWithCredentials } from '../sync/tables/sync-credential-table.js';
import { TARGET_COLLECTIONS } from '../contract/vocabulary.js';
import type { Health } from '../delivery/core/target-health.js';
import type { Engine } from '../delivery/engine.js';
import type { DeliveryQueue } from '../delivery/ports.js';
import type { RulesInForce } from './rules-in-force.js';
import {
	createTargetStateReader,
	saveBatchBytes,
	saveClosed,
	savePaused,
	savePausedByAnswer,
	saveProbeDue,
	saveResumed,
	saveTriedNow,
	type TargetState,
} from '../delivery/tables/target-state-table.js';

/** How long another process' pausing of a target may go unnoticed. */
const FRESH_MS = 400;

/** Whether no collection has it any more; where one cannot be read, that is unknown. */
async function isDeleted(database: Knex, target: string): Promise<boolean> {
	for (const collection of TARGET_COLLECTIONS) {
		const row = await database(collection)
			.where({ id: target })
			.first<{ id: string } | undefined>('id')
			.catch(() => 'unknown' as const);
		if (row !== undefined) return false;
	}
	return true;
}

interface StandingPorts {
	database: Knex;
	clock: Clock;
	logger: Logger;
	queue: DeliveryQueue;
	rules: RulesInForce;
	engine: Engine;
	incidents: { ended(target: string): Promise<void> };
	/** Resuming a link accepts the instance that answers now. */
	meetAgain(target: string): Promise<void>;
}

/** How each target stands: its health, and whether it is paused; and what people or answers change of that. */
export function createTargetStanding(ports: StandingPorts) {
	const { database, clock, queue, engine } = ports;
	const read = createTargetStateReader(database);
	/** Senders ask often; the one that holds a target's lease is the only one that changes its health. */
	const states = new Map<string, { at: number; state: TargetState }>();
	/** A reading that overlaps with a pause or resume is not cached. */
	let changes = 0;
	const change = async (target: string, save: () => Promise<void>) => {
		await save();
		changes += 1;
		states.delete(target);
	};

	const standing = {
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
		/** What is known of how much a target takes in one request. */
		batchBytes: async (id: string): Promise<number | null> => (await standing.of(id)).batchBytes,
		async learnBatchBytes(target: string, bytes: number): Promise<void> {
			await change(target, () => saveBatchBytes(database, target, bytes));
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
			// While it is paused: what is sent before that would find another instance, and stop the link again.
			await ports.meetAgain(target);
			await change(target, () => saveResumed(database, target, clock.now()));
			await queue.hurry(target, clock.now());
			engine.wake(target);
		},
		/** Sends to a target at once, however often it has failed: a user asks for it. */
		async probe(target: string): Promise<void> {
			await change(target, () => saveProbeDue(database, target, clock.now()));
			engine.wake(target);
		},
		/** A user asks for the next request now: no pause that the target asked for, no breaker and no wait keeps it. */
		async tryNow(target: string): Promise<void> {
			await change(target, () => saveTriedNow(database, target, clock.now()));
			await queue.hurry(target, clock.now());
			engine.wake(target);
		},
		/** A test was accepted, which proves as much as a probe: queued deliveries are sent. */
		async closeBreaker(target: string): Promise<void> {
			if ((await standing.of(target)).health.openedAt === null) return;
			await change(target, () => saveClosed(database, target));
			await queue.hurry(target, clock.now());
			engine.wake(target);
		},
	};
	return { ...standing, ...createAbandoning(ports) };
}

/** What becomes of targets that were deleted. */
function createAbandoning({ database, clock, logger, queue, rules, incidents }: StandingPorts) {
	const abandoning = {
		/** What a target is still owed ends with the target; it may also be one that this node has not read yet. */
		async abandonIfDeleted(target: string): Promise<void> {
			await rules.reload();
			if (rules.target(target) || !(await isDeleted(database, target))) return;
			const abandoned = await queue.abandon(target, clock.now());
			await incidents.ended(target);
			// Its instance would still keep a credential that could no longer be revoked.
			await revoke(database, target);
			if (abandoned > 0)
				logger.info(`[downstream] ${abandoned} deliveries were cancelled, because their target was deleted`);
		},
		/** The same for all that something is left of: failed deliveries, an incident that goes on, or a credential. */
		async abandonDeleted(): Promise<void> {
			const left = [...(await targetsWithLeftovers(database)), ...(await targetsWithCredentials(database))];
			for (const target of left) if (!rules.target(target)) await abandoning.abandonIfDeleted(target);
		},
	};
	return abandoning;
}
