import type { Knex } from 'knex';
import type { RecordedChange, Row } from '../core/item-change.js';
import type { CompiledSyncRule } from '../core/sync/compile-sync-rules.js';
import { syncAsked } from '../core/sync/messages.js';
import { referredFirst } from '../core/sync/referred-first.js';
import { UNDATED } from '../core/sync/stamp-first.js';
import type { SyncPlan } from '../engine/sync/plan-sync.js';
import type { RemoteSource } from '../engine/stored.js';
import { PeerError } from '../core/sync/peer-error.js';
import { askPeer } from '../io/sync-peer.js';
import { changedAt, countRows, dateColumns, rowsAfter } from '../io/sync-rows.js';
import type { Runtime } from '../runtime.js';
import { addDeliveries } from '../tables/delivery-table.js';
import { acquireLease, releaseLease } from '../tables/leases.js';
import {
	findRun,
	insertRun,
	latestRun,
	runningRuns,
	saveRun,
	type RunCollection,
	type SyncRun,
} from '../tables/sync-run-table.js';

/** Rows that are looked at in one step. */
const CHUNK = 1_000;

/** Deliveries of a run that may wait: more are queued when these have gone out. */
const MOST_WAITING = 2_000;

/** How often rows are read anew that somebody changes at the same time. */
const TRIES = 5;

/** How long another node may be silent before this one goes on with its run. */
const LEASE_MS = 15_000;

export const sends = ({ rule }: CompiledSyncRule) => rule.direction !== 'pull';
export const receives = ({ rule }: CompiledSyncRule) => rule.direction !== 'push';

/** What a rule has rows for of its own: files and folders come along with what shows them. */
const ownRules = (source: RemoteSource, only: string[] | undefined) =>
	source.rules.filter(
		({ rule, onlyReferenced }) => !onlyReferenced && (only === undefined || only.includes(rule.collection)),
	);

/**
 * Begins to send what the source does not have yet, or tells of the run that is at it. Where rules also receive, the
 * other side is asked to do the same.
 */
export async function startBackfill(
	runtime: Runtime,
	source: RemoteSource,
	{
		only,
		user,
		answering = false,
	}: {
		only: string[] | undefined;
		user: string | null;
		/** The other side has asked for it: it is not asked back. */
		answering?: boolean;
	},
): Promise<SyncRun> {
	const { database, clock } = runtime;
	const known = await latestRun(database, source.id);
	if (known?.action === 'backfill' && known.status === 'running') {
		void continueRuns(runtime);
		return known;
	}
	await runtime.sync.meet(source);
	const collections: RunCollection[] = [];
	for (const rule of referredFirst(ownRules(source, only).filter(sends))) {
		const { collection } = rule.rule;
		const total = await countRows(database, collection);
		collections.push({ collection, total, read: 0, queued: 0, after: null, done: false });
	}
	const run: SyncRun = {
		id: clock.id(),
		action: 'backfill',
		target: source.id,
		at: clock.now(),
		user,
		status: 'running',
		collections,
		to_ask: answering
			? []
			: ownRules(source, only)
					.filter(receives)
					.map(({ rule }) => rule.collection),
		asked: [],
		error: null,
	};
	await insertRun(database, run);
	void continueRuns(runtime);
	return run;
}

/** Asks the other side to send; why it could not be asked is told, and hinders nothing else. */
export async function askToSend(
	{ sync, http }: Runtime,
	source: RemoteSource,
	collections: { collection: string; sync_ids?: string[] }[],
): Promise<SyncRun['asked']> {
	if (collections.length === 0) return [];
	try {
		const question = { from: sync.instance(), path: 'resend', body: { collections }, answer: syncAsked };
		return (await askPeer(source, question, http)).asked;
	} catch (error) {
		if (!(error instanceof PeerError)) throw error;
		return collections.map(({ collection }) => ({ collection, message: error.message }));
	}
}

const atWork = new Set<string>();

/** How often it is looked whether there is a run that nobody is at. */
const LOOK_MS = 5_000;
let lookedAt = 0;

/** Goes on with runs whose process died; called at every poll. */
export async function lookForRuns(runtime: Runtime): Promise<void> {
	const now = runtime.clock.now();
	if (now - lookedAt < LOOK_MS) return;
	lookedAt = now;
	await continueRuns(runtime);
}

/** Goes on with all runs that nobody is at. */
export async function continueRuns(runtime: Runtime): Promise<void> {
	for (const run of await runningRuns(runtime.database)) {
		if (atWork.has(run.id)) continue;
		atWork.add(run.id);
		void work(run.id, runtime)
			.catch((error: unknown) =>
				runtime.logger.warn(`[downstream] a backfill stopped, and goes on in a moment: ${String(error)}`),
			)
			.finally(() => atWork.delete(run.id));
	}
}

