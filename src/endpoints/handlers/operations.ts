import { listOperations } from '../../delivery/tables/operation-table.js';
import { readSort } from '../read-sort.js';
import type { Handler } from '../respond.js';

/** How many chosen deliveries are named. */
const NAMED_IDS = 100;

export const operations: Handler<'operations'> = async ({ input, runtime }) => {
	const { limit, page, sort, ...filter } = input;
	const { rows, total } = await listOperations(runtime.database, filter, { limit, page, sort: readSort(sort) });
	return {
		data: rows.map(({ id, at, user, action, target, detail: { reason, ...detail } }) => ({
			id,
			at: new Date(at).toISOString(),
			user,
			action,
			target,
			reason: typeof reason === 'string' ? reason : null,
			detail: withFewIds(detail),
		})),
		meta: { total, limit, page },
	};
};

function withFewIds(detail: Record<string, unknown>): Record<string, unknown> {
	const { ids } = (detail['filter'] ?? {}) as { ids?: unknown[] };
	if (!Array.isArray(ids) || ids.length <= NAMED_IDS) return detail;
	return { ...detail, filter: { ...(detail['filter'] as object), ids: ids.slice(0, NAMED_IDS) } };
}
