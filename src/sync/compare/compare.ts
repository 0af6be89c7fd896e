import {
	bucketOf,
	BucketSums,
	compareRows,
	differingBuckets,
	type BucketDigests,
} from '../core/compare/bucket-digests.js';
import type { BucketRows, CollectionDigests } from '../../contract/sync-messages.js';
import type { DigestKey } from '../core/compare/digest-key.js';
import { PeerError } from '../core/link/peer-error.js';
import { fieldDigests, rowDigest } from '../core/compare/row-digest.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { readSynced, type ReadSyncedPorts } from './read-synced.js';
import type { CollectionComparison } from '../../contract/answers/sync.js';

/** Keys that are named, at the most; all are counted. */
const NAMED = 1_000;

/** Rows of the other side in one answer, and bytes: an answer is read up to 16 MiB. */
const ROWS_PER_ANSWER = 20_000;
const BYTES_PER_ANSWER = 6 * 1024 * 1024;

/** What one row has in an answer beside its fields: its sync id, its key, its digest, each of which may be long. */
const BYTES_PER_ROW = 250;
/** And what a field has beside its name. */
const BYTES_PER_FIELD = 24;

/** How many rows with these fields fit into one answer. */
function rowsPerAnswer(fields: readonly string[]): number {
	const row = fields.reduce((sum, field) => sum + Buffer.byteLength(field) + BYTES_PER_FIELD, BYTES_PER_ROW);
	return Math.min(ROWS_PER_ANSWER, Math.max(1, Math.floor(BYTES_PER_ANSWER / row)));
}

/** The sums of a collection's rows over these fields. */
export async function digestCollection(
	model: SyncModel,
	ports: ReadSyncedPorts,
	digestKey: DigestKey | null,
): Promise<CollectionDigests> {
	const sums = new BucketSums();
	const unmappedKeys: string[] = [];
	let rows = 0;
	let unmapped = 0;
	for await (const chunk of readSynced(model, ports)) {
		for (const { key, syncId, values } of chunk) {
			if (syncId === null) {
				unmapped += 1;
				if (unmappedKeys.length < NAMED) unmappedKeys.push(key);
			} else {
				rows += 1;
				sums.add(syncId, rowDigest(syncId, values, digestKey));
			}
		}
	}
	return {
		rows,
		unmapped,
		unmapped_keys: unmappedKeys,
		fields: [...model.fields.keys()],
		buckets: sums.digests(),
		keyed: digestKey !== null,
		ms: !ports.wholeSeconds,
	};
}

/** The rows of some buckets, each with its digest and those of its fields. */
export async function digestRows(
	model: SyncModel,
	buckets: string[],
	ports: ReadSyncedPorts,
	digestKey: DigestKey | null,
): Promise<BucketRows> {
	const wanted = new Set(buckets);
	const rows: BucketRows = {};
	for await (const chunk of readSynced(model, ports)) {
		for (const { key, syncId, values } of chunk) {
			if (syncId === null || !wanted.has(bucketOf(syncId))) continue;
			const digest = rowDigest(syncId, values, digestKey);
			rows[syncId] = { key, digest, fields: fieldDigests(syncId, values, digestKey) };
		}
	}
	return rows;
}

export interface ComparePorts extends ReadSyncedPorts {
	/** Asks the other instance. */
	theirs: {
		digests(collection: string, fields: string[]): Promise<CollectionDigests>;
		rows(collection: string, fields: string[], buckets: string[]): Promise<BucketRows>;
	};
	/** The key of the link; null if the two ends share no secret. */
	digestKey: DigestKey | null;
	/** So many rows of each kind are named. */
	most?: number;
	/** Which of these keys belong to the rule; null where all do. */
	inScope: ((keys: string[]) => Promise<Set<string>>) | null;
}

