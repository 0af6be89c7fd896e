import type { FieldChange } from '../../contract/plan.js';
import { sameValue } from '../../kernel/core/same-value.js';
import type { SeedCollection } from './seed-model.js';
import type { Row } from '../complete-reads.js';
import { idTable, type Seed, type SeedItem } from './seed-shape.js';

/** One item that a push would write. */
export interface SeedStep {
	collection: string;
	syncId: string;
	action: 'create' | 'update' | 'delete';
	/** Its key; null where the database will make it. */
	key: string | null;
	/** What is written, with references still named by SyncID. */
	values: Row;
	fields: FieldChange[];
	/** Where the bytes of a file are, if they are to be sent. */
	bytes: string | null;
}

export interface CollectionPlan {
	model: SeedCollection;
	seed: Seed;
	creates: SeedStep[];
	updates: SeedStep[];
	deletes: SeedStep[];
	unchanged: number;
	/** Left alone since the seed's meta says so. */
	skipped: { create: number; update: number; delete: number };
	/** Recorded SyncIDs whose items are gone and that no seed has any more. */
	gone: string[];
	/** Items that are there already, though nothing recorded them: they are recorded, and not created again. */
	adopted: { syncId: string; localId: string }[];
}

export interface SeedPlan {
	/** In the order in which they are written. */
	collections: CollectionPlan[];
}

/** Keys by SyncID, of a table of the id map. */
export type Ids = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** What the instance has of a seeded collection. */
export interface SeedState {
	model: SeedCollection;
	seed: Seed;
	/** The items that are recorded or whose keys the seed gives, by key. */
	rows: ReadonlyMap<string, Row>;
	/** Keys of items that equal a seed, or have its email, by SyncID. */
	twins: ReadonlyMap<string, string>;
	/** Keys of files whose bytes differ from the seed's. */
	otherBytes: ReadonlySet<string>;
	/** Path of a seeded file's bytes, by SyncID. */
	bytes: ReadonlyMap<string, string>;
}

/** What has to be done so that the items are what the seeds say. */
export function planSeeds(states: readonly SeedState[], ids: Ids): SeedPlan {
	const ordered = inOrder(states);
	return { collections: ordered.map((state) => planCollection(state, ids)) };
}

function planCollection(state: SeedState, ids: Ids): CollectionPlan {
	const { model, seed, rows } = state;
	const known = ids.get(idTable(model.name)) ?? new Map<string, string>();
	const plan: CollectionPlan = {
		model,
		seed,
		creates: [],
		updates: [],
		deletes: [],
		unchanged: 0,
		skipped: { create: 0, update: 0, delete: 0 },
		gone: [],
		adopted: [],
	};
	for (const item of seed.items) planItem(item, state, ids, plan);
	const seeded = new Set(seed.items.map((item) => item._sync_id));
	const adopted = new Set(plan.adopted.map(({ localId }) => localId));
	for (const [syncId, key] of known) {
		if (seeded.has(syncId)) continue;
		const row = rows.get(key);
		if (!row || adopted.has(key)) plan.gone.push(syncId);
		else if (!seed.meta.delete) plan.skipped.delete++;
		else plan.deletes.push({ ...step(model, syncId, 'delete', key), fields: emptiedFields(row, model) });
	}
	return plan;
}

function planItem(item: SeedItem, state: SeedState, ids: Ids, plan: CollectionPlan): void {
	const { model, seed, rows, twins, bytes, otherBytes } = state;
	const { _sync_id: syncId, _file_path: _, ...values } = item;
	const recorded = ids.get(idTable(model.name))?.get(syncId);
	const given = seed.meta.preserve_ids ? syncId : values[model.primaryKey];
	const expected = recorded !== undefined && rows.has(recorded) ? recorded : null;
	const key = expected ?? (given != null && rows.has(String(given)) ? String(given) : (twins.get(syncId) ?? null));
	if (key === null) {
		if (!seed.meta.create) plan.skipped.create++;
		else
			plan.creates.push({
				...step(model, syncId, 'create', given == null ? null : String(given)),
				values: given == null ? values : { ...values, [model.primaryKey]: given },
				fields: Object.entries(values).map(([field, to]) => ({ field, from: null, to: hidden(model, field, to) })),
				bytes: bytes.get(syncId) ?? null,
			});
		return;
	}
	if (expected === null) plan.adopted.push({ syncId, localId: key });
	const row = rows.get(key) ?? {};
	const fields = changedFields(values, row, state, ids);
	const newBytes = otherBytes.has(key) ? (bytes.get(syncId) ?? null) : null;
	if (newBytes !== null) fields.push({ field: '_file_path', from: 'other bytes', to: item._file_path });
	if (fields.length === 0) plan.unchanged++;
	else if (!seed.meta.update) plan.skipped.update++;
	else
		plan.updates.push({
			...step(model, syncId, 'update', key),
			values: {
				// With new bytes, Directus replaces name and type as well.
				...(newBytes === null ? {} : named(values, ['filename_download', 'type'])),
				...named(
					values,
					fields.map(({ field }) => field).filter((field) => field !== '_file_path'),
				),
			},
			fields,
			bytes: newBytes,
		});
}

