import type { CollectionComparison, CollectionRepair, Repair } from '../../contract/answers/sync.js';
import { localKeysOf } from '../incoming/identify.js';
import type { RemoteSource } from '../remote-source.js';
import type { SyncPorts } from '../sync-ports.js';
import { insertRun, type SyncRun } from '../tables/sync-run-table.js';
import { compareWith } from './sync-compare.js';
import { openPreview } from './sync-preview.js';
import { askToSend, receives, sends } from './sync-runs.js';
import { sendAgain } from './send-again.js';

/**
 * Has both sides send what differs, through the normal path and by the rules' own policies: nothing is deleted and
 * nothing overwritten that the rules would not. At most the first 1,000 rows of each kind and collection at a time.
 */
export async function repair(
	ports: SyncPorts<
		'clock' | 'database' | 'engine' | 'getSchema' | 'http' | 'items',
		| 'compared'
		| 'ensureFits'
		| 'hasMoved'
		| 'identityOf'
		| 'instance'
		| 'keepPlan'
		| 'meet'
		| 'peer'
		| 'planFor'
		| 'previewPorts'
		| 'reads'
		| 'schema'
	>,
	source: RemoteSource,
	{ only, dryRun, user }: { only: string[] | undefined; dryRun: boolean; user: string | null },
): Promise<Repair> {
	const { clock, database } = ports;
	await ports.sync.meet(source);
	const { collections } = await compareWith(ports, source, only);
	const planned = collections.map((comparison) => planOf(comparison, source));
	if (dryRun) return { run: null, collections: await withPreviews(planned, ports, source), asked: [] };
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
			ports,
			source,
			planned.flatMap(({ collection, fetch }) =>
				fetch.sync_ids.length > 0 ? [{ collection, sync_ids: fetch.sync_ids }] : [],
			),
		),
		error: null,
	};
	for (const { collection, send } of planned) {
		if (send.items.length === 0) continue;
		const queued = await sendAgain(ports, source, { collection, keys: send.items, operation: run.id });
		run.collections.push({ collection, total: send.count, read: send.items.length, queued, after: null, done: true });
	}
	await insertRun(database, run);
	return { run: run.id, collections: planned, asked: run.asked };
}

async function withPreviews(
	planned: CollectionRepair[],
	ports: SyncPorts<
		'clock' | 'database' | 'getSchema' | 'http',
		'ensureFits' | 'identityOf' | 'instance' | 'peer' | 'previewPorts' | 'reads'
	>,
	source: RemoteSource,
): Promise<CollectionRepair[]> {
	if (planned.every(({ send }) => send.items.length === 0)) return planned;
	await ports.sync.ensureFits(source);
	const preview = openPreview(ports, source, { isEverything: true });
	for (const { collection, send } of planned) {
		if (send.items.length === 0) continue;
		preview.of(collection, send.count).looked = send.items.length;
		await preview.look(collection, send.items);
	}
	const previews = new Map((await preview.result()).map((one) => [one.collection, one]));
	return planned.map((comparison) => {
		const its = previews.get(comparison.collection);
		return its ? { ...comparison, preview: its } : comparison;
	});
}

function planOf(comparison: CollectionComparison, source: RemoteSource): CollectionRepair {
	const { collection, different, missing_here, missing_there, problem } = comparison;
	const rule = source.rules.find((compiled) => compiled.rule.collection === collection);
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
	ports: SyncPorts<
		'clock' | 'database' | 'engine' | 'getSchema',
		'hasMoved' | 'identityOf' | 'keepPlan' | 'planFor' | 'reads'
	>,
	source: RemoteSource | null,
	wanted: { collection: string; sync_ids?: string[] | undefined }[],
	start: (only: string[]) => Promise<unknown>,
): Promise<SyncRun['asked']> {
	const { sync, clock } = ports;
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
			const queued = await sendAgain(ports, source, { collection, keys: [...keys.values()], operation: clock.id() });
			asked.push({ collection, message: `${queued} rows are on their way from there` });
		}
	}
	if (whole.length > 0) {
		await start(whole);
		asked.push(...whole.map((collection) => ({ collection, message: 'the other side backfills it' })));
	}
	return asked;
}
