import { setTimeout as pause } from 'node:timers/promises';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { mayPass } from '../../kernel/core/passing-errors.js';
import type { Knex } from 'knex';
import { LIMITS } from '../../../schema.js';
import type { Health } from '../core/target-health.js';
import type { ClaimedDelivery, DeliveryQueue, Settlement } from '../ports.js';
import type { StoredAttempt } from '../stored.js';
import { createDeliveryClaims } from './delivery-claims.js';
import { inPlainLetters, RESULTS, type Results } from './delivery-results.js';
import type { SharedTransaction } from '../../kernel/database/shared-transaction.js';

const TABLE = 'downstream_deliveries';
type Raw = Record<string, string | number | null>;

/** How old the times and durations of a healthy target may be in the table. */
const HEALTH_EVERY_MS = 250;

/**
 * Targets that were sent to together answer within some milliseconds. Results that come within 8 ms share
 * one transaction. The turn does not wait for it: what has been sent is sent, and the next request is on its way.
 */
const RESULTS_WAIT_MS = 8;

/**
 * A database that is away, or ends a connection, is waited for so long, in ms: what a target has answered would otherwise
 * be asked of it again.
 */
const AWAY_MS = 10_000;
const LOOK_AGAIN_MS = 200;

/** Deliveries as a sender takes and returns them. Every change of a row is conditional on its still being the sender's. */
export function createDeliveryQueue(
	database: Knex,
	together: SharedTransaction,
	/** The process whose leases its senders hold; null where there are none. */
	node: string | null = null,
): DeliveryQueue {
	const claims = createDeliveryClaims(database, together);
	const mustSaveHealth = createHealthWrites();

	/** Results that come in while this lasts are written with the first one's. */
	let collecting: Promise<void> | null = null;
	const collect = () =>
		(collecting ??= new Promise<void>((resolve) => setTimeout(resolve, RESULTS_WAIT_MS)).finally(
			() => (collecting = null),
		));

	/**
	 * Puts claimed deliveries back as they were: the target is not to be sent to just now. What was never sent loses the
	 * batch that it was given, so that it may be packed otherwise next time; what was keeps it.
	 */
	async function release(deliveries: ClaimedDelivery[], token: string): Promise<void> {
		const targets = deliveries.map(({ target }) => target);
		await makesRetries(targets, () => putBack(database, deliveries, token));
	}

	/**
	 * Deliveries that a sender that is gone was sending: they are due again, in the same batch. In one statement, since a
	 * sender that does not know yet that it is gone may take others between two.
	 */
	async function recover(target: string): Promise<number> {
		const sending = database(TABLE).where({ status: 'sending', target });
		const before = database.raw("case when ?? is null then 'pending' else 'retrying' end", ['batch']);
		return makesRetries([target], () => sending.update({ status: before, lease_token: null }));
	}

	/** Results, attempts and the target's health in one transaction. */
	async function settle(
		target: string,
		token: string,
		settlements: Settlement[],
		attempts: StoredAttempt[],
		health: Health,
	): Promise<void> {
		const now = settlements.at(-1)?.at ?? 0;
		const written = mustSaveHealth(target, health, now) ? health : null;
		const results = { target, token, node, settlements, attempts, health: written };
		await makesRetries(settlements.some(({ outcome }) => outcome.status === 'retrying') ? [target] : [], async () => {
			await collect();
			await storeSomehow(results, together);
		});
	}

	/** Says so even where the writing fails, since it may have been done nevertheless. */
	async function makesRetries<T>(targets: string[], write: () => PromiseLike<T>): Promise<T> {
		try {
			return await write();
		} finally {
			for (const target of targets) claims.hasRetries(target);
		}
	}

	/** The target is back: what waits for a retry need not wait any longer. */
	async function hurry(target: string, now: number): Promise<void> {
		const waiting = database(TABLE).where({ status: 'retrying', target }).andWhere('next_at', '>', now);
		await makesRetries([target], () => waiting.update({ next_at: now }));
	}

	return {
		claim: claims.claim,
		claimProbe: claims.claimProbe,
		nameBatches: (groups) => nameBatches(groups, together),
		release,
		recover,
		settle,
		hurry,
		abandon: (target, now) => abandon(database, target, now),
		waiting: () => waiting(database),
		claimLimit: LIMITS.claimBatch,
	};
}

interface Batch {
	batch: string;
	deliveries: ClaimedDelivery[];
}

/** Writes down which deliveries go together: before they are sent, so that a retry after a crash keeps the id. */
async function nameBatches(groups: Batch[], together: SharedTransaction): Promise<void> {
	const writes = namesToWrite(groups);
	if (writes.length === 0) return;
	await together(async (transaction) => {
		for (const write of writes) await write(transaction);
	});
}