async function work(id: string, runtime: Runtime): Promise<void> {
	const { database, clock, rules } = runtime;
	const holder = clock.id();
	const { target } = (await findRun(database, id)) ?? {};
	const lease = `run:${target}`;
	const hold = () => acquireLease(database, lease, holder, LEASE_MS, clock.now());
	if (!(await hold())) return;
	try {
		for (;;) {
			const run = await findRun(database, id);
			const source = run ? rules.published(run.target) : null;
			if (!run || run.status !== 'running' || !(await hold())) return;
			if (source?.kind !== 'sync') {
				await saveRun(database, { ...run, status: 'failed', error: 'the remote source is not published any more' });
				return;
			}
			const at = run.collections.find(({ done }) => !done);
			const waiting = await countWaiting(runtime, id);
			if (!at && (waiting === 0 || run.to_ask.length === 0)) {
				// Only now: rows that both sides have are known as one by then, and are not made twice.
				const asked = await askToSend(
					runtime,
					source,
					run.to_ask.map((collection) => ({ collection })),
				);
				await saveRun(database, { ...run, status: 'queued', asked });
				return;
			}
			if (!at || waiting >= MOST_WAITING) await new Promise((resolve) => setTimeout(resolve, 100));
			else await step(run, at, source, runtime);
		}
	} finally {
		await releaseLease(database, lease, holder).catch(() => {});
	}
}

async function countWaiting({ database }: Runtime, run: string): Promise<number> {
	const row = await database('downstream_deliveries')
		.where({ operation: run })
		.whereIn('status', ['pending', 'sending'])
		.count({ count: '*' })
		.first<{ count: number | string }>();
	return Number(row?.count ?? 0);
}

/** Looks at the next rows of a collection: queues those that the other side does not have, and says how far it is. */
async function step(run: SyncRun, at: RunCollection, source: RemoteSource, runtime: Runtime): Promise<void> {
	const { database, sync, engine } = runtime;
	const { collection } = at;
	const schema = await runtime.getSchema();
	const primary = schema.collections[collection]?.primary;
	const rule = source.rules.find((one) => one.rule.collection === collection);
	if (primary === undefined || !rule) {
		at.done = true;
		return saveRun(database, run);
	}
	const dates = dateColumns(schema, collection);
	const rows = await rowsAfter(database, { collection, primary, columns: dates }, at.after, CHUNK);
	const changes = rows.map((row) => asChange(collection, row, { primary, dates }));
	const plan = await sync.planFor(source.id, changes, { force: at.again === true, onlyKnown: at.again === true });
	const last = rows.at(-1)?.[primary] as string | number | undefined;
	const next: RunCollection = {
		...at,
		after: last ?? at.after,
		read: at.read + rows.length,
		queued: at.queued + plan.deliveries.length,
		done: rows.length < CHUNK,
	};
	const advanced = { ...run, collections: run.collections.map((one) => (one === at ? next : one)) };
	try {
		await database.transaction(async (transaction) => {
			await queuePlan(transaction, plan, run.id, runtime);
			await saveRun(transaction, advanced);
		});
	} catch (error) {
		// Somebody has changed one of the rows meanwhile: they are read again.
		if (!sync.hasMoved(error)) throw error;
	}
	engine.wake(source.id);
}

/** Writes what a plan has found out, and owes its deliveries to the source at once, as part of an operation. */
async function queuePlan(
	transaction: Knex,
	plan: SyncPlan,
	operation: string,
	{ clock, sync }: Pick<Runtime, 'clock' | 'sync'>,
): Promise<void> {
	const now = clock.now();
	await sync.keepPlan(transaction, plan);
	const deliveries = plan.deliveries.map((delivery) => ({ ...delivery, nextAt: now, operation }));
	await addDeliveries(transaction, deliveries, clock.id, now);
}

const asChange = (
	collection: string,
	row: Row,
	{ primary, dates }: { primary: string; dates: string[] },
): RecordedChange => ({
	id: 0,
	collection,
	item: String(row[primary]),
	event: 'update',
	at: changedAt(row, dates) ?? UNDATED,
	user: null,
	before: null,
	between: null,
	beforeRelated: null,
	absent: false,
	fields: null,
});

/**
 * Has rows sent to a source. Gives how many.
 * @param force although it is known to have them
 */
export async function sendAgain(
	runtime: Runtime,
	source: RemoteSource,
	{
		collection,
		keys,
		operation,
		force = true,
	}: { collection: string; keys: string[]; operation: string; force?: boolean },
): Promise<number> {
	const { database, sync, engine } = runtime;
	const schema = await runtime.getSchema();
	const primary = schema.collections[collection]?.primary ?? 'id';
	const dates = dateColumns(schema, collection);
	let sent = 0;
	for (let start = 0; start < keys.length; start += CHUNK) {
		const some = keys.slice(start, start + CHUNK);
		for (let left = TRIES; left > 0; left -= 1) {
			try {
				sent += await queueRows(some);
				break;
			} catch (error) {
				// Somebody has changed one of the rows meanwhile: they are read again.
				if (left === 1 || !sync.hasMoved(error)) throw error;
			}
		}
	}
	engine.wake(source.id);
	return sent;

	async function queueRows(some: string[]): Promise<number> {
		const rows = await sync.reads.rows(collection, some, dates);
		const changes = [...rows.values()].map((row) => asChange(collection, row, { primary, dates }));
		const plan = await sync.planFor(source.id, changes, { force });
		await database.transaction((transaction) => queuePlan(transaction, plan, operation, runtime));
		return plan.deliveries.length;
	}
}
