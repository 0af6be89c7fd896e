import { conflictsThere } from '../../sync/conflicts/conflicts-there.js';
import { isoTime } from '../../kernel/core/iso-time.js';
import { resolveMany, resolveOne } from '../../sync/conflicts/resolve-conflicts.js';
import { listConflicts } from '../../sync/tables/sync-conflict-list.js';
import { findConflict, type ConflictRow } from '../../sync/tables/sync-conflict-table.js';
import type { Conflict } from '../../contract/answers/conflicts.js';
import { readSort } from '../read-sort.js';
import { notFound, RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';

export const syncConflicts: Handler<'syncConflicts'> = async ({ input, runtime }) => {
	const { limit, page, sort, ...filter } = input;
	const { rows, total } = await listConflicts(runtime.database, filter, { limit, page, sort: readSort(sort) });
	return { data: rows.map(show), meta: { total, limit, page } };
};

export const syncConflictsThere: Handler<'syncConflictsThere'> = async ({ input, runtime }) => ({
	data: await conflictsThere(runtime, input.target ?? null),
});

export const syncConflict: Handler<'syncConflict'> = async ({ id, runtime }) => {
	const conflict = await findConflict(runtime.database, id);
	if (!conflict) throw notFound('conflict', id);
	return { data: show(conflict) };
};

export const syncResolve: Handler<'syncResolve'> = async ({ id, input, accountability, runtime }) => {
	const result = await resolveOne(runtime, id, { use: input.use, item: input.item ?? null, accountability });
	if (!('code' in result)) return { data: show(result) };
	if (result.status === 404) throw notFound('conflict', id);
	throw new RequestError(result.status, result.code, result.message);
};

export const syncResolveMany: Handler<'syncResolveMany'> = async ({ input, accountability, runtime }) => {
	const { operation, resolved, refused } = await resolveMany(runtime, input, {
		use: input.use,
		item: null,
		accountability,
	});
	return {
		data: {
			operation,
			count: resolved.length,
			resolved,
			refused: refused.map(({ id, code, message }) => ({ id, code, message })),
		},
	};
};

const show = (conflict: ConflictRow): Conflict => ({
	id: conflict.id,
	status: conflict.status,
	kind: conflict.kind,
	target: conflict.target,
	peer: conflict.peer,
	collection: conflict.collection,
	sync_id: conflict.syncId,
	item: conflict.localKey,
	deleted: conflict.kind !== 'delete' ? null : conflict.theirs?.deleted ? 'there' : 'here',
	fields: conflict.fields,
	message: conflict.message,
	at: isoTime(conflict.at),
	resolved_at: isoTime(conflict.resolvedAt),
	resolved_by: conflict.resolvedBy,
	resolution: readResolution(conflict.resolution),
});

/** A decision as it was given, or in words what has settled it. */
function readResolution(resolution: string | null): unknown {
	if (resolution === null) return null;
	try {
		return JSON.parse(resolution);
	} catch {
		return resolution;
	}
}
