import type { Row } from '../../core/item-change.js';
import type { WireValue } from '../../core/sync/row-state.js';
import type { SyncModel } from '../../core/sync/sync-model.js';
import { toWire, type Identities } from '../../core/sync/wire-values.js';
import { isKnownByKey } from '../../core/sync/natural-name.js';
import { SINGLETON, type IdentifyDoors } from './identify.js';
import { columnsOf } from './plan-sync.js';
import { formOf } from './user-forms.js';
import type { KnownUser } from './sync-reads.js';

/** Rows that are read at a time. */
const CHUNK = 2_000;

export interface ReadSyncedDoors extends Pick<IdentifyDoors, 'identityOf'> {
	/** Rows in the order of their keys, after that key. */
	chunk(collection: string, primary: string, after: unknown, limit: number, columns: string[]): Promise<Row[]>;
	/** All of a collection's sync ids, by local key. */
	allSyncIds(collection: string): Promise<Map<string, string>>;
	allUsers(): Promise<KnownUser[]>;
}

/** One row in wire form; without a sync id where it was never synced. */
export interface SyncedRow {
	key: string;
	syncId: string | null;
	values: Record<string, WireValue>;
}

/**
 * All rows of a collection in the form in which instances compare them, in chunks, in the order of their keys. Nothing is
 * written: what was never synced has no sync id, and references to it are empty.
 */
export async function* readSynced(model: SyncModel, doors: ReadSyncedDoors): AsyncGenerator<SyncedRow[]> {
	const { collection, primary } = model;
	const ids = new Map<string, (key: string) => string | null>();
	const learn = async (name: string) => {
		if (!ids.has(name)) ids.set(name, await syncIdLookup(name, doors));
	};
	const fields = [...model.fields.values()];
	for (const name of [
		collection,
		...fields.flatMap(({ related, kind }) => (related && kind === 'reference' ? [related] : [])),
		...fields.flatMap(({ rewrites }) => [...(rewrites ?? [])]),
	])
		await learn(name);
	const users = fields.some(({ kind }) => kind === 'user')
		? new Map((await doors.allUsers()).map((user) => [user.id, formOf(user)]))
		: new Map<string, string>();
	const identities: Identities = {
		syncId: (name, key) => ids.get(name)?.(key) ?? null,
		localKey: () => null,
		userForm: (id) => users.get(id) ?? null,
		userId: () => null,
	};
	const typeFields = fields.flatMap(({ typeField }) => typeField ?? []);
	let after: unknown = null;
	for (;;) {
		const rows = await doors.chunk(collection, primary, after, CHUNK, columnsOf(model));
		for (const row of rows) for (const field of typeFields) if (row[field]) await learn(String(row[field]));
		yield rows.map((row) => {
			const key = String(row[primary]);
			return { key, syncId: identities.syncId(collection, key), values: toWire(row, model, identities).values };
		});
		if (rows.length < CHUNK) return;
		after = rows.at(-1)?.[primary];
	}
}

async function syncIdLookup(collection: string, doors: ReadSyncedDoors): Promise<(key: string) => string | null> {
	const identity = doors.identityOf(collection);
	if (!identity) return () => null;
	if (identity.singleton) return () => SINGLETON;
	const known = await doors.allSyncIds(collection);
	if (isKnownByKey(identity)) return (key) => known.get(key) ?? key.toLowerCase();
	return (key) => known.get(key) ?? null;
}
