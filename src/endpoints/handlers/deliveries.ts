import { cancelDeliveries, retryDeliveries } from '../../delivery/bulk-actions.js';
import type { Delivery } from '../../contract/answers/deliveries.js';
import { LIST_BOUNDS } from '../../contract/delivery-routes.js';
import { writtenItem } from '../../contract/vocabulary.js';
import { attemptsOf } from '../../delivery/tables/attempt-table.js';
import { listCauses } from '../../delivery/tables/delivery-causes.js';
import { readRule } from '../../delivery/tables/delivery-table.js';
import { listDeliveries, listIncidents, readDeliveryById } from '../../delivery/tables/delivery-lists.js';
import type { StoredDelivery } from '../../delivery/stored.js';
import { readSort } from '../read-sort.js';
import { notFound, type Asked, type Handler } from '../respond.js';

export const deliveries: Handler<'deliveries'> = async ({ input, runtime }) => {
	const { limit, page, cursor, sort, ...filter } = input;
	const found = await listDeliveries(runtime.database, filter, { limit, page, cursor, sort: readSort(sort) });
	return {
		data: found.rows.map(show),
		meta: {
			total: found.total,
			...(found.isEstimate ? { total_is_estimate: true } : {}),
			...(found.searched === null ? {} : { searched: found.searched }),
			limit,
			page,
			...(found.next === null ? {} : { next_cursor: found.next }),
		},
	};
};

export const causes: Handler<'causes'> = async ({ input, runtime }) => {
	const found = await listCauses(runtime.database, input);
	return {
		data: found.causes.map(({ oldest, newest, ...cause }) => ({
			...cause,
			oldest: new Date(oldest).toISOString(),
			newest: new Date(newest).toISOString(),
		})),
		...(found.isEstimate ? { meta: { searched: LIST_BOUNDS.searched } } : {}),
	};
};

export const delivery: Handler<'delivery'> = async ({ id, runtime }) => {
	const found = await readDeliveryById(runtime.database, id);
	if (!found) throw notFound('delivery', id);
	const rule =
		found.kind === 'sync' && found.rule !== null
			? await readRule(runtime.database, found.rule)
			: ((await runtime.rules.ruleOf(found))?.rule ?? null);
	const attempts = await attemptsOf(runtime.database, found.batches);
	return {
		data: {
			...show(found),
			rule,
			reason: found.reason,
			changed_at: new Date(found.changedAt).toISOString(),
			user: found.user,
			operation: found.operation,
			webhook_id: found.batch,
			attempts: attempts.map(({ at, durationMs, outcome, deliveries: carried, request, response, error }) => ({
				at: new Date(at).toISOString(),
				duration_ms: durationMs,
				outcome,
				deliveries: carried,
				request,
				response,
				error,
			})),
		},
	};
};

export const incidents: Handler<'incidents'> = async ({ input, runtime }) => {
	const { limit, page, sort, ...filter } = input;
	const { rows, total } = await listIncidents(runtime.database, filter, { limit, page, sort: readSort(sort) });
	return {
		data: rows.map((incident) => ({
			id: incident.id,
			target: incident.target,
			kind: incident.kind,
			started_at: new Date(incident.startedAt).toISOString(),
			resolved_at: iso(incident.resolvedAt),
			count: incident.count,
			last_error: incident.lastError,
		})),
		meta: { total, limit, page },
	};
};

export const retryMany: Handler<'retryMany'> = async ({ input, user, runtime }) => {
	const filter = { ...input.filter, ...(input.ids ? { ids: input.ids } : {}) };
	return { data: await retryDeliveries(runtime, filter, { user, reason: input.reason }) };
};

export const cancelMany: Handler<'cancelMany'> = async ({ input, user, runtime }) => {
	const filter = { ...input.filter, ...(input.ids ? { ids: input.ids } : {}) };
	return { data: await cancelDeliveries(runtime, filter, { user, reason: input.reason }) };
};

export const retry: Handler<'retry'> = async (asked) => {
	await mustExist(asked);
	await retryDeliveries(asked.runtime, { ids: [asked.id] }, { user: asked.user, reason: asked.input.reason });
	return { data: show(await mustExist(asked)) };
};

export const cancel: Handler<'cancel'> = async (asked) => {
	await mustExist(asked);
	await cancelDeliveries(asked.runtime, { ids: [asked.id] }, { user: asked.user, reason: asked.input.reason });
	return { data: show(await mustExist(asked)) };
};

async function mustExist({ id, runtime }: Pick<Asked<'retry'>, 'id' | 'runtime'>): Promise<StoredDelivery> {
	const found = await readDeliveryById(runtime.database, id);
	if (!found) throw notFound('delivery', id);
	return found;
}

/** A delivery in the shape of the contract (§5). */
function show(delivery: StoredDelivery): Delivery {
	const { id, kind, target, status, collection, item, event, tries, error, reason } = delivery;
	return {
		id,
		kind,
		target,
		status,
		collection,
		item: writtenItem(item),
		event,
		reason,
		created_at: new Date(delivery.createdAt).toISOString(),
		next_at: status === 'pending' || status === 'retrying' ? new Date(delivery.nextAt).toISOString() : null,
		delivered_at: iso(delivery.deliveredAt),
		tries,
		error,
	};
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
