import { LIMITS } from '../../schema.js';
import type { DeliveryFilter } from '../core/routes.js';
import type { DeliveryStatus, OperationName } from '../core/vocabulary.js';
import type { Runtime } from '../runtime.js';
import { nextIds } from '../tables/delivery-lists.js';
import { dueAgain } from '../tables/delivery-table.js';
import { recordOperation } from '../tables/operation-table.js';

type Doors = Pick<Runtime, 'database' | 'clock' | 'engine'>;

/** Who does it, and why, if they say so. */
export interface ActedBy {
	user: string | null;
	reason?: string | undefined;
}

/** What a bulk action did. `operation` is a filter of `/deliveries`, by which its progress can be watched and cancelled. */
export interface BulkResult {
	operation: string;
	count: number;
	/** Deliveries per second that become due, for a retry. */
	per_second?: number;
}

const RETRIABLE: DeliveryStatus[] = ['failed', 'cancelled', 'retrying', 'delivered'];
const CANCELLABLE: DeliveryStatus[] = ['pending', 'retrying', 'failed'];

/**
 * Makes deliveries due again, with all their tries and a new `webhook-id`, so many per second that a big backlog does
 * not flood its target. What is under way or waiting already is left alone.
 */
export async function retryDeliveries(doors: Doors, filter: DeliveryFilter, by: ActedBy): Promise<BulkResult> {
	const { clock } = doors;
	const started = clock.now();
	let index = 0;
	const result = await inChunks(doors, { action: 'retry', filter, allowed: RETRIABLE, by }, async (ids, operation) => {
		// Read here: later chunks must not be due before earlier ones have had their second.
		const nextAt = started + Math.floor(index / LIMITS.redrivePerSecond) * 1_000;
		index += ids.length;
		return doors
			.database('downstream_deliveries')
			.whereIn('id', ids)
			.whereIn('status', RETRIABLE)
			.update({
				...dueAgain(nextAt),
				operation,
			});
	});
	return { ...result, per_second: LIMITS.redrivePerSecond };
}

/** Cancels what is not over yet or failed; what is being sent at this moment is left to end. */
export async function cancelDeliveries(doors: Doors, filter: DeliveryFilter, by: ActedBy): Promise<BulkResult> {
	return inChunks(doors, { action: 'cancel', filter, allowed: CANCELLABLE, by }, async (ids, operation) =>
		doors
			.database('downstream_deliveries')
			.whereIn('id', ids)
			.whereIn('status', CANCELLABLE)
			.update({ status: 'cancelled', delivered_at: doors.clock.now(), operation, lease_token: null }),
	);
}

async function inChunks(
	doors: Doors,
	asked: { action: OperationName; filter: DeliveryFilter; allowed: DeliveryStatus[]; by: ActedBy },
	change: (ids: string[], operation: string) => Promise<number>,
): Promise<BulkResult> {
	const { action, filter, allowed, by } = asked;
	const operation = doors.clock.id();
	// A filter that names no status is about what went wrong or waits, never about what has arrived.
	const unsaid = filter.ids ? allowed : allowed.filter((status) => status !== 'delivered' && status !== 'cancelled');
	const status = filter.status ? filter.status.filter((wanted) => allowed.includes(wanted)) : unsaid;
	const matching = { ...filter, status };
	const targets = new Set<string>();
	let count = 0;
	let after = '';
	while (status.length > 0) {
		const ids = await nextIds(doors.database, matching, after);
		if (ids.length === 0) break;
		after = ids.at(-1) ?? after;
		count += await change(ids, operation);
		const rows = await doors
			.database('downstream_deliveries')
			.distinct<{ target: string }[]>('target')
			.whereIn('id', ids);
		for (const { target } of rows) targets.add(target);
	}
	// What Downstream looks for by itself, and does not find, is nobody's act.
	if (count > 0 || by.user !== null)
		await recordOperation(doors.database, {
			id: operation,
			at: doors.clock.now(),
			user: by.user,
			action,
			target: filter.target ?? null,
			detail: { filter, count, reason: by.reason ?? null },
		});
	for (const target of targets) doors.engine.wake(target);
	return { operation, count };
}
