import type { Row } from '../../kernel/core/row.js';
import { nameId } from '../core/identity/name-id.js';
import {
	isFoundByNumber,
	isKnownByKey,
	naturalId,
	naturalName,
	type NamedModel,
	type NaturalName,
	MOST_OF_A_NAME,
} from '../core/identity/natural-name.js';
import type { SyncIdEntry } from '../core/merge/row-version.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { IdentifyPorts, Known, RowsByKey } from './identify-ports.js';

interface Unnamed {
	collection: string;
	key: string;
}

/** What is known of rows while ids are made up for some of them. `ids` grows by those. */
interface Knowledge {
	/** By collection and key. */
	ids: Map<string, Map<string, string>>;
	rows: Map<string, RowsByKey>;
	models: Map<string, SyncModel>;
}

type Made = Pick<Known, 'added' | 'moved'>;

/** A row that is to be known by the first of these ids that no other row has. */
interface Candidate {
	key: string;
	nth(n: number): string;
	most: number;
}

/** Sync ids for rows that have none. Deleted rows get none: no instance has ever heard of them. */
export async function deriveSyncIds(missing: Unnamed[], known: Knowledge, ports: IdentifyPorts): Promise<Made> {
	const { reads, identityOf } = ports;
	const made: Made = { added: [], moved: [] };
	const present = new Map<string, Map<string, Row>>();
	for (const [collection, ones] of Map.groupBy(missing, (one) => one.collection)) {
		const byKey = known.rows.get(collection);
		const unread = ones.flatMap(({ key }) => (byKey?.has(key) ? [] : [key]));
		const columns = namingColumns(identityOf(collection));
		// Many-to-any references stay when the row that they lead to goes: one that is not there needs no name.
		const readRows = unread.length > 0 ? await reads.rows(collection, unread, columns) : new Map<string, Row>();
		for (const { key } of ones) {
			const row = byKey?.get(key);
			if (row) readRows.set(key, row);
		}
		present.set(collection, readRows);
	}
	// Ends first: junction rows get ids made of those of their ends.
	const isJunction = ([collection]: [string, unknown]) => Boolean(identityOf(collection)?.junction);
	const [links, others] = [true, false].map((wanted) => [...present].filter((one) => isJunction(one) === wanted));
	for (const [collection, rows] of [...(others ?? []), ...(links ?? [])])
		await nameRows(collection, rows, { known, made }, ports);
	return made;
}

async function nameRows(
	collection: string,
	rows: Map<string, Row>,
	{ known, made }: { known: Knowledge; made: Made },
	ports: IdentifyPorts,
): Promise<void> {
	const identity = ports.identityOf(collection);
	if (!identity) return;
	const names = await namesOf(collection, identity, rows, ports);
	const candidates: Candidate[] = [];
	const numbered: string[] = [];
	for (const [key, row] of rows) {
		const model = known.models.get(collection);
		const ends = known.rows.get(collection)?.get(key) && model ? idOfEnds(row, model, known.ids) : null;
		const name = names.get(key);
		// The same two ends a second time: a row of its own.
		if (ends !== null) candidates.push({ key, nth: () => ends, most: 1 });
		else if (name) candidates.push({ key, nth: (n) => naturalId(collection, name, n), most: MOST_OF_A_NAME });
		else if (!isKnownByKey(identity)) numbered.push(key);
	}
	await giveFirstFree(collection, candidates, { known, made }, ports);
	await giveByNumber(collection, numbered, { known, made }, ports);
}

/** How many rows, one after the other, get ids made of one number; more get others. */
const MOST_OF_A_NUMBER = 20;

/** Rows that have nothing but a number get the first id of that number that no row has, or had. */
async function giveByNumber(
	collection: string,
	numbered: string[],
	{ known, made }: { known: Knowledge; made: Made },
	{ reads, newId }: IdentifyPorts,
): Promise<void> {
	let left = numbered;
	for (let nth = 0; left.length > 0; nth += 1) {
		const tried = left.map((key) => ({
			key,
			syncId: nth < MOST_OF_A_NUMBER ? newId({ collection, key, nth }) : newId(),
		}));
		const ids = tried.map(({ syncId }) => syncId);
		const taken = new Set((await reads.bySyncId(collection, ids)).map(({ syncId }) => syncId));
		for (const one of tried) if (!taken.has(one.syncId)) give(collection, one, known, made);
		left = tried.flatMap(({ key, syncId }) => (taken.has(syncId) ? [key] : []));
	}
}

