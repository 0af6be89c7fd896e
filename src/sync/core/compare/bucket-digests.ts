import { hash } from './row-digest.js';

/** How many buckets the rows of a collection are spread over. Only buckets with different digests are compared row by row. */
export const BUCKETS = 4_096;
const BUCKET_DIGITS = 3;
const HALF = 8;

/** By bucket (three hex digits), how many rows are in it and the sum of their digests. */
export type BucketDigests = Record<string, string>;

/** A row as two instances compare it: its digest, and those of its fields where they have been asked for. */
export interface ComparedRow {
	digest: string;
	fields?: Record<string, string>;
}

export interface RowsComparison {
	equal: number;
	/** Rows that both have, with the fields that differ; no fields where they were not given. */
	different: { syncId: string; fields: string[] }[];
	/** Sync ids of rows that only the other side has. */
	missing_here: string[];
	missing_there: string[];
}

/** The bucket of a row: the same on every instance. */
export const bucketOf = (syncId: string): string => hash(syncId, BUCKET_DIGITS);

/** Adds rows in any order, a chunk at a time, without keeping them. */
export class BucketSums {
	private readonly counts = new Uint32Array(BUCKETS);
	private readonly upper = new Uint32Array(BUCKETS);
	private readonly lower = new Uint32Array(BUCKETS);

	/** @param digest of the row (`rowDigest`) */
	add(syncId: string, digest: string): void {
		const bucket = Number.parseInt(bucketOf(syncId), 16);
		const [upper, lower] = [Number.parseInt(digest.slice(0, HALF), 16), Number.parseInt(digest.slice(HALF), 16)];
		this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
		this.upper[bucket] = (this.upper[bucket] ?? 0) ^ upper;
		this.lower[bucket] = (this.lower[bucket] ?? 0) ^ lower;
	}

	/** Of the buckets that have rows. */
	digests(): BucketDigests {
		const digests: BucketDigests = {};
		for (const [bucket, count] of this.counts.entries()) {
			if (count === 0) continue;
			const sum = [this.upper[bucket], this.lower[bucket]].map((half = 0) => half.toString(16).padStart(HALF, '0'));
			digests[bucket.toString(16).padStart(BUCKET_DIGITS, '0')] = `${count}:${sum.join('')}`;
		}
		return digests;
	}
}

/** The buckets whose rows have to be looked at one by one, in order. */
export function differingBuckets(local: BucketDigests, remote: BucketDigests): string[] {
	const buckets = new Set([...Object.keys(local), ...Object.keys(remote)]);
	return [...buckets].filter((bucket) => local[bucket] !== remote[bucket]).sort();
}

/** What two instances have of the same buckets, by sync id. */
export function compareRows(
	local: ReadonlyMap<string, ComparedRow>,
	remote: ReadonlyMap<string, ComparedRow>,
): RowsComparison {
	const result: RowsComparison = { equal: 0, different: [], missing_here: [], missing_there: [] };
	for (const [syncId, ours] of local) {
		const theirs = remote.get(syncId);
		if (!theirs) result.missing_there.push(syncId);
		else if (theirs.digest === ours.digest) result.equal++;
		else result.different.push({ syncId, fields: differingFields(ours.fields ?? {}, theirs.fields ?? {}) });
	}
	for (const syncId of remote.keys()) if (!local.has(syncId)) result.missing_here.push(syncId);
	return result;
}

function differingFields(local: Record<string, string>, remote: Record<string, string>): string[] {
	const fields = new Set([...Object.keys(local), ...Object.keys(remote)]);
	return [...fields].filter((field) => local[field] !== remote[field]).sort();
}
