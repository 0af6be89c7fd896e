import type { CollectionComparison } from '../engine/sync/compare.js';
import { localKeysOf } from '../engine/sync/identify.js';
import type { RemoteSource } from '../engine/stored.js';
import type { Runtime } from '../runtime.js';
import { insertRun, type SyncRun } from '../tables/sync-run-table.js';
import { compareWith } from './sync-compare.js';
import { askToSend, receives, sendAgain, sends } from './sync-runs.js';

/** What a repair does, or would do, for one collection. */
export interface CollectionRepair {
	collection: string;
	/** Rows that are sent from here; the other side's policies decide where both have changed. */
	send: { count: number; items: string[] };
	/** Rows that the other side is asked to send. */
	fetch: { count: number; sync_ids: string[] };
	problem: string | null;
}

/**
 * Has both sides send what differs, through the normal path and by the rules' own policies: nothing is deleted and
 * nothing overwritten that the rules would not. At most the first 1,000 rows of each kind and collection at a time.
 */
export async function repair(
	runtime: Runtime,
	source: RemoteSource,
	{ only, dryRun, user }: { only: string[] | undefined; dryRun: boolean; user: string | null },
): Promise<{ run: string | null; collections: CollectionRepair[]; asked: SyncRun['asked'] }> {
	const { clock, database } = runtime;
	await runtime.sync.meet(source);
	const { collections } = await compareWith(runtime, source, only);
	const planned = collections.map((found) => planOf(found, source));
	if (dryRun) return { run: null, collections: planned, asked: [] };
	const run: SyncRun = {
		id: clock.id(),
		action: 'repair',
		target: source.id,
		at: clock.now(),
		user,
		status: 'queued',
		collections: [],
		to_ask: [],
		asked: await askToSend(
			runtime,
			source,
			planned.flatMap(({ collection, fetch }) =>
				fetch.sync_ids.length > 0 ? [{ collection, sync_ids: fetch.sync_ids }] : [],
			),
		),
		error: null,
	};
	for (const { collection, send } of planned) {
		if (send.items.length === 0) continue;
		const queued = await sendAgain(runtime, source, { collection, keys: send.items, operation: run.id });
		run.collections.push({ collection, total: send.count, read: send.items.length, queued, after: null, done: true });
	}
	await insertRun(database, run);
	return { run: run.id, collections: planned, asked: run.asked };
}

function planOf(found: CollectionComparison, source: RemoteSource): CollectionRepair {
	const { collection, different, missing_here, missing_there, problem } = found;
	const rule = source.rules.find((one) => one.rule.collection === collection);
	const [mine, theirs] = [rule ? sends(rule) : false, rule ? receives(rule) : false];
	const items = mine ? [...different.rows, ...missing_there.rows].map(({ item }) => item) : [];
	const syncIds = theirs ? [...different.rows, ...missing_here.rows].map(({ sync_id }) => sync_id) : [];
	return {
		collection,
		send: { count: mine ? different.count + missing_there.count : 0, items },
		fetch: { count: theirs ? different.count + missing_here.count : 0, sync_ids: syncIds },
		problem,
	};
}

/** Answers an instance that asks for rows: only what a rule here sends to it anyway. */
export async function resend(
	runtime: Runtime,
	source: RemoteSource | null,
	wanted: { collection: string; sync_ids?: string[] | undefined }[],
	start: (only: string[]) => Promise<unknown>,
): Promise<SyncRun['asked']> {
	const { sync, clock } = runtime;
	const sendable = new Set((source?.rules ?? []).filter(sends).map(({ rule }) => rule.collection));
	const asked: SyncRun['asked'] = [];
	const whole: string[] = [];
	for (const { collection, sync_ids: syncIds } of wanted) {
		if (!source || !sendable.has(collection))
			asked.push({
				collection,
				message: source
					? `no rule of the other side sends ${collection} to this instance`
					: 'the other side has no published remote source for this instance',
			});
		else if (syncIds === undefined) whole.push(collection);
		else {
			const keys = await localKeysOf(collection, syncIds, { reads: sync.reads, identityOf: sync.identityOf });
			const queued = await sendAgain(runtime, source, { collection, keys: [...keys.values()], operation: clock.id() });
			asked.push({ collection, message: `${queued} rows are on their way from there` });
		}
	}
	if (whole.length > 0) {
		await start(whole);
		asked.push(...whole.map((collection) => ({ collection, message: 'the other side backfills it' })));
	}
	return asked;
}
