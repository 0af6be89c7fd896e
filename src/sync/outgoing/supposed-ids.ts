import { versionId, type RowVersion, type SyncIdEntry } from '../core/merge/row-version.js';
import type { SyncPlan } from './plan-sync.js';
import type { SyncReads } from '../rows/sync-reads.js';

/** Sync ids and records that a preview planned without storing them; reads see them as if they were stored. */
export class SupposedIds {
	readonly #entries = new Map<string, SyncIdEntry>();
	readonly #byKey = new Map<string, SyncIdEntry>();
	readonly #versions = new Map<string, RowVersion>();

	learn({ ids, versions }: Pick<SyncPlan, 'ids' | 'versions'>): void {
		for (const entry of [...ids.released, ...ids.added, ...ids.moved]) {
			this.#entries.set(versionId(entry), entry);
			this.#byKey.set(`${entry.collection}\u0000${entry.localKey}`, entry);
		}
		for (const version of versions) this.#versions.set(versionId(version), version);
	}

	/** Ids that were made, but not stored, are sent as if they were stored. */
	over(reads: SyncReads, { withVersions }: { withVersions: boolean }): SyncReads {
		const without = (stored: SyncIdEntry[]) => stored.filter((entry) => !this.#entries.has(versionId(entry)));
		return {
			...reads,
			byLocalKey: async (collection, keys) => {
				const supposed = keys.flatMap((key) => this.#byKey.get(`${collection}\u0000${key}`) ?? []);
				return [...without(await reads.byLocalKey(collection, keys)), ...supposed];
			},
			bySyncId: async (collection, syncIds) => {
				const supposed = syncIds.flatMap((syncId) => this.#entries.get(versionId({ collection, syncId })) ?? []);
				return [...without(await reads.bySyncId(collection, syncIds)), ...supposed];
			},
			versions: async (refs) => {
				const stored = await reads.versions(refs);
				if (!withVersions) return stored;
				for (const [id, version] of stored) {
					const made = this.#versions.get(id);
					if (made) stored.set(id, { ...made, revision: Math.max(1, version.revision) });
				}
				return stored;
			},
		};
	}
}