function give(collection: string, { key, syncId }: { key: string; syncId: string }, { ids }: Knowledge, made: Made) {
	ids.get(collection)?.set(key, syncId);
	made.added.push({ collection, localKey: key, syncId });
}

/** Each gets the first of its ids that no other row has; of one whose row is gone, it is the row made again. */
async function giveFirstFree(
	collection: string,
	candidates: Candidate[],
	{ known, made }: { known: Knowledge; made: Made },
	{ reads, newId }: IdentifyPorts,
): Promise<void> {
	const given = new Set<string>();
	let left = candidates;
	for (let n = 0; left.length > 0; n += 1) {
		const tried = left.map((candidate) => ({ candidate, syncId: candidate.nth(n) }));
		const entries = await reads.bySyncId(
			collection,
			tried.map(({ syncId }) => syncId),
		);
		const holders = new Map(entries.map(({ syncId, localKey }) => [syncId, localKey]));
		const still = await reads.rows(collection, [...holders.values()], []);
		const again: Candidate[] = [];
		for (const { candidate, syncId } of tried) {
			const { key, most } = candidate;
			const holder = holders.get(syncId);
			const isTaken = given.has(syncId) || (holder !== undefined && still.has(holder));
			if (isTaken && n + 1 < most) again.push(candidate);
			else if (isTaken) give(collection, { key, syncId: newId() }, known, made);
			else {
				given.add(syncId);
				known.ids.get(collection)?.set(key, syncId);
				const entry: SyncIdEntry = { collection, localKey: key, syncId };
				if (holder === undefined) made.added.push(entry);
				else made.moved.push(entry);
			}
		}
		left = again;
	}
}

/** The names of rows that have one to themselves: of several nobody can say which one another instance means. */
async function namesOf(
	collection: string,
	identity: NamedModel,
	rows: Map<string, Row>,
	ports: IdentifyPorts,
): Promise<Map<string, NaturalName>> {
	const { reads } = ports;
	const names = new Map<string, NaturalName>();
	for (const [key, row] of rows) {
		if (isFoundByNumber(identity) && ports.isNew?.(collection, key)) continue;
		const name = naturalName(identity, key, row);
		if (name) names.set(key, name);
	}
	const [column] = namingColumns(identity);
	if (column === undefined || names.size === 0) return names;
	const values = [...names.keys()].map((key) => rows.get(key)?.[column]);
	const alike = await reads.having(collection, column, values, namingColumns(identity));
	const keys = alike.map((row) => String(row[identity.primary]));
	const named = new Set((await reads.byLocalKey(collection, keys)).map(({ localKey }) => localKey));
	const bearers = new Map<string, string[]>();
	for (const row of alike) {
		const key = String(row[identity.primary]);
		const name = named.has(key) ? null : naturalName(identity, key, row);
		if (name) bearers.set(JSON.stringify(name), [...(bearers.get(JSON.stringify(name)) ?? []), key]);
	}
	return new Map([...names].filter(([, name]) => (bearers.get(JSON.stringify(name))?.length ?? 0) < 2));
}

const namingColumns = (identity: NamedModel | null): string[] =>
	identity?.junction ? [] : (identity?.match ?? []).filter((field) => field !== identity?.primary);

/** The sync id of a junction row, made of what it links; null where one end is missing. */
function idOfEnds(row: Row, model: SyncModel, ids: Map<string, Map<string, string>>): string | null {
	if (!model.junction) return null;
	const ends = model.junction.map((name) => {
		const field = model.fields.get(name);
		const value = row[name];
		if (!field || value === null || value === undefined) return null;
		return field.kind === 'reference' && field.related
			? (ids.get(field.related)?.get(String(value)) ?? null)
			: String(value);
	});
	return ends.every((end) => end !== null) ? nameId(JSON.stringify([model.collection, ...ends])) : null;
}
