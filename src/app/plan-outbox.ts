import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { LIMITS } from '../../schema.js';
import { mayPass } from '../kernel/core/passing-errors.js';
import { foldChanges, type RecordedChange } from '../capture/core/item-change.js';
import type { PlanPorts } from '../flush/cause.js';
import { planChanges } from '../flush/plan.js';
import { planToBeSafe } from '../flush/plan-to-be-safe.js';
import { isKeyOfNone } from '../sync/core/merge/absent-key.js';
import type { NewDelivery } from '../delivery/stored.js';
import { addDeliveries } from '../delivery/tables/delivery-table.js';
import { readOutbox, removeFromOutbox } from '../capture/tables/outbox-table.js';
import type { RulesInForce } from '../targets/rules-in-force.js';
import type { Sync } from '../sync/open-sync.js';
import { createLeftPlanner, leaveForSync } from '../sync/outgoing/plan-left-for-sync.js';
import type { SyncPlan } from '../sync/outgoing/plan-sync.js';
import type { SharedTransaction } from '../kernel/database/shared-transaction.js';
import { newDelivery, type PlannedDelivery } from '../flush/planned-delivery.js';

/**
 * How often in a row a plan for other instances is made anew because it could not be kept, for somebody else wrote the same
 * rows meanwhile. Whatever the reason, flush targets wait no longer for it than that.
 */
const MOVES = 20;

/**
 * Rounds in a row that are planned again because the database did not answer. It may be what one rule asks that always
 * takes too long, and nothing waits for that longer than this.
 */
const PATIENT_ROUNDS = 20;

interface Planned {
	/** When the targets that got something have to send it, in ms since 1970. */
	due: Map<string, number>;
	/** More is waiting. */
	more: boolean;
}

/** What comes of changes, and is written in one transaction. */
interface Kept {
	changes: RecordedChange[];
	/** Those of them that other instances are told of; put aside where `sync` is `left`. */
	edits: RecordedChange[];
	sync: SyncPlan | 'left';
	added: NewDelivery[];
	now: number;
}

/**
 * Plans the oldest changes: reads and decides first, then removes them from the outbox and adds the deliveries in one
 * transaction, which is given up where another process has planned one of them meanwhile.
 */
export function createOutboxPlanner(ports: {
	database: Knex;
	clock: Clock;
	logger: Logger;
	rules: RulesInForce;
	plan: PlanPorts;
	sync: Pick<Sync, 'plan' | 'keepPlan' | 'hasMoved'>;
	/** Shared with the senders, so that the two never lock the same rows in opposite orders. */
	together: SharedTransaction;
}): () => Promise<Planned> {
	const { database, clock, rules, together, logger } = ports;
	const planLeft = createLeftPlanner(ports);
	/** Plans in a row that could not be kept. */
	let moves = 0;
	const planFlush = createFlushPlanner(ports);

	/** Removes the changes and adds what they come to; false where that has to be planned anew. */
	async function keep({ changes, edits, sync, added, now }: Kept): Promise<boolean> {
		const ids = changes.map(({ id }) => id);
		const made = await together(async (transaction) => {
			if (!(await removeFromOutbox(transaction, ids))) throw new PlannedElsewhere();
			if (sync === 'left') await leaveForSync(transaction, edits, rules);
			else await ports.sync.keepPlan(transaction, sync);
			await addDeliveries(transaction, added, clock.id, now);
			return true;
		}).catch((error: unknown) => {
			moves += 1;
			if (!(error instanceof PlannedElsewhere || ports.sync.hasMoved(error))) throw error;
			if (moves === MOVES)
				logger.warn(
					`[downstream] ${changes.length} changes are planned for other instances one by one: ${String(error)}`,
				);
			return false;
		});
		if (made) moves = 0;
		return made;
	}

	return async () => {
		const changes = await readOutbox(database, LIMITS.planBatch);
		const left = await planLeft();
		const leftDue = new Map([...left].map((target) => [target, 0]));
		if (changes.length === 0) return { due: leftDue, more: false };
		// Only now: a target that was published before one of these changes, here or on another node, is seen by a reading
		// that begins after them. Read earlier, the change could be planned without it, and would be lost to it.
		await rules.refresh();
		// These rules do not know a collection that has just been created.
		if (rules.isSettling()) return { due: leftDue, more: false };
		const flushed = await planFlush(changes.filter(({ item }) => !isKeyOfNone(item)));
		const now = clock.now();
		const added = flushed.map((planned) => flushDelivery(planned, now, rules));
		// A moment that passed is not an edit, and other instances have clocks of their own.
		const edits = changes.filter(({ passedSince }) => passedSince === undefined);
		const sync = moves < MOVES ? await planSyncSafely(edits, ports) : 'left';
		if (sync === 'moved') {
			moves += 1;
			return { due: leftDue, more: true };
		}
		added.push(
			...(sync === 'left' ? [] : sync.deliveries).map((delivery): NewDelivery => ({
				...delivery,
				nextAt: waitsUntil(delivery.target, delivery.changedAt, now, rules),
			})),
		);
		const made = await keep({ changes, edits, sync, added, now });
		return {
			due: new Map([...leftDue, ...(made ? whenDue(added, rules) : [])]),
			more: changes.length >= LIMITS.planBatch || !made,
		};
	};
}

