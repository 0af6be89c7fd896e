import type { KnownId } from '../../config/core/elements/config-state.js';
import type { Connection } from '../connection.js';
import type { DataOf } from '../../contract/routes.js';

/** The id map of the instance, as far as seeds need it. */
export interface SeedIds {
	/** SyncIDs and keys of these tables (`items:articles`, `users`, `roles`). */
	read(tables: readonly string[]): Promise<Map<string, KnownId[]>>;
	/** Records keys, in place of what the same SyncIDs or keys were recorded with; forgets others. All or nothing. */
	write(table: string, change: { add?: KnownId[]; forget?: string[] }): Promise<void>;
}

const PATH = '/downstream/config/ids';

export function seedIds(instance: Connection): SeedIds {
	return {
		async read(tables) {
			const ids = await instance.data<DataOf<'configIds'>>('POST', PATH, {
				body: { tables },
				isRead: true,
			});
			return new Map(
				tables.map((table) => [
					table,
					(ids[table] ?? []).map(({ sync_id: syncId, local_id: localId }) => ({ syncId, localId })),
				]),
			);
		},
		async write(table, { add = [], forget = [] }) {
			if (add.length === 0 && forget.length === 0) return;
			await instance.data('POST', PATH, {
				body: {
					tables: [],
					write: {
						table,
						add: add.map(({ syncId, localId }) => ({ sync_id: syncId, local_id: localId })),
						forget,
					},
				},
			});
		},
	};
}