const named = (values: Row, fields: readonly string[]): Row =>
	Object.fromEntries(fields.filter((field) => field in values).map((field) => [field, values[field]]));

const step = (model: SeedCollection, syncId: string, action: SeedStep['action'], key: string | null): SeedStep => ({
	collection: model.name,
	syncId,
	action,
	key,
	values: {},
	fields: [],
	bytes: null,
});

/** Passwords are written once: neither they nor other values that cannot be read are compared. */
function changedFields(values: Row, row: Row, { model, seed }: SeedState, ids: Ids): FieldChange[] {
	const changes: FieldChange[] = [];
	for (const [name, wanted] of Object.entries(values)) {
		const field = model.fields.get(name);
		if (!field || field.concealed || name === model.primaryKey || field.type === 'alias') continue;
		if (seed.meta.ignore_on_update.includes(name)) continue;
		const to = resolve(name, wanted, values, { model, ids }).value;
		if (!sameStored(field.type, row[name], to)) changes.push({ field: name, from: row[name] ?? null, to: wanted });
	}
	return changes;
}

/**
 * A value as the instance stores it: a SyncID becomes the key of what it names. `open`: it names a seed that has no key
 * yet, or nothing at all.
 */
export function resolve(
	name: string,
	value: unknown,
	values: Row,
	{ model, ids }: { model: SeedCollection; ids: Ids },
): { value: unknown; open: { table: string } | null } {
	const table = tableOf(name, values, model);
	if (table === null || value == null || typeof value !== 'string') return { value, open: null };
	const key = ids.get(table)?.get(value);
	return key === undefined ? { value, open: { table } } : { value: key, open: null };
}

/** The table of the id map in which a field's values are looked up; null where it refers to nothing. */
export function tableOf(name: string, values: Row, model: SeedCollection): string | null {
	const refersTo = model.fields.get(name)?.refersTo ?? null;
	if (refersTo === null) return null;
	if ('collection' in refersTo) return idTable(refersTo.collection);
	const collection = values[refersTo.collectionField];
	return typeof collection === 'string' ? idTable(collection) : null;
}

const TIMES = ['dateTime', 'timestamp', 'date'];
const NUMBERS = ['decimal', 'float', 'integer', 'bigInteger'];

/** Whether a stored value is the seed's: databases give decimals as text, and times in their own spelling. */
export function sameStored(type: string, stored: unknown, wanted: unknown): boolean {
	if (sameValue(stored, wanted)) return true;
	if (stored == null || wanted == null) return false;
	if (NUMBERS.includes(type)) return Number(stored) === Number(wanted);
	if (TIMES.includes(type)) {
		const [a, b] = [Date.parse(String(stored)), Date.parse(String(wanted))];
		return !Number.isNaN(a) && a === b;
	}
	if (type === 'csv') return String(stored) === String(wanted);
	// A reference to a numeric key may be text on one side.
	return (
		['string', 'number'].includes(typeof stored) && typeof stored !== typeof wanted && String(stored) === String(wanted)
	);
}

const hidden = (model: SeedCollection, field: string, value: unknown) =>
	model.fields.get(field)?.concealed && value != null ? '**********' : value;

const emptiedFields = (row: Row, model: SeedCollection): FieldChange[] =>
	Object.entries(row)
		.filter(([name, value]) => name !== model.primaryKey && value !== null)
		.map(([field, from]) => ({ field, from, to: null }));

/** By `insert_order`; where that leaves it open, what is referred to comes first, as far as there is no circle. */
function inOrder(states: readonly SeedState[]): SeedState[] {
	const waiting = [...states].toSorted((a, b) => order(a) - order(b) || (a.model.name < b.model.name ? -1 : 1));
	const done: SeedState[] = [];
	while (waiting.length > 0) {
		const [first] = waiting;
		const ready = waiting.findIndex(
			(state) =>
				order(state) === order(first as SeedState) &&
				waiting.every((other) => other === state || !refersTo(state, other)),
		);
		done.push(...waiting.splice(Math.max(0, ready), 1));
	}
	return done;
}

const order = ({ seed }: SeedState) => seed.meta.insert_order ?? Number.MAX_SAFE_INTEGER;

function refersTo({ model, seed }: SeedState, other: SeedState): boolean {
	const table = idTable(other.model.name);
	return seed.items.some((item) => Object.keys(item).some((name) => tableOf(name, item, model) === table));
}