/** Compares one collection: sums on both sides, and rows only where the sums differ. No values move. */
export async function compareCollection(model: SyncModel, ports: ComparePorts): Promise<CollectionComparison> {
	const { collection } = model;
	const asked = [...model.fields.keys()];
	const theirs = await digestsThere(collection, asked, ports);
	const common = asked.filter((field) => theirs.fields.includes(field));
	const narrowed = common.length === asked.length ? model : narrow(model, common);
	const key = theirs.keyed ? ports.digestKey : null;
	// Milliseconds are compared if both sides keep them.
	const reading = { ...ports, wholeSeconds: ports.wholeSeconds || theirs.ms !== true };
	const ours = await digestCollection(narrowed, reading, key);
	const buckets = differingBuckets(ours.buckets, theirs.buckets);
	let equal = Object.keys(ours.buckets)
		.filter((bucket) => ours.buckets[bucket] === theirs.buckets[bucket])
		.reduce((sum, bucket) => sum + rowsIn(ours.buckets, bucket), 0);
	const different: CollectionComparison['different']['rows'] = [];
	const missingHere: CollectionComparison['missing_here']['rows'] = [];
	const missingThere: CollectionComparison['missing_there']['rows'] = ours.unmapped_keys.map((item) => ({
		sync_id: null,
		item,
	}));
	const mine = buckets.length > 0 ? await digestRows(narrowed, buckets, reading, key) : {};
	const groups = inAnswers(buckets, (bucket) => rowsIn(theirs.buckets, bucket), rowsPerAnswer(common));
	for (let some = groups.shift(); some !== undefined; some = groups.shift()) {
		const wanted = new Set(some);
		const own = new Map(Object.entries(mine).filter(([syncId]) => wanted.has(bucketOf(syncId))));
		const answer = await rowsThere(some, { collection, common, theirs }, ports).catch((error: unknown) => {
			// Too much for one answer after all: something on the way may let less through.
			if (some.length > 1 && error instanceof PeerError && error.code === 'ANSWER_UNREADABLE') return null;
			throw error;
		});
		if (answer === null) {
			const half = Math.ceil(some.length / 2);
			groups.unshift(some.slice(0, half), some.slice(half));
			continue;
		}
		const theirRows = new Map(Object.entries(answer));
		const comparison = compareRows(own, theirRows);
		equal += comparison.equal;
		different.push(
			...comparison.different.map(({ syncId, fields }) => ({
				sync_id: syncId,
				item: own.get(syncId)?.key ?? '',
				fields,
			})),
		);
		missingHere.push(
			...comparison.missing_here.map((syncId) => ({ sync_id: syncId, item: theirRows.get(syncId)?.key ?? '' })),
		);
		missingThere.push(
			...comparison.missing_there.map((syncId) => ({ sync_id: syncId, item: own.get(syncId)?.key ?? '' })),
		);
	}
	const scoped = await withinScope({ different, missingThere }, ports);
	return {
		collection,
		problem: null,
		equal,
		different: counted(scoped.different, scoped.different.length, ports.most),
		missing_here: counted(missingHere, missingHere.length + theirs.unmapped, ports.most),
		missing_there: counted(
			scoped.missingThere,
			scoped.missingThere.length + ours.unmapped - ours.unmapped_keys.length,
			ports.most,
		),
		not_compared: asked.filter((field) => !common.includes(field) && !theirs.local?.includes(field)),
	};
}

const rowsIn = (digests: BucketDigests, bucket: string) => Number(digests[bucket]?.split(':')[0] ?? 0);

/** @throws PeerError where not all rows that are said to be there are among the sums */
async function digestsThere(
	collection: string,
	fields: string[],
	{ theirs }: ComparePorts,
): Promise<CollectionDigests> {
	const answer = await theirs.digests(collection, fields);
	const summed = Object.keys(answer.buckets).reduce((sum, bucket) => sum + rowsIn(answer.buckets, bucket), 0);
	if (summed === answer.rows) return answer;
	throw incomplete(collection, `sums of ${summed} rows, and says that it has ${answer.rows}`);
}

/**
 * The rows of some buckets, as many as there are said to be: what is missing from an answer is not missing there. Rows
 * may be deleted at the same time, so that is asked once more.
 * @throws PeerError where the answer is still not whole
 */
async function rowsThere(
	buckets: string[],
	{ collection, common, theirs }: { collection: string; common: string[]; theirs: CollectionDigests },
	ports: ComparePorts,
): Promise<BucketRows> {
	let answer = theirs;
	for (let left = 2; ; left -= 1) {
		const rows = await ports.theirs.rows(collection, common, buckets);
		const given = Map.groupBy(Object.keys(rows), bucketOf);
		const short = buckets.find((bucket) => (given.get(bucket)?.length ?? 0) < rowsIn(answer.buckets, bucket));
		if (short === undefined) return rows;
		if (left <= 1) {
			const [got, has] = [given.get(short)?.length ?? 0, rowsIn(answer.buckets, short)];
			throw incomplete(collection, `${got} of ${has} rows`);
		}
		answer = await digestsThere(collection, common, ports);
	}
}

const incomplete = (collection: string, what: string) =>
	new PeerError(
		'ANSWER_INCOMPLETE',
		`the other side did not give all of ${collection}: ${what}. Compare again when nobody deletes rows there`,
		200,
	);

/** Rows that a rule leaves out may be there or not. */
async function withinScope<D extends { item: string }, M extends { item: string }>(
	outcome: { different: D[]; missingThere: M[] },
	{ inScope }: ComparePorts,
): Promise<{ different: D[]; missingThere: M[] }> {
	if (!inScope) return outcome;
	const keys = await inScope([...outcome.different, ...outcome.missingThere].map(({ item }) => item));
	return {
		different: outcome.different.filter(({ item }) => keys.has(item)),
		missingThere: outcome.missingThere.filter(({ item }) => keys.has(item)),
	};
}

/** Buckets in groups whose rows fit into one answer. */
function inAnswers(buckets: string[], rowsIn: (bucket: string) => number, most: number): string[][] {
	const groups: string[][] = [];
	let group: string[] = [];
	let rows = 0;
	for (const bucket of buckets) {
		if (group.length > 0 && rows + rowsIn(bucket) > most) {
			groups.push(group);
			[group, rows] = [[], 0];
		}
		group.push(bucket);
		rows += rowsIn(bucket);
	}
	if (group.length > 0) groups.push(group);
	return groups;
}

export function narrow(model: SyncModel, fields: string[]): SyncModel {
	const kept = new Set(fields);
	return { ...model, fields: new Map([...model.fields].filter(([field]) => kept.has(field))) };
}

const counted = <T>(rows: T[], count: number, most = NAMED) => ({ count, rows: rows.slice(0, most) });
