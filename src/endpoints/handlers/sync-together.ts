import { NotPromoted } from '../../sync/promote/gather.js';
import { promote, PromotionRefused } from '../../sync/promote/promote.js';
import type { SyncAccess } from '../../sync/link/sync-access.js';
import { mayUse } from '../../sync/core/wire/permitted-change.js';
import { copy } from '../../sync/promote/copy-once.js';
import { linkCopy } from '../../sync/promote/link-copy.js';
import { RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';
import { asked, beforeTakingIn, findSource, writing } from './sync-sources.js';

export const syncTogether: Handler<'syncTogether'> = async ({
	access,
	input,
	accountability,
	paired,
	runtime,
	requestId,
}) => {
	const { sync } = runtime;
	await beforeTakingIn(input, runtime);
	const runs = input.changes.flatMap((change) => (change as { run?: unknown } | null)?.run ?? []);
	const run = typeof runs[0] === 'string' && /^[\w-]{1,36}$/.test(runs[0]) ? runs[0] : requestId;
	const mayShow = (collection: string, field: string) => readsAll(access, collection, field);
	const as = { accountability, run, accessOf: access.of, paired, mayShow };
	const taken = await writing(sync.takeTogether(input, as));
	if (taken.written) await sync.takeBytesHere(taken.rows, accountability);
	return { data: { instance: sync.instance(), ...taken } };
};

/** Shows a value only to users who may read its field in every item; permissions for some items are not checked row by row. */
function readsAll(access: SyncAccess, collection: string, field: string): boolean {
	const { items } = access.of(collection);
	return items.some(
		({ action, fields, rule }) => action === 'read' && mayUse(fields, field) && Object.keys(rule).length === 0,
	);
}

export const syncPromote: Handler<'syncPromote'> = async ({ id, input, user, runtime }) => {
	const source = await findSource(id, runtime);
	const { items, dry_run: dryRun, expect, reason } = input;
	return {
		data: await promoted(() =>
			promote(runtime, source, { chosen: items, dryRun, expect, reason, user, action: 'promote' }),
		),
	};
};

export const syncCopy: Handler<'syncCopy'> = async ({ input, user, runtime }) => {
	const { api_key: apiKey, dry_run: dryRun, ...asked } = input;
	return { data: await promoted(() => copy(runtime, { ...asked, apiKey, dryRun, user })) };
};

export const syncCopyOf: Handler<'syncCopyOf'> = async ({ input, accountability, runtime }) => {
	const { api_key: apiKey, dry_run: dryRun, collections: only, ...asked } = input;
	const linked = await promoted(() => linkCopy(runtime, { ...asked, apiKey, dryRun, only, accountability }));
	if (linked.source !== null) await runtime.rules.reload();
	return { data: linked };
};

/** Why something is not promoted, as an error of the request; with the rows that stand in the way. */
export async function promoted<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await asked(work);
	} catch (error) {
		if (error instanceof NotPromoted) throw new RequestError(400, error.code, error.message);
		if (!(error instanceof PromotionRefused)) throw error;
		const { rows, left_out, fingerprint } = error.promotion;
		const refused = rows.filter(({ action }) => action === 'refused');
		throw new RequestError(409, 'NOTHING_WRITTEN', error.message, {
			fingerprint,
			refused: refused.slice(0, 100),
			left_out: left_out.slice(0, 100),
		});
	}
}
