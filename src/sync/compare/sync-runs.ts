import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import { syncAsked } from '../../contract/sync-messages.js';
import { referredFirst } from '../core/wire/referred-first.js';
import type { RemoteSource } from '../remote-source.js';
import { PeerError } from '../core/link/peer-error.js';
import { askPeer } from '../link/sync-peer.js';
import { countRows, dateColumns, rowsAfter } from '../rows/sync-rows.js';
import { asChange, queuePlan } from './send-again.js';
import type { SyncPorts } from '../sync-ports.js';
import { countOperation } from '../../delivery/tables/delivery-operations.js';
import { acquireLease, releaseLease } from '../../kernel/database/leases.js';
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

/** How long another node may be silent before this one goes on with its run. */
const LEASE_MS = 15_000;

export const sends = ({ rule }: CompiledSyncRule) => rule.direction !== 'pull';
export const receives = ({ rule }: CompiledSyncRule) => rule.direction !== 'push';

/** What a rule has rows for of its own: files and folders come along with what shows them. */
export const ownRules = (source: RemoteSource, only: string[] | undefined) =>
	source.rules.filter(
		({ rule, onlyReferenced }) => !onlyReferenced && (only === undefined || only.includes(rule.collection)),
	);

type RunPorts = SyncPorts<
	'clock' | 'database' | 'engine' | 'getSchema' | 'http' | 'logger' | 'rules',
	'hasMoved' | 'instance' | 'keepPlan' | 'planFor'
>;

/**
 * Begins to send what the remote does not have yet, or returns the run that is already doing so. Where rules also receive, the
 * other side is asked to do the same.
 */
export async function startBackfill(
	ports: SyncPorts<'clock' | 'database', 'meet'> & { runs: Pick<SyncRuns, 'continue'> },
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
	const { database, clock } = ports;
	const known = await latestRun(database, source.id);
	if (known?.action === 'backfill' && known.status === 'running') {
		void ports.runs.continue();
		return known;
	}
	await ports.sync.meet(source);
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
	void ports.runs.continue();
	return run;
}

/** Asks the other side to send; why it could not be asked is told, and hinders nothing else. */
export async function askToSend(
	{ sync, http }: SyncPorts<'http', 'instance'>,
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

/** How often it is looked whether there is a run that no process works on. */
const LOOK_MS = 5_000;

/** The runs that this process works on. */
export function createSyncRuns(ports: RunPorts) {
	const { database, clock, logger } = ports;
	const atWork = new Set<string>();
	let lookedAt = 0;

	/** Goes on with all runs that no process works on. */
	async function goOn(): Promise<void> {
		for (const { id } of await runningRuns(database)) {
			if (atWork.has(id)) continue;
			atWork.add(id);
			void work(id, ports)
				.catch((error: unknown) =>
					logger.warn(`[downstream] a backfill stopped, and goes on in a moment: ${String(error)}`),
				)
				.finally(() => atWork.delete(id));
		}
	}

	return {
		continue: goOn,
		/** Goes on with runs whose process died; called at every poll. */
		async tick(): Promise<void> {
			const now = clock.now();
			if (now - lookedAt < LOOK_MS) return;
			lookedAt = now;
			await goOn();
		},
	};
}

export type SyncRuns = ReturnType<typeof createSyncRuns>;

async function work(id: string, ports: RunPorts): Promise<void> {
	const { database, clock, rules } = ports;
	const holder = clock.id();
	const { target } = (await findRun(database, id)) ?? {};
	const lease = `run:${target}`;
	const hold = () => acquireLease(database, lease, holder, LEASE_MS, clock.now());
	if (!(await hold())) return;
	try {
		for (;;) {
			const run = await findRun(database, id);
			const source = run ? rules.remote(run.target) : null;
			if (!run || run.status !== 'running' || !(await hold())) return;
			if (source?.status !== 'published') {
				await saveRun(database, { ...run, status: 'failed', error: 'the remote source is not published any more' });
				return;
			}
			const at = run.collections.find(({ done }) => !done);
			const waiting = await countWaiting(ports, id);
			if (!at && (waiting === 0 || run.to_ask.length === 0)) {
				// Only now: rows that both sides have are known as one by then, and are not made twice.
				const asked = await askToSend(
					ports,
					source,
					run.to_ask.map((collection) => ({ collection })),
				);
				await saveRun(database, { ...run, status: 'queued', asked });
				return;
			}
			if (!at || waiting >= MOST_WAITING) await new Promise((resolve) => setTimeout(resolve, 100));
			else await step(run, at, source, ports);
		}
	} finally {
		await releaseLease(database, lease, holder).catch(() => {});
	}
}

async function countWaiting({ database }: SyncPorts<'database'>, run: string): Promise<number> {
	const counts = await countOperation(database, run);
	return (counts.get('pending') ?? 0) + (counts.get('sending') ?? 0);
}

/** Looks at the next rows of a collection: queues those that the other side does not have, and says how far it is. */
async function step(
	run: SyncRun,
	at: RunCollection,
	source: RemoteSource,
	ports: SyncPorts<'clock' | 'database' | 'engine' | 'getSchema', 'hasMoved' | 'keepPlan' | 'planFor'>,
): Promise<void> {
	const { database, sync, engine } = ports;
	const { collection } = at;
	const schema = await ports.getSchema();
	const primary = schema.collections[collection]?.primary;
	const rule = source.rules.find((compiled) => compiled.rule.collection === collection);
	if (primary === undefined || !rule) {
		at.done = true;
		return saveRun(database, run);
	}
	const dates = dateColumns(schema, collection);
	const rows = await rowsAfter({ database, schema }, { collection, primary, columns: dates }, at.after, CHUNK);
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
	const advanced = {
		...run,
		collections: run.collections.map((runCollection) => (runCollection === at ? next : runCollection)),
	};
	try {
		await database.transaction(async (transaction) => {
			await queuePlan(transaction, plan, run.id, ports);
			await saveRun(transaction, advanced);
		});
	} catch (error) {
		// One of the rows was changed meanwhile: they are read again.
		if (!sync.hasMoved(error)) throw error;
	}
	engine.wake(source.id);
}