/** Plans again what the database broke off, but not for ever; once it is impatient, until a round is not broken off. */
function createFlushPlanner({ rules, plan, logger }: { rules: RulesInForce; plan: PlanPorts; logger: Logger }) {
	let brokenOff = 0;
	return async (changes: RecordedChange[]): Promise<PlannedDelivery[]> => {
		let isBrokenOff = false;
		const patient: PlanPorts = {
			...plan,
			isPlannedAgain(error) {
				isBrokenOff ||= mayPass(error);
				return mayPass(error) && brokenOff < PATIENT_ROUNDS;
			},
		};
		try {
			const planned = await planSafely(changes, { rules, plan: patient, logger });
			if (!isBrokenOff) brokenOff = 0;
			return planned;
		} catch (error) {
			brokenOff += 1;
			throw error;
		}
	};
}

/** Until when a delivery waits for others that fill its request, in ms since 1970. */
const waitsUntil = (target: string, changedAt: number, now: number, rules: RulesInForce): number =>
	Math.min(now, changedAt) + (rules.target(target)?.options?.max_wait_ms ?? 0);

const flushDelivery = (planned: PlannedDelivery, now: number, rules: RulesInForce): NewDelivery =>
	newDelivery(planned, { nextAt: waitsUntil(planned.rule.target, planned.changedAt, now, rules), operation: null });

/** When each target has something to send: at once where a whole request is full, else when the first may wait no longer. */
function whenDue(added: NewDelivery[], rules: RulesInForce): Map<string, number> {
	const due = new Map<string, { at: number; count: number }>();
	for (const { target, nextAt } of added) {
		const known = due.get(target) ?? { at: nextAt, count: 0 };
		due.set(target, { at: Math.min(known.at, nextAt), count: known.count + 1 });
	}
	const isFull = (target: string, count: number) => count >= (rules.target(target)?.options?.batch_size ?? 1);
	return new Map([...due].map(([target, { at, count }]) => [target, isFull(target, count) ? 0 : at]));
}

/**
 * A batch that cannot be planned may name what the schema has lost since the rules were read, so they are read again.
 * If that does not help, each change is planned by itself, so that a bad one holds up no others, and one that still
 * cannot be is sent to be safe. Where it is the database that fails, all of it is planned again later.
 * @throws what the database broke off
 */
async function planSafely(
	changes: RecordedChange[],
	{ rules, plan, logger }: { rules: RulesInForce; plan: PlanPorts; logger: Logger },
): Promise<PlannedDelivery[]> {
	try {
		return (await planChanges(changes, rules.watch(), plan)).deliveries;
	} catch (error) {
		if (plan.isPlannedAgain?.(error)) throw error;
		logger.warn(`[downstream] ${changes.length} changes could not be planned together: ${String(error)}`);
	}
	await rules.reload();
	const deliveries: PlannedDelivery[] = [];
	for (const change of changes) {
		try {
			deliveries.push(...(await planChanges([change], rules.watch(), plan)).deliveries);
		} catch (error) {
			if (plan.isPlannedAgain?.(error)) throw error;
			const concerned = rules.watch().collections.get(change.collection)?.rules ?? [];
			for (const rule of concerned)
				deliveries.push(
					...(await planToBeSafe(rule, new Map([[change.item, foldChanges([change])]]), error, plan.items)),
				);
		}
	}
	return deliveries;
}

/**
 * What cannot be planned for other instances is no reason not to flush: the rules are read anew, and if that does not
 * help, all of it is left for later.
 * @returns `moved` where rows were written by another instance while they were read: to be planned anew at once; `left`
 * where they are to be put aside
 */
async function planSyncSafely(
	changes: RecordedChange[],
	{ rules, sync, logger }: { rules: RulesInForce; sync: Pick<Sync, 'plan' | 'hasMoved'>; logger: Logger },
): Promise<SyncPlan | 'moved' | 'left'> {
	try {
		return await sync.plan(changes);
	} catch (error) {
		if (sync.hasMoved(error)) return 'moved';
		logger.warn(`[downstream] ${changes.length} changes could not be planned for other instances: ${String(error)}`);
	}
	await rules.reload();
	return sync.plan(changes).catch((error: unknown) => (sync.hasMoved(error) ? 'moved' : 'left'));
}

class PlannedElsewhere extends Error {}
