import { undoRun } from '../../sync/compare/sync-undo.js';
import { latestReceived } from '../../sync/tables/sync-log-table.js';
import { notFound } from '../request-error.js';
import type { Handler } from '../respond.js';

export const syncReceived: Handler<'syncReceived'> = async ({ input, runtime }) => {
	const { target, limit, page } = input;
	const { sync, database } = runtime;
	const peer = target === undefined ? undefined : (sync.peer(target) ?? undefined);
	const isUnknown = target !== undefined && peer === undefined;
	const { runs, more } = isUnknown
		? { runs: [], more: false }
		: await latestReceived(database, { here: sync.instance(), peer });
	const shown = runs.slice((page - 1) * limit, page * limit);
	return {
		data: shown.map(({ at, ...entry }) => ({
			...entry,
			target: sync.sourceOf(entry.peer)?.id ?? null,
			at: new Date(at).toISOString(),
		})),
		meta: { total: runs.length, limit, page, ...(more ? { total_is_estimate: true } : {}) },
	};
};

export const syncUndo: Handler<'syncUndo'> = async ({ id, input, accountability, runtime }) => {
	const undone = await undoRun(runtime, {
		run: id,
		accountability,
		dryRun: input.dry_run,
		reason: input.reason,
	});
	if (!undone) throw notFound('run', id);
	return { data: undone };
};
