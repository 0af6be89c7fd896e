import { countOperation } from '../../delivery/tables/delivery-operations.js';
import type { Row } from '../../kernel/core/row.js';
import { setTimeout } from 'node:timers/promises';
import { streamFormat } from '../../contract/stream-format.js';
import { compareWith, readSyncedPorts } from '../../sync/compare/sync-compare.js';
import { repair, resend } from '../../sync/compare/sync-repair.js';
import { startBackfill } from '../../sync/compare/sync-runs.js';
import { FILE_CONTENT, FILES } from '../../kernel/core/file-content.js';
import { filterOfRevealed } from '../../sync/core/wire/rows-told.js';
import { DELIVERY_STATUSES } from '../../contract/vocabulary.js';
import type { Run } from '../../contract/answers/sync.js';
import { digestCollection, digestRows } from '../../sync/compare/compare.js';
import type { ReadSyncedPorts } from '../../sync/compare/read-synced.js';
import type { RemoteSource } from '../../sync/remote-source.js';
import { BytesRefused } from '../../sync/core/wire/bytes-refused.js';
import { latestRun, type SyncRun } from '../../sync/tables/sync-run-table.js';
import { openConflictsWith } from '../../sync/tables/sync-conflict-list.js';
import { answerHello, offersIn } from '../../sync/link/sync-offer.js';
import { mayUse } from '../../sync/core/wire/permitted-change.js';
import { keptFields } from '../../sync/core/rules/sync-fields.js';
import { refusedCollection } from '../../sync/core/rules/refused-collections.js';
import type { Runtime } from '../../app/runtime.js';
import { previewBackfill } from '../../sync/compare/sync-preview.js';
import { TAKES } from '../../contract/sync-messages.js';
import { RequestError } from '../request-error.js';
import type { Handler } from '../respond.js';
import { asked, beforeTakingIn, findSource, mustHaveRules, mustSpeak, writing } from './sync-sources.js';

export const syncHello: Handler<'syncHello'> = async ({ access, input, paired, runtime }) => {
	mustSpeak(input.protocol);
	const { sync, clock } = runtime;
	const schema = await runtime.getSchema();
	const rulesFor = (instance: string) => (paired ?? sync.sourceOf(instance))?.rules ?? [];
	const { keepsMs } = sync.reads;
	const receiver = {
		instance: sync.instance(),
		now: clock.now(),
		schema,
		keepsMs,
		access,
		knows: sync.knows,
		rulesFor,
		openConflicts: await openConflictsWith(runtime.database, input.from, input.collections),
	};
	return { data: answerHello(input, receiver) };
};

export const syncApply: Handler<'syncApply'> = async (asked) => {
	const { access, input, accountability, paired, runtime, requestId } = asked;
	const { sync } = runtime;
	await beforeTakingIn(input, runtime);
	const results = await writing(sync.apply(input, { accountability, run: requestId, accessOf: access.of, paired }));
	await sync.takeBytesHere(results, accountability);
	const offers = offersIn(results, sync.schema(), access);
	return { data: { instance: sync.instance(), results, offers, takes: TAKES } };
};

export const syncFile: Handler<'syncFile'> = async ({ access, input, accountability, bytes, runtime }) => {
	mustSpeak(input.protocol);
	const { file, sha256 } = input;
	if (access.of(FILES).update.size === 0)
		throw new RequestError(
			403,
			'FORBIDDEN',
			'the Data Sync user here may not update files: give its policy that permission',
		);
	if (!(await runtime.sync.awaits(file, sha256)))
		throw new RequestError(
			409,
			'BYTES_NOT_AWAITED',
			`no bytes with this SHA-256 are awaited for the file ${file}: send its row first`,
		);
	await runtime.sync.files.receive({ id: file, sha256 }, bytes, accountability).catch((error: unknown) => {
		if (!(error instanceof BytesRefused)) throw error;
		throw new RequestError(error.status, error.code, error.message);
	});
	await runtime.sync.hasContent(file);
	return { data: { file, sha256 } };
};

