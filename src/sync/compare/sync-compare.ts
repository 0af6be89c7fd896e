import type { z } from 'zod';
import type { CompiledSyncRule } from '../core/rules/compile-sync-rules.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { bucketRows, collectionDigests } from '../../contract/sync-messages.js';
import { MS_HEADER } from '../core/merge/kept-times.js';
import { DIGEST_KEY_HEADER, digestKeyOf } from '../core/compare/digest-key.js';
import type { CollectionComparison } from '../../contract/answers/sync.js';
import { compareCollection, narrow } from './compare.js';
import type { ReadSyncedPorts } from './read-synced.js';
import type { RemoteSource } from '../remote-source.js';
import { PeerError } from '../core/link/peer-error.js';
import { askPeer } from '../link/sync-peer.js';
import { allUsers, rowsAfter } from '../rows/sync-rows.js';
import { allSyncIds } from '../tables/sync-id-table.js';
import { readOverridden, readVersions } from '../tables/sync-version-table.js';
import { keepsMs } from '../../kernel/database/raw-reading.js';
import type { SyncPorts } from '../sync-ports.js';

/** What reading all rows of a collection in wire form needs. */
export function readSyncedPorts({ database, sync }: SyncPorts<'database', 'identityOf' | 'schema'>): ReadSyncedPorts {
	return {
		identityOf: sync.identityOf,
		chunk: (collection, primary, after, limit, columns) =>
			rowsAfter({ database, schema: sync.schema() }, { collection, primary, columns }, after, limit),
		allSyncIds: (collection) => allSyncIds(database, collection),
		allUsers: () => allUsers(database),
		overridden: (collection) => readOverridden(database, collection),
		async deleted(refs) {
			const versions = await readVersions(database, refs);
			return new Set([...versions].flatMap(([id, { state }]) => (state.deleted === null ? [] : [id])));
		},
		wholeSeconds: !keepsMs(database),
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
	ports: SyncPorts<'clock' | 'database' | 'http' | 'items', 'compared' | 'identityOf' | 'instance' | 'schema'>,
	source: RemoteSource,
	only: string[] | undefined,
): Promise<{ at: string; equal: boolean; collections: CollectionComparison[] }> {
	const { clock, sync, http, items } = ports;
	const from = sync.instance();
	const secret = await source.apiKey();
	const digestKey = secret ? digestKeyOf(secret) : null;
	const headers: Record<string, string> = {
		...(digestKey ? { [DIGEST_KEY_HEADER]: digestKey.name } : {}),
		...(keepsMs(ports.database) ? { [MS_HEADER]: '1' } : {}),
	};
	const collections: CollectionComparison[] = [];
	const rules = source.rules.filter(
		({ rule, onlyReferenced }) => !onlyReferenced && (only === undefined || only.includes(rule.collection)),
	);
	for (const rule of rules) {
		const { collection, when } = rule.rule;
		const ask = <T>(body: Record<string, unknown>, answer: z.ZodType<T>) =>
			askPeer(source, { from, path: 'digests', body, answer, headers }, http);
		try {
			collections.push(
				await compareCollection(comparedModel(rule), {
					...readSyncedPorts(ports),
					theirs: {
						digests: (name, fields) => ask({ collection: name, fields }, collectionDigests),
						rows: (name, fields, buckets) => ask({ collection: name, fields, buckets }, bucketRows),
					},
					digestKey,
					inScope: when ? (keys) => items.matching(collection, keys, when) : null,
				}),
			);
		} catch (error) {
			if (!(error instanceof PeerError)) throw error;
			// A remote that cannot be reached for one collection cannot be reached for the next.
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
