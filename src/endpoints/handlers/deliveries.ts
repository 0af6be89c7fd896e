import { isoTime } from '../../kernel/core/iso-time.js';
import { checksOf } from '../../flush/tables/check-table.js';
import { cancelDeliveries, retryDeliveries } from '../../delivery/bulk-actions.js';
import type { Delivery } from '../../contract/answers/deliveries.js';
import { LIST_BOUNDS } from '../../contract/delivery-routes.js';
import { writtenItem } from '../../contract/vocabulary.js';
import { exportDeliveries as exportDelivered, EXPORT_TYPES } from '../../delivery/export-deliveries.js';
import { attemptsOf } from '../../delivery/tables/attempt-table.js';
import { listCauses } from '../../delivery/tables/delivery-causes.js';
import { readRule } from '../../delivery/tables/delivery-table.js';
import { listDeliveries, listIncidents, readDeliveryById } from '../../delivery/tables/delivery-lists.js';
import type { StoredDelivery } from '../../delivery/stored.js';
import { readSort } from '../read-sort.js';
import { notFound } from '../request-error.js';
import type { Asked, Handler } from '../respond.js';

export const deliveries: Handler<'deliveries'> = async ({ input, runtime }) => {
	const { limit, page, cursor, sort, ...filter } = input;
	const listed = await listDeliveries(runtime.database, filter, { limit, page, cursor, sort: readSort(sort) });
	return {
		data: listed.rows.map(show),
		meta: {
			total: listed.total,
			...(listed.isEstimate ? { total_is_estimate: true } : {}),
			...(listed.searched === null ? {} : { searched: listed.searched }),
			limit,
			page,
			...(listed.next === null ? {} : { next_cursor: listed.next }),
		},
	};
};

export const causes: Handler<'causes'> = async ({ input, runtime }) => {
	const groups = await listCauses(runtime.database, input);
	return {
		data: groups.causes.map(({ oldest, newest, ...cause }) => ({
			...cause,
			oldest: new Date(oldest).toISOString(),
			newest: new Date(newest).toISOString(),
		})),
		...(groups.isEstimate ? { meta: { searched: LIST_BOUNDS.searched } } : {}),
	};
};

export const exportDeliveries: Handler<'exportDeliveries'> = async ({ input, runtime }) => {
	const { format, attempts, ...filter } = input;
	const { clock, database, rules } = runtime;
	const asked = { filter, format, attempts, upTo: clock.id() };
	return {
		contentType: EXPORT_TYPES[format],
		fileName: `deliveries-${new Date(clock.now()).toISOString().slice(0, 10)}.${format}`,
		chunks: () => exportDelivered({ database, nameOf: (target) => rules.target(target)?.name ?? null }, asked),
	};
};

export const delivery: Handler<'delivery'> = async ({ id, runtime }) => {
	const stored = await readDeliveryById(runtime.database, id);
	if (!stored) throw notFound('delivery', id);
	const rule =
		stored.kind === 'sync' && stored.rule !== null
			? await readRule(runtime.database, stored.rule)
			: ((await runtime.rules.ruleOf(stored))?.rule ?? null);
	const attempts = await attemptsOf(runtime.database, stored.batches);
	const pages = await checksOf(runtime.database, id);
	return {
		data: {
			...show(stored),
			rule,
			reason: stored.reason,
			changed_at: new Date(stored.changedAt).toISOString(),
			user: stored.user,
			operation: stored.operation,
			webhook_id: stored.batch,
			attempts: attempts.map(({ at, durationMs, outcome, deliveries: carried, request, response, error }) => ({
				at: new Date(at).toISOString(),
				duration_ms: durationMs,
				outcome,
				deliveries: carried,
				request,
				response,
				error,
			})),
			pages: pages.map(({ path, state, at, tookMs, detail }) => ({
				path,
				state,
				at: isoTime(at),
				took_ms: tookMs,
				detail,
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
			resolved_at: isoTime(incident.resolvedAt),
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
	const delivery = await readDeliveryById(runtime.database, id);
	if (!delivery) throw notFound('delivery', id);
	return delivery;
}

/** A delivery as the API answers with it. */
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
		delivered_at: isoTime(delivery.deliveredAt),
		tries,
		error,
	};
}