/** Few statements for many batches: those whose name is written alike share one. */
function namesToWrite(groups: Batch[]): ((knex: Knex) => Promise<unknown>)[] {
	const alone: string[] = [];
	const writes: ((knex: Knex) => Promise<unknown>)[] = [];
	const token = groups[0]?.deliveries[0]?.token ?? '';
	const own = (knex: Knex, ids: string[]) => knex(TABLE).whereIn('id', ids).where({ lease_token: token });
	for (const { batch, deliveries } of groups) {
		const isNamed = ({ named, id }: ClaimedDelivery) => named && (id === batch || deliveries[0]?.id === batch);
		const fresh = deliveries.filter((delivery) => delivery.batch !== batch && !isNamed(delivery));
		const [only] = fresh;
		if (deliveries.length === 1 && only?.id === batch && only.batches.length === 0) {
			alone.push(batch);
			continue;
		}
		const first = fresh.filter(({ batches }) => batches.length === 0).map(({ id }) => id);
		for (const ids of inGroupsOf(500, first)) writes.push((knex) => own(knex, ids).update({ batch, batches: batch }));
		const again = fresh.filter(({ batches }) => batches.length > 0);
		for (const [all, alike] of Map.groupBy(again, ({ batches }) => [...batches.slice(-19), batch].join(',')))
			for (const some of inGroupsOf(500, alike)) {
				const ids = some.map(({ id }) => id);
				writes.push((knex) => own(knex, ids).update({ batch, batches: all }));
			}
	}
	for (const ids of inGroupsOf(500, alone)) {
		writes.push((knex) => {
			const id = knex.ref('id') as never;
			return own(knex, ids).update({ batch: id, batches: id });
		});
	}
	return writes;
}

async function putBack(database: Knex, deliveries: ClaimedDelivery[], token: string): Promise<void> {
	const back = (ids: string[], change: Record<string, string | null>) =>
		database(TABLE)
			.whereIn('id', ids)
			.where({ lease_token: token, status: 'sending' })
			.update({ ...change, lease_token: null });
	const sent = deliveries.filter(({ from }) => from === 'retrying');
	const fresh = deliveries.filter(({ from, batches }) => from === 'pending' && batches.length === 0);
	for (const group of inGroupsOf(500, sent))
		await back(
			group.map(({ id }) => id),
			{ status: 'retrying' },
		);
	for (const group of inGroupsOf(500, fresh))
		await back(
			group.map(({ id }) => id),
			{ status: 'pending', batch: null, batches: null },
		);
	for (const { id, batches } of deliveries.filter(
		(delivery) => delivery.from === 'pending' && delivery.batches.length > 0,
	))
		await back([id], { status: 'pending', batch: null, batches: batches.join(',') });
}

/** Whether a target's health is to be written: a success changes nothing but its latest times. */
function createHealthWrites() {
	const written = new Map<string, { at: number; failing: boolean }>();

	return (target: string, health: Health, now: number): boolean => {
		const failing =
			health.failures > 0 || health.openedAt !== null || health.holdUntil !== null || health.lastFailureAt === now;
		const saved = written.get(target);
		const isDue = !saved || failing || saved.failing || now - saved.at > HEALTH_EVERY_MS;
		if (isDue) written.set(target, { at: now, failing });
		return isDue;
	};
}

/**
 * What a receiver says must not keep its answer from being stored, since the request would then be made again, and
 * again: what cannot be written as it is, is written in plain letters, and if need be without the attempts.
 */
async function storeSomehow(results: Results, together: SharedTransaction): Promise<void> {
	const plain = inPlainLetters(results);
	let first: unknown;
	for (const form of [results, plain, { ...plain, attempts: [] }]) {
		try {
			return await storePatiently(form, together);
		} catch (error) {
			if (mayPass(error)) throw error;
			first ??= error;
		}
	}
	throw first;
}

/** Each write asks whether the deliveries are still this sender's, so that a late one does no harm, nor one done twice. */
async function storePatiently(results: Results, together: SharedTransaction): Promise<void> {
	for (const end = performance.now() + AWAY_MS; ; await pause(LOOK_AGAIN_MS)) {
		try {
			return await together.joined(RESULTS, results);
		} catch (error) {
			if (!mayPass(error) || performance.now() > end) throw error;
		}
	}
}

async function abandon(database: Knex, target: string, now: number): Promise<number> {
	return database(TABLE).where({ target }).whereIn('status', ['pending', 'retrying', 'sending', 'failed']).update({
		status: 'cancelled',
		delivered_at: now,
		lease_token: null,
		error_code: 'TARGET_DELETED',
		error_message: 'the target was deleted',
	});
}

/** Targets that have something to send, and when. */
async function waiting(database: Knex): Promise<{ target: string; nextAt: number; sending: boolean }[]> {
	const rows: Raw[] = await database(TABLE)
		.select('target', 'status')
		.min({ next_at: 'next_at' })
		.whereIn('status', ['pending', 'retrying', 'sending'])
		.groupBy('status', 'target');
	return rows.map((row) => ({
		target: String(row['target']),
		nextAt: Number(row['next_at']),
		sending: row['status'] === 'sending',
	}));
}
