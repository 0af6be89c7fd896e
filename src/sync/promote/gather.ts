import { LIMITS } from '../../../schema.js';
import type { Chosen } from '../../contract/promote-routes.js';
import { PeerError } from '../core/link/peer-error.js';
import type { Why } from '../../contract/answers/previews.js';
import type { TakenTogether } from '../../contract/sync-together.js';
import type { RemoteSource } from '../remote-source.js';
import type { SyncPorts } from '../sync-ports.js';
import { askTogether, type OutgoingSet, type RowsAsked } from './take-in-together.js';
import { versionId } from '../core/merge/row-version.js';
import { valuesOf } from '../core/merge/stamp-edits.js';
import { itemsOwed } from '../../delivery/tables/delivery-promoted.js';

/** What is asked for cannot be done: a sentence for people. */
export class NotPromoted extends Error {
	readonly code: string;
	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/** What rows refer to is looked for so many times: each time the other side says what it lacks. */
const MOST_ROUNDS = 50;

/** How many rows are shown with their fields. */
const SHOWN = 500;

/** The keys of chosen items; of a filter those that it holds for. */
export async function keysChosen({ items }: SyncPorts<'items'>, chosen: Chosen): Promise<RowsAsked[]> {
	const asked: RowsAsked[] = [];
	for (const { collection, keys, filter } of chosen) {
		const found = keys ? [...new Set(keys)] : await items.list(collection, filter, LIMITS.syncTogether + 1);
		if (keys) {
			const existing = await items.matching(collection, keys);
			const [missing] = keys.filter((key) => !existing.has(key));
			if (missing !== undefined)
				throw new NotPromoted('NOT_THERE', `there is no item ${missing} of ${collection} here`);
		}
		asked.push({ collection, keys: found });
	}
	return asked;
}

/**
 * Adds rows and everything that they need there: the rows that are parts of them (translations, links), and what they
 * refer to as far as the other side says that it does not have it.
 * @returns what the other side says would become of all of it, and why each row is among them
 */
export async function gather(
	ports: SyncPorts<'getSchema' | 'http' | 'database', 'instance' | 'peer' | 'reads'>,
	source: RemoteSource,
	set: OutgoingSet,
	chosen: RowsAsked[],
): Promise<{ taken: TakenTogether; why: Map<string, Why> }> {
	const why = new Map<string, Why>();
	let taken: TakenTogether | null = null;
	let next: { rows: RowsAsked[]; as: Why } = { rows: chosen, as: 'chosen' };
	for (let round = 0; round < MOST_ROUNDS; round += 1) {
		await addWithParts(ports, source, { set, why }, next);
		const changes = set.changes();
		if (changes.length > LIMITS.syncTogether)
			throw new NotPromoted(
				'TOO_MANY',
				`these are more than ${LIMITS.syncTogether.toLocaleString('en')} rows with what belongs to them, which is the most that is written at once: choose fewer, or run a backfill`,
			);
		if (changes.length === 0) break;
		taken = await askTogether(ports, source, { changes, dry_run: true, shown: SHOWN });
		const lacking = taken.rows.flatMap(({ awaits }) => awaits ?? []);
		const rows = await neededOf(lacking, source, set);
		if (rows.length === 0) break;
		next = { rows, as: 'needed' };
	}
	if (!taken) taken = { instance: '', written: false, fingerprint: '', rows: [] };
	if (taken.instance !== '' && taken.instance !== (ports.sync.peer(source.id) ?? taken.instance))
		throw new PeerError('OTHER_INSTANCE', `${source.url} is another instance than before: check the link`, 200);
	return { taken, why };
}

/** Rows here that the other side lacks, and that a rule sends. */
async function neededOf(
	lacking: { collection: string; sync_id: string }[],
	source: RemoteSource,
	set: OutgoingSet,
): Promise<RowsAsked[]> {
	const rowsAsked: RowsAsked[] = [];
	for (const [collection, ones] of Map.groupBy(lacking, (reference) => reference.collection)) {
		if (!source.rules.some(({ rule }) => rule.collection === collection)) continue;
		const keys = await set.keysOf(collection, [...new Set(ones.map(({ sync_id }) => sync_id))]);
		const fresh = [...keys.values()].filter((key) => !set.rows.has(`${collection}/${key}`));
		if (fresh.length > 0) rowsAsked.push({ collection, keys: fresh });
	}
	return rowsAsked;
}

/** Parts that these items had, and were deleted or taken away from them here, of which the source is still to hear. */
async function partsTakenAway(
	{ database, sync }: SyncPorts<'database', 'reads'>,
	{ id: target }: RemoteSource,
	{
		set,
		collection,
		keys,
		field,
		of,
	}: { set: OutgoingSet; collection: string; keys: string[]; field: string; of: string },
): Promise<string[]> {
	const items = await itemsOwed(database, target, of);
	if (items.length === 0) return [];
	const parents = new Set((await set.syncIdsOf(collection, keys)).values());
	const ids = await set.syncIdsOf(of, items);
	const versions = await sync.reads.versions([...ids.values()].map((syncId) => ({ collection: of, syncId })));
	return [...ids].flatMap(([item, syncId]) => {
		const version = versions.get(versionId({ collection: of, syncId }));
		const values = version ? [valuesOf(version.state)[field], version.agreed[field]] : [];
		const isPart = values.some((value) => parents.has(String((value as { $ref?: unknown } | null | undefined)?.$ref)));
		return isPart && !set.rows.has(`${of}/${item}`) ? [item] : [];
	});
}

/** Adds rows, those that a rule sends along as parts of them, and such parts that are gone. */
async function addWithParts(
	ports: SyncPorts<'getSchema' | 'database', 'reads'>,
	source: RemoteSource,
	{ set, why }: { set: OutgoingSet; why: Map<string, Why> },
	{ rows, as }: { rows: RowsAsked[]; as: Why },
): Promise<void> {
	const { sync } = ports;
	const schema = await ports.getSchema();
	const note = (collection: string, key: string, reason: Why) => {
		const place = `${collection}/${key}`;
		if (!why.has(place)) why.set(place, reason);
	};
	for (let open = rows; open.length > 0;) {
		for (const { collection, keys } of open) for (const key of keys) note(collection, key, as);
		const before = new Set(set.rows.keys());
		await set.add(open);
		for (const { collection, item } of set.rows.values())
			if (!before.has(`${collection}/${item}`)) note(collection, item, 'needed');
		const parts: RowsAsked[] = [];
		for (const { collection, keys } of open)
			for (const { follows, rule } of source.rules) {
				if (follows?.collection !== collection) continue;
				const primary = schema.collections[rule.collection]?.primary ?? 'id';
				const partRows = await sync.reads.having(rule.collection, follows.field, keys, [primary]);
				const fresh = partRows
					.map((row) => String(row[primary]))
					.filter((key) => !set.rows.has(`${rule.collection}/${key}`));
				for (const key of fresh) note(rule.collection, key, 'part');
				if (fresh.length > 0) parts.push({ collection: rule.collection, keys: fresh });
				const removed = await partsTakenAway(ports, source, {
					set,
					collection,
					keys,
					field: follows.field,
					of: rule.collection,
				});
				for (const key of removed) note(rule.collection, key, 'part');
				if (removed.length > 0) parts.push({ collection: rule.collection, keys: removed, isGone: true });
			}
		open = parts;
	}
}
