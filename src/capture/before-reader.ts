import type { Row } from '../kernel/core/row.js';
import type { BeforeValues, Glimpse } from './before-values.js';
import type { CapturePorts, Handle } from './capture-ports.js';
import type { CollectionWatch } from './core/watch.js';
import { findVictims } from './find-cascades.js';

/** What is read of the items of a collection. */
type Wanted = Pick<CollectionWatch, 'collection' | 'primary' | 'columns'>;

interface ReaderParts {
	glimpses: BeforeValues;
	outcomeOf(handle: Handle): Promise<boolean> | null;
}

/** Reads items right before Directus writes them, for the rules that compare with old values. */
export function createBeforeReader(ports: CapturePorts, { glimpses, outcomeOf }: ReaderParts) {
	const { watch } = ports;

	/** Before an update is written: what the items are now, for the rules that will want to know. */
	async function beforeUpdate(
		collection: string,
		keys: readonly unknown[],
		payload: Row,
		handle: Handle,
		user: string | null = null,
	): Promise<void> {
		const wanted = toRead(collection);
		if (!wanted) return;
		const turn = glimpses.turn();
		const fields = Object.keys(payload);
		const rows = wanted.columns.length > 0 ? await rowsByKey(wanted, keys, handle) : null;
		const asked = Object.fromEntries(
			wanted.columns.filter((column) => isPlain(payload[column])).map((column) => [column, payload[column]]),
		);
		const write = glimpses.write(keys.length);
		for (const key of keys) {
			const before = rows && { columns: rows.get(String(key)) ?? null, between: null, related: null };
			put(collection, String(key), { event: 'update', before, asked, fields, victims: [], user, turn, write }, handle);
		}
	}

	/** Before a delete: what the items are, and what the database will delete or empty with them. */
	async function beforeDelete(
		collection: string,
		keys: readonly unknown[],
		handle: Handle,
		user: string | null = null,
	): Promise<void> {
		// What the database deletes along with it is known by the rules only, and cannot be found out afterwards.
		if (ports.stale() && !handle.transaction) await ports.refresh();
		const watched = watch().collections.get(collection);
		const turn = glimpses.turn();
		const victims = await findVictims(collection, keys, handle, ports);
		const wanted = toRead(collection);
		if (!wanted && victims.size === 0) return;
		const rows = wanted ? await rowsByKey(wanted, keys, handle) : null;
		const related = new Map<string, Row>();
		if (watched && watched.relationalPaths.length > 0) {
			const items = await handle.read(collection, [...keys], [watched.primary, ...watched.relationalPaths]);
			for (const item of items) related.set(String(item[watched.primary]), item);
		}
		const write = glimpses.write(keys.length);
		for (const key of keys) {
			const before = rows
				? { columns: rows.get(String(key)) ?? null, between: null, related: related.get(String(key)) ?? null }
				: null;
			const seen = { asked: null, fields: null, victims: victims.get(String(key)) ?? [], user, turn, write };
			put(collection, String(key), { event: 'delete', before, ...seen }, handle);
		}
	}

	function put(collection: string, item: string, seen: Omit<Glimpse, 'outcome'>, handle: Handle): void {
		glimpses.put(collection, item, { ...seen, outcome: outcomeOf(handle) });
	}

	/** What to read of items about to be written: what some rule needs, or everything while the rules are not known. */
	function toRead(collection: string): Wanted | null {
		if (!ports.stale()) return watch().collections.get(collection) ?? null;
		const primary = ports.primary(collection);
		return primary ? { collection, primary, columns: ports.columns(collection) } : null;
	}

	return { beforeUpdate, beforeDelete, toRead };
}

async function rowsByKey(
	{ collection, primary, columns }: Wanted,
	keys: readonly unknown[],
	handle: Handle,
): Promise<Map<string, Row>> {
	const rows = await handle.rows(collection, primary, [...keys], [...new Set([primary, ...columns])], keys.length);
	return new Map(rows.map((row) => [String(row[primary]), row]));
}

const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);
