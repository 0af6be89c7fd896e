import { listOperations } from '../../delivery/tables/operation-table.js';
import { shownDetail } from '../../delivery/core/operation-detail.js';
import { readSort } from '../read-sort.js';
import type { Handler } from '../respond.js';

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
			detail: shownDetail(detail),
		})),
		meta: { total, limit, page },
	};
};
