import type { Knex } from 'knex';
import type { ConflictThere } from '../../contract/answers/conflicts.js';
import type { OpenConflicts } from '../../contract/sync-messages.js';
import { findBySyncId } from '../tables/sync-id-table.js';

/** What remotes have told of conflicts with this instance, newest first, rows by their keys on this instance. */
export async function conflictsThere(
	{
		database,
		rules,
		sync,
	}: {
		database: Knex;
		rules: { targets(): readonly { id: string; kind: string; status: string; url: string }[] };
		sync: { conflictsThere(target: string): OpenConflicts | null };
	},
	target: string | null,
): Promise<ConflictThere[]> {
	const found: ConflictThere[] = [];
	for (const { id, kind, status, url } of rules.targets()) {
		if (kind !== 'sync' || status !== 'published' || (target !== null && target !== id)) continue;
		const named = sync.conflictsThere(id)?.named ?? [];
		for (const [collection, some] of Map.groupBy(named, (one) => one.collection)) {
			const syncIds = some.map(({ sync_id }) => sync_id);
			const keys = new Map(
				(await findBySyncId(database, collection, syncIds)).map(({ syncId, localKey }) => [syncId, localKey]),
			);
			for (const one of some)
				found.push({
					id: one.id,
					target: id,
					kind: one.kind,
					collection,
					item: keys.get(one.sync_id) ?? null,
					fields: one.fields,
					at: new Date(one.at).toISOString(),
					link: `${url.replace(/\/$/, '')}/admin/downstream/conflicts?open=${encodeURIComponent(one.id)}`,
				});
		}
	}
	return found.toSorted((a, b) => (a.at < b.at ? 1 : -1));
}