export const syncDigests: Handler<'syncDigests'> = async ({ access, input, accountability, runtime, ...asked }) => {
	mustSpeak(input.protocol);
	const { collection, buckets } = input;
	mustBeSynced(collection);
	const { update, read, items } = access.of(collection);
	// Digests reveal whether two values are equal: only fields that the sender may change or read have one.
	const may = (field: string) => mayUse(update, field) || mayUse(read, field);
	const rule = (asked.paired ?? runtime.sync.sourceOf(input.from))?.rules.find(
		({ rule: { collection: of } }) => of === collection,
	);
	const kept = keptFields(rule?.rule ?? {});
	const local = input.fields.filter((field) => kept.has(field));
	const model = runtime.sync.modelWith(
		collection,
		input.fields.filter((field) => may(field) && !kept.has(field)),
	);
	if (!model || model.fields.size === 0)
		throw new RequestError(
			403,
			'FORBIDDEN',
			`there is no collection "${collection}" here of which the Data Sync user may update or read one of these fields: give the policy "Data Sync" that permission`,
		);
	const filter = filterOfRevealed(
		[...model.fields.keys()].filter((field) => field !== FILE_CONTENT),
		items,
		accountability,
	);
	const { digestKey, comparesMs } = asked;
	const reading = { ...readSyncedPorts(runtime), ...(input.by_key ? { byKey: true } : {}) };
	const ports: ReadSyncedPorts = { ...reading, wholeSeconds: reading.wholeSeconds || !comparesMs };
	if (filter) ports.revealed = revealedBy(filter, runtime);
	return {
		data: buckets
			? await digestRows(model, buckets, ports, digestKey)
			: { ...(await digestCollection(model, ports, digestKey)), ...(local.length > 0 ? { local } : {}) },
	};
};

export const syncResend: Handler<'syncResend'> = async ({ input, user, paired, runtime }) => {
	mustSpeak(input.protocol);
	// The asking instance may be one of the remotes that have not been asked for their id yet.
	if (!paired && !runtime.sync.sourceOf(input.from)) {
		await runtime.rules.refresh();
		await runtime.sync.meetAll();
	}
	const source = paired ?? runtime.sync.sourceOf(input.from);
	const start = (only: string[]) => startBackfill(runtime, source as RemoteSource, { only, user, answering: true });
	return { data: { asked: await resend(runtime, source, input.collections, start) } };
};

export const syncCompare: Handler<'syncCompare'> = async ({ id, input, runtime }) => {
	const source = await findSource(id, runtime);
	mustHaveRules(source, input.collections);
	return { data: await asked(() => compareWith(runtime, source, input.collections)) };
};

export const syncBackfill: Handler<'syncBackfill'> = async ({ id, input, user, runtime }) => {
	const source = await findSource(id, runtime);
	mustHaveRules(source, input.collections);
	if (input.dry_run)
		return { data: await asked(() => previewBackfill(runtime, source, { only: input.collections, most: input.most })) };
	const run = await asked(() => startBackfill(runtime, source, { only: input.collections, user }));
	return { data: await showRun(run, runtime) };
};

export const syncRepair: Handler<'syncRepair'> = async ({ id, input, user, runtime }) => {
	const source = await findSource(id, runtime);
	const { collections, dry_run: dryRun } = input;
	mustHaveRules(source, collections);
	return { data: await asked(() => repair(runtime, source, { only: collections, dryRun, user })) };
};

export const syncProgress: Handler<'syncProgress'> = async ({ id, accept, runtime }) => {
	await findSource(id, runtime, false);
	const look = async () => {
		const run = await latestRun(runtime.database, id);
		return run ? showRun(run, runtime) : null;
	};
	const format = streamFormat(accept);
	return format === null ? { data: await look() } : { format, pieces: (signal) => follow(look, signal) };
};

/** How often it is looked whether a run has come further. */
const LOOK_MS = 300;

/** A run as it is, and again whenever it has come further, until it has ended. */
async function* follow(look: () => Promise<Run | null>, signal: AbortSignal) {
	for (let before = ''; !signal.aborted;) {
		const run = await look();
		const now = JSON.stringify(run);
		if (now !== before) yield run;
		before = now;
		if (run?.status !== 'running' && run?.status !== 'sending') return;
		await setTimeout(LOOK_MS, undefined, { signal }).catch(() => {});
	}
}

/** A run with what has become of its deliveries so far. */
async function showRun(run: SyncRun, { database }: Runtime): Promise<Run> {
	const counts = await countOperation(database, run.id);
	const deliveries = Object.fromEntries(
		DELIVERY_STATUSES.map((status) => [status, counts.get(status) ?? 0]),
	) as Run['deliveries'];
	const waiting = deliveries.pending + deliveries.sending + deliveries.retrying;
	const { id, action, target, at, user, status, collections, asked: said, error } = run;
	return {
		id,
		action,
		target,
		status: status === 'queued' ? (waiting > 0 ? 'sending' : 'done') : status,
		started_at: new Date(at).toISOString(),
		user,
		collections: collections.map(({ collection, total, read, queued, done }) => ({
			collection,
			total,
			read,
			queued,
			done,
		})),
		deliveries,
		asked: said,
		error,
	};
}

/** Rows that a filter holds for; none where it names no way for one to hold. */
const revealedBy =
	(filter: Row, { items }: Runtime) =>
	async (collection: string, keys: string[]): Promise<Set<string>> =>
		Array.isArray(filter['_or']) && filter['_or'].length === 0 ? new Set() : items.matching(collection, keys, filter);

/** Collections that are never synced are not described either. */
function mustBeSynced(collection: string): void {
	const refused = refusedCollection(collection);
	if (refused) throw new RequestError(403, 'REFUSED_COLLECTION', refused.message);
}
