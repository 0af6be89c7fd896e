import type { z } from 'zod';
import type { CompiledSyncRule } from '../core/sync/compile-sync-rules.js';
import type { SyncModel } from '../core/sync/sync-model.js';
import { bucketRows, collectionDigests } from '../core/sync/messages.js';
import { compareCollection, narrow, type CollectionComparison } from '../engine/sync/compare.js';
import type { ReadSyncedDoors } from '../engine/sync/read-synced.js';
import type { RemoteSource } from '../engine/stored.js';
import { PeerError } from '../core/sync/peer-error.js';
import { askPeer } from '../io/sync-peer.js';
import { allSyncIds, allUsers, rowsAfter } from '../io/sync-rows.js';
import type { Runtime } from '../runtime.js';

/** What reading all rows of a collection in wire form needs. */
export function readSyncedDoors({ database, sync }: Pick<Runtime, 'database' | 'sync'>): ReadSyncedDoors {
	return {
		identityOf: sync.identityOf,
		chunk: (collection, primary, after, limit, columns) =>
			rowsAfter(database, { collection, primary, columns }, after, limit),
		allSyncIds: (collection) => allSyncIds(database, collection),
		allUsers: () => allUsers(database),
	};
}

/** What of a rule's rows both sides have: its fields without references that it leaves empty. */
const comparedModel = ({ model, references }: CompiledSyncRule): SyncModel =>
	narrow(
		model,
		[...model.fields.keys()].filter((field) => references.get(field)?.use !== 'stop'),
	);

/**
 * Compares what the rules of a remote source are about. A collection that cannot be compared says why; the others go on.
 * Both are equal only where everything was compared: every rule, and every field of it.
 */
export async function compareWith(
	runtime: Runtime,
	source: RemoteSource,
	only: string[] | undefined,
): Promise<{ at: string; equal: boolean; collections: CollectionComparison[] }> {
	const { clock, sync, http, items } = runtime;
	const from = sync.instance();
	const collections: CollectionComparison[] = [];
	const rules = source.rules.filter(
		({ rule, onlyReferenced }) => !onlyReferenced && (only === undefined || only.includes(rule.collection)),
	);
	for (const rule of rules) {
		const { collection, when } = rule.rule;
		const ask = <T>(body: Record<string, unknown>, answer: z.ZodType<T>) =>
			askPeer(source, { from, path: 'digests', body, answer }, http);
		try {
			collections.push(
				await compareCollection(comparedModel(rule), {
					...readSyncedDoors(runtime),
					theirs: {
						digests: (name, fields) => ask({ collection: name, fields }, collectionDigests),
						rows: (name, fields, buckets) => ask({ collection: name, fields, buckets }, bucketRows),
					},
					inScope: when ? (keys) => items.matching(collection, keys, when) : null,
				}),
			);
		} catch (error) {
			if (!(error instanceof PeerError)) throw error;
			// Whoever cannot be reached for one collection cannot be for the next.
			if (error.status === null || error.status === 401) throw error;
			collections.push(notCompared(collection, error.message));
		}
	}
	const off = source.off.filter(({ collection }) => only === undefined || only.includes(collection));
	for (const { collection, message } of off)
		collections.push(notCompared(collection, `its rule is invalid and turned off: ${message}`));
	const equal =
		collections.length > 0 &&
		collections.every(
			({ problem, different, missing_here, missing_there, not_compared }) =>
				problem === null &&
				different.count + missing_here.count + missing_there.count === 0 &&
				not_compared.length === 0,
		);
	const at = clock.now();
	const isWhole = only === undefined && collections.every(({ problem }) => problem === null);
	if (isWhole) await sync.compared(source.id, at, equal);
	return { at: new Date(at).toISOString(), equal, collections };
}

const notCompared = (collection: string, problem: string): CollectionComparison => ({
	collection,
	problem,
	equal: 0,
	different: { count: 0, rows: [] },
	missing_here: { count: 0, rows: [] },
	missing_there: { count: 0, rows: [] },
	not_compared: [],
});
