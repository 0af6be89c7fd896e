import type { Knex } from 'knex';
import { LIMITS } from '../../schema.js';
import { ELIGIBLE } from '../contract/eligible.js';
import type { DeliveryFilter } from '../contract/delivery-routes.js';
import type { DeliveryStatus, OperationName } from '../contract/vocabulary.js';
import type { Clock } from '../kernel/ports.js';
import type { Engine } from './engine.js';
import { nextIds } from './tables/delivery-lists.js';
import { cancelAt, retryAt, targetsOfDeliveries } from './tables/delivery-operations.js';
import { recordOperation } from './tables/operation-table.js';
import type { BulkResult } from '../contract/answers/deliveries.js';

interface Ports {
	database: Knex;
	clock: Pick<Clock, 'now' | 'id'>;
	engine: Pick<Engine, 'wake'>;
}

/** Who does it, and why, if they say so. */
export interface ActedBy {
	user: string | null;
	reason?: string | undefined;
}

/**
 * Makes deliveries due again, with all their tries and a new `webhook-id`, so many per second that a big backlog does
 * not flood its target. What is under way or waiting already is left alone.
 */
export async function retryDeliveries(
	ports: Ports & {
		/** Sends at once, although the circuit breaker may be open. */ probe(target: string): Promise<void>;
	},
	filter: DeliveryFilter,
	by: ActedBy,
): Promise<BulkResult> {
	const { clock } = ports;
	const started = clock.now();
	let index = 0;
	const { targets, ...result } = await inChunks(
		ports,
		{ action: 'retry', filter, allowed: ELIGIBLE.retry, by },
		async (ids, operation) => {
			// Read here: later chunks must not be due before earlier ones have had their second.
			const nextAt = started + Math.floor(index / LIMITS.redrivePerSecond) * 1_000;
			index += ids.length;
			return retryAt(ports.database, ids, { from: ELIGIBLE.retry, nextAt, operation });
		},
	);
	for (const target of targets) await ports.probe(target);
	return { ...result, per_second: LIMITS.redrivePerSecond };
}

/** Cancels deliveries that wait or have failed; one that is being sent at this moment is left to end. */
export async function cancelDeliveries(ports: Ports, filter: DeliveryFilter, by: ActedBy): Promise<BulkResult> {
	const { targets, ...result } = await inChunks(
		ports,
		{ action: 'cancel', filter, allowed: ELIGIBLE.cancel, by },
		async (ids, operation) =>
			cancelAt(ports.database, ids, { from: ELIGIBLE.cancel, at: ports.clock.now(), operation }),
	);
	for (const target of targets) ports.engine.wake(target);
	return result;
}

async function inChunks(
	ports: Ports,
	asked: { action: OperationName; filter: DeliveryFilter; allowed: readonly DeliveryStatus[]; by: ActedBy },
	change: (ids: string[], operation: string) => Promise<number>,
): Promise<BulkResult & { targets: Set<string> }> {
	const { action, filter, allowed, by } = asked;
	const operation = ports.clock.id();
	// A filter that names no status is about what went wrong or waits, never about what has arrived.
	const unsaid = filter.ids ? allowed : allowed.filter((status) => status !== 'delivered' && status !== 'cancelled');
	const status = filter.status ? filter.status.filter((wanted) => allowed.includes(wanted)) : unsaid;
	const matching = { ...filter, status: [...status] };
	const targets = new Set<string>();
	let count = 0;
	let after = '';
	while (status.length > 0) {
		const ids = await nextIds(ports.database, matching, after);
		if (ids.length === 0) break;
		after = ids.at(-1) ?? after;
		count += await change(ids, operation);
		for (const target of await targetsOfDeliveries(ports.database, ids)) targets.add(target);
	}
	// An automatic action that touched nothing is not worth recording.
	if (count > 0 || by.user !== null)
		await recordOperation(ports.database, {
			id: operation,
			at: ports.clock.now(),
			user: by.user,
			action,
			target: filter.target ?? null,
			detail: { filter, count, reason: by.reason ?? null },
		});
	return { operation, count, targets };
}
