import { setTimeout } from 'node:timers/promises';
import { streamFormat } from '../../core/stream-format.js';
import { compareWith, readSyncedDoors } from '../../actions/sync-compare.js';
import { repair, resend } from '../../actions/sync-repair.js';
import { startBackfill } from '../../actions/sync-runs.js';
import { FILES } from '../../core/sync/file-content.js';
import { DELIVERY_STATUSES } from '../../core/vocabulary.js';
import { digestCollection, digestRows } from '../../engine/sync/compare.js';
import type { RemoteSource } from '../../engine/stored.js';
import { PeerError } from '../../core/sync/peer-error.js';
import { latestRun, type SyncRun } from '../../tables/sync-run-table.js';
import { answerHello, offersIn } from '../../actions/sync-offer.js';
import { PROTOCOL } from '../../core/sync/messages.js';
import type { Runtime } from '../../runtime.js';
import { notFound, RequestError, type Handler } from '../respond.js';

export const syncHello: Handler<'syncHello'> = async ({ access, input, runtime }) => {
	mustSpeak(input.protocol);
	const { sync, clock } = runtime;
	const schema = await runtime.getSchema();
	const rulesFor = (instance: string) => sync.sourceOf(instance)?.rules ?? [];
	const here = { instance: sync.instance(), now: clock.now(), schema, access, knows: sync.knows, rulesFor };
	return { data: answerHello(input, here) };
};

export const syncApply: Handler<'syncApply'> = async ({ access, input, accountability, runtime, requestId }) => {
	const { sync } = runtime;
	mustSpeak(input.protocol);
	if (input.from === sync.instance())
		throw new RequestError(409, 'SAME_INSTANCE', 'the sender has the id of this instance: one is a copy of the other');
	// Rules that somebody has just changed decide from then on.
	if (runtime.rules.stale()) await runtime.rules.refresh();
	await sync.lossesRecorded();
	const results = await sync.apply(input, { accountability, run: requestId, accessOf: access.of });
	await sync.takeBytesHere(results, accountability);
	const offers = offersIn(input.changes, sync.schema(), access);
	return { data: { instance: sync.instance(), results, offers } };
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
	const problem = await runtime.sync.files.receive({ id: file, sha256 }, bytes, accountability);
	if (problem !== null) throw new RequestError(422, 'BYTES_CHANGED', problem);
	await runtime.sync.hasContent(file);
	return { data: { file, sha256 } };
};

export const syncDigests: Handler<'syncDigests'> = async ({ access, input, runtime }) => {
	mustSpeak(input.protocol);
	const { collection, buckets } = input;
	const schema = await runtime.getSchema();
	if (!schema.collections[collection])
		throw new RequestError(400, 'UNKNOWN_COLLECTION', `there is no collection "${collection}" here`);
	const { create, update } = access.of(collection);
	// Whoever may write a field may know whether it says the same; of others nothing is told.
	const may = (field: string) => [create, update].some((fields) => fields.has('*') || fields.has(field));
	const model = runtime.sync.modelWith(collection, input.fields.filter(may));
	if (!model || model.fields.size === 0)
		throw new RequestError(
			403,
			'FORBIDDEN',
			`the Data Sync user may write none of these fields of ${collection}, so nothing is told of them`,
		);
	const doors = readSyncedDoors(runtime);
	return { data: buckets ? await digestRows(model, buckets, doors) : await digestCollection(model, doors) };
};

export const syncResend: Handler<'syncResend'> = async ({ input, user, runtime }) => {
	mustSpeak(input.protocol);
	// The asking instance may be behind a source here that nobody has asked yet who it is.
	if (!runtime.sync.sourceOf(input.from)) {
		await runtime.rules.refresh();
		await runtime.sync.meetAll();
	}
	const source = runtime.sync.sourceOf(input.from);
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
async function* follow(look: () => Promise<{ status: string } | null>, signal: AbortSignal) {
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
async function showRun(run: SyncRun, { database }: Runtime) {
	const rows: { status?: string; count?: number | string }[] = await database('downstream_deliveries')
		.where({ operation: run.id })
		.groupBy('status')
		.select('status')
		.count({ count: '*' });
	const deliveries = Object.fromEntries(DELIVERY_STATUSES.map((status) => [status, 0]));
	for (const { status = '', count } of rows) deliveries[status] = Number(count);
	const waiting = (deliveries['pending'] ?? 0) + (deliveries['sending'] ?? 0) + (deliveries['retrying'] ?? 0);
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

async function findSource(id: string, { rules }: Runtime, published = true): Promise<RemoteSource> {
	if (!rules.target(id) || rules.stale()) await rules.refresh();
	const source = rules.target(id);
	if (source?.kind !== 'sync') throw notFound('remote source', id);
	if (!published || (source.status === 'published' && source.options)) return source;
	const why = source.options ? `is ${source.status}: publish it first` : 'has invalid options: mend them first';
	throw new RequestError(400, 'INVALID_PAYLOAD', `"${source.name}" ${why}`);
}

/** A collection that nobody has a rule for would be passed over, and look as if all were well with it. */
function mustHaveRules({ name, rules }: RemoteSource, collections: string[] | undefined): void {
	const known = rules.filter(({ onlyReferenced }) => !onlyReferenced).map(({ rule }) => rule.collection);
	const without = (collections ?? []).filter((collection) => !known.includes(collection));
	if (without.length === 0) return;
	const there = known.length === 0 ? 'it has none' : `it has rules for ${known.join(', ')}`;
	throw new RequestError(400, 'INVALID_PAYLOAD', `"${name}" has no rule for ${without.join(', ')}: ${there}`);
}

/** What the other instance refuses is told as its refusal, and not as an error of this one. */
async function asked<T>(question: () => Promise<T>): Promise<T> {
	try {
		return await question();
	} catch (error) {
		if (error instanceof PeerError) throw new RequestError(502, 'PEER_FAILED', error.message, { reason: error.code });
		throw error;
	}
}

function mustSpeak(protocol: number): void {
	if (protocol === PROTOCOL) return;
	const older = protocol < PROTOCOL ? 'the sending instance' : 'this instance';
	throw new RequestError(
		400,
		'PROTOCOL',
		`the other side speaks version ${protocol} of the sync protocol, this one ${PROTOCOL}: update Downstream on ${older}`,
	);
}
