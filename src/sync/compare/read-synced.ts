import type { Row } from '../../kernel/core/row.js';
import type { WireValue } from '../core/merge/row-state.js';
import { inWholeSeconds, neverHere } from '../core/merge/kept-times.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import { targetOf, toWire } from '../core/wire/wire-values.js';
import { versionId, type RowRef, type RowVersion } from '../core/merge/row-version.js';
import { sameWire, valuesOf } from '../core/merge/stamp-edits.js';
import { isKnownByKey } from '../core/identity/natural-name.js';
import { SINGLETON } from '../incoming/identify.js';
import { columnsOf } from '../outgoing/plan-sync.js';
import { formOf } from '../rows/user-forms.js';
import type { KnownUser } from '../rows/sync-reads.js';
import type { Identities } from '../core/wire/identities.js';
import type { IdentifyPorts } from '../incoming/identify-ports.js';

/** Rows that are read at a time. */
const CHUNK = 2_000;

export interface ReadSyncedPorts extends Pick<IdentifyPorts, 'identityOf'> {
	/** Rows in the order of their keys, after that key. */
	chunk(collection: string, primary: string, after: unknown, limit: number, columns: string[]): Promise<Row[]>;
	/** All of a collection's sync ids, by local key. */
	allSyncIds(collection: string): Promise<Map<string, string>>;
	allUsers(): Promise<KnownUser[]>;
	/** Records of a collection's rows some of whose fields hold, on purpose, something else than what is agreed. */
	overridden(collection: string): Promise<RowVersion[]>;
	/** Those of these rows that are known to be deleted, by `versionId`. */
	deleted(refs: RowRef[]): Promise<Set<string>>;
	/** Whether times are compared in whole seconds, because one of the two sides keeps no more. */
	wholeSeconds: boolean;
	/** Rows are called by their keys, and not by sync ids: the two instances were one once. */
	byKey?: boolean;
	/** The rows among these keys that may be revealed; absent if all may. */
	revealed?: (collection: string, keys: string[]) => Promise<Set<string>>;
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
export async function* readSynced(model: SyncModel, ports: ReadSyncedPorts): AsyncGenerator<SyncedRow[]> {
	const { collection, primary } = model;
	const ids = new Map<string, (key: string) => string | null>();
	const learn = async (name: string) => {
		if (!ports.byKey && !ids.has(name)) ids.set(name, await syncIdLookup(name, ports));
	};
	const fields = [...model.fields.values()];
	for (const name of [
		collection,
		...fields.flatMap(({ related, kind }) => (related && kind === 'reference' ? [related] : [])),
		...fields.flatMap(({ rewrites }) => [...(rewrites ?? [])]),
	])
		await learn(name);
	const users = fields.some(({ kind }) => kind === 'user')
		? new Map((await ports.allUsers()).map((user) => [user.id, formOf(user)]))
		: new Map<string, string>();
	const identities: Identities = {
		syncId: (name, key) => (ports.byKey ? key : (ids.get(name)?.(key) ?? null)),
		localKey: () => null,
		userForm: (id) => users.get(id) ?? null,
		userId: () => null,
	};
	const agreed = await standingIn(model, users, ports);
	const typeFields = fields.flatMap(({ typeField }) => typeField ?? []);
	let after: unknown = null;
	for (;;) {
		const rows = await ports.chunk(collection, primary, after, CHUNK, columnsOf(model));
		for (const row of rows) for (const field of typeFields) if (row[field]) await learn(String(row[field]));
		const told = await ports.revealed?.(
			collection,
			rows.map((row) => String(row[primary])),
		);
		const shown = told ? rows.filter((row) => told.has(String(row[primary]))) : rows;
		yield shown.map((row) => {
			const key = String(row[primary]);
			const syncId = identities.syncId(collection, key);
			const values = agreed(syncId, toWire(row, model, identities).values);
			return { key, syncId, values: ports.wholeSeconds ? inWholeSeconds(values, model) : values };
		});
		if (rows.length < CHUNK) return;
		after = rows.at(-1)?.[primary];
	}
}

/**
 * Users whom nobody here knows by external identifier or e-mail, times that are none here, and rows that were deleted before
 * they came here: their fields have somebody who stands for them, or nobody, or another time, and are compared as what is
 * agreed. Nothing that either side could do would make them equal.
 */
async function standingIn(
	{ collection, fields }: SyncModel,
	known: ReadonlyMap<string, string>,
	ports: ReadSyncedPorts,
): Promise<(syncId: string | null, values: SyncedRow['values']) => SyncedRow['values']> {
	const names = [...fields.values()].flatMap(({ field, kind, type }) =>
		kind !== 'value' || ['date', 'dateTime'].includes(type) ? [field] : [],
	);
	if (names.length === 0) return (_syncId, values) => values;
	const forms = new Set(known.values());
	const records = new Map(
		(await ports.overridden(collection)).map(({ syncId, overrides, state }) => [
			syncId,
			{ overrides, values: valuesOf(state) },
		]),
	);
	const leadsTo = (field: string, values: Record<string, WireValue>) => {
		const known = fields.get(field);
		return known && known.kind !== 'user' ? targetOf(known, values[field] ?? null) : null;
	};
	const targets = [...records.values()].flatMap(({ overrides, values }) =>
		Object.keys(overrides).flatMap((field) => leadsTo(field, values) ?? []),
	);
	const deleted = targets.length > 0 ? await ports.deleted(targets) : new Set<string>();
	return (syncId, values) => {
		const record = syncId === null ? undefined : records.get(syncId);
		if (!record) return values;
		const isStandIn = (field: string) => {
			if (!Object.hasOwn(record.overrides, field)) return false;
			const user = (record.values[field] as { $user?: string } | null | undefined)?.$user;
			const isUnknown = user !== undefined && !forms.has(user);
			const to = leadsTo(field, record.values);
			const isGone = to !== null && deleted.has(versionId(to));
			if (!isUnknown && !isGone && neverHere({ [field]: record.values[field] }, { fields }).length === 0) return false;
			return sameWire(values[field] ?? null, record.overrides[field] ?? null);
		};
		const standIns = names.filter(isStandIn).map((field) => [field, record.values[field]]);
		return standIns.length === 0 ? values : { ...values, ...Object.fromEntries(standIns) };
	};
}

async function syncIdLookup(collection: string, ports: ReadSyncedPorts): Promise<(key: string) => string | null> {
	const identity = ports.identityOf(collection);
	if (!identity) return () => null;
	if (identity.singleton) return () => SINGLETON;
	const known = await ports.allSyncIds(collection);
	if (isKnownByKey(identity)) return (key) => known.get(key) ?? key.toLowerCase();
	return (key) => known.get(key) ?? null;
}
