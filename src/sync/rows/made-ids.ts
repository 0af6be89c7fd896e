import type { Knex } from 'knex';
import { readOrigins, type Origin } from '../../identity/tables/origin-table.js';
import { madeId, type MadeRow } from '../core/identity/made-id.js';
import { allSyncIds } from '../tables/sync-id-table.js';

/** How many rows, one after the other, are told apart that had one number. */
const MOST = 20;

/** Sync ids that are made here, and rows that would be given one which others know already. */
export function createMadeIds(database: Knex, primary: (collection: string) => string, random: () => string) {
	let instance = '';
	let origins: Origin[] = [];
	const known = new Map<string, Map<string, string>>();

	/**
	 * Rows that were here when this instance went back to a backup, and had no sync id in it, by the one that each would be
	 * given: others may have come to know them since.
	 */
	async function read(collection: string): Promise<Map<string, string>> {
		const upTo = Math.max(...origins.map((origin) => origin.upTo[collection] ?? Number.NEGATIVE_INFINITY));
		if (!Number.isFinite(upTo)) return new Map();
		const column = primary(collection);
		const ids = await allSyncIds(database, collection);
		const taken = new Set(ids.values());
		const rows = await database(collection).select<Record<string, unknown>[]>(column).where(column, '<=', upTo);
		const made = new Map<string, string>();
		for (const row of rows) {
			const key = String(row[column]);
			if (ids.has(key)) continue;
			for (let nth = 0; nth < MOST; nth += 1) {
				const syncId = madeId({ collection, key, nth }, instance, origins);
				if (taken.has(syncId)) continue;
				made.set(syncId, key);
				break;
			}
		}
		return made;
	}

	return {
		async load(name: string): Promise<void> {
			[instance, origins] = [name, await readOrigins(database)];
			known.clear();
		},
		/** As `IdentifyPorts` says. */
		newId: (made?: MadeRow): string => (made ? madeId(made, instance, origins) : random()),
		/** Reads what `formerKey` knows of these collections: outside of any transaction, which may hold the only connection. */
		async learnFormer(collections: Iterable<string>): Promise<void> {
			if (origins.length === 0) return;
			for (const collection of new Set(collections))
				if (!known.has(collection) && origins.some(({ upTo }) => Object.hasOwn(upTo, collection)))
					known.set(collection, await read(collection));
		},
		/** The key of the row that would be given this id, as far as it was there then; null where none would. */
		formerKey: (collection: string, syncId: string): string | null => known.get(collection)?.get(syncId) ?? null,
	};
}
