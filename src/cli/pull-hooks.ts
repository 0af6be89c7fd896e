import { isRecord } from '../kernel/core/is-record.js';
import { sameValue } from '../kernel/core/same-value.js';
import { BUNDLE_VERSION, ELEMENT_KINDS, type Bundle, type Element, type ElementKind } from '../contract/bundle.js';
import { isConfiguration, kinds } from '../config/core/elements/kinds.js';
import type { Plan } from '../contract/plan.js';
import { readComplete, type Row } from './complete-reads.js';
import type { Hooks, KindHooks, Query } from './config-shape.js';
import type { Connection } from './connection.js';
import type { HookClient } from './hook-client.js';
import { broken, calling, runElementsHook, runSnapshotHook } from './run-hooks.js';

/** What asks about the elements of an instance, for hooks that work on rows as they are there. */
export interface Instance {
	connection: Connection;
	client: () => Promise<HookClient>;
	/** What would be deleted if these were all that shall be: it tells which key each SyncID has. */
	diff(bundle: Bundle): Promise<Plan>;
}

/** Keys of elements on the instance, by kind and SyncID. */
type Keys = Map<string, string>;

/** The rows of a kind that its `onQuery` leaves in the configuration; null where it has none. */
export async function rowsInScope(kind: ElementKind, hooks: Hooks, instance: Instance): Promise<Row[] | null> {
	const hook = hooks[kind]?.onQuery;
	return hook ? queryRows(kind, hook, instance) : null;
}

async function queryRows(kind: ElementKind, hook: KindHooks['onQuery'], instance: Instance): Promise<Row[]> {
	const usual: Query = {
		fields: ['*'],
		limit: -1,
		...(kind === 'presets' ? { filter: { user: { _null: true } } } : {}),
	};
	const place = `hooks.${kind}.onQuery`;
	const client = await instance.client();
	const query: unknown = hook ? await calling(place, () => hook(usual, client)) : usual;
	if (!isRecord(query)) throw broken(place, 'gave no query');
	const { fields, ...rest } = query;
	return readRows(kind, { ...rest, fields: Array.isArray(fields) ? fields.map(String) : ['*'] }, instance);
}

async function readRows(
	kind: ElementKind,
	query: Row & { fields: string[] },
	{ connection }: Instance,
): Promise<Row[]> {
	if (kinds[kind].singleton) {
		const row = await connection.data<unknown>('GET', `/${kind}`);
		return isRecord(row) ? [row] : [];
	}
	return readComplete(connection, { name: kind, path: `/${kind}`, primaryKey: 'id' }, query);
}

/** What the instance gave, after `onQuery`, `onDump` and `onSave`. */
export async function runPullHooks(bundle: Bundle, hooks: Hooks, instance: Instance): Promise<Bundle> {
	const elements = { ...bundle.elements };
	const asked = ELEMENT_KINDS.filter((kind) => elements[kind] && (hooks[kind]?.onQuery ?? hooks[kind]?.onDump));
	const keys = asked.length > 0 ? await keysOf(asked, instance) : new Map<string, string>();
	for (const kind of ELEMENT_KINDS) {
		const own = hooks[kind];
		let list = elements[kind];
		if (!own || !list) continue;
		if (own.onQuery ?? own.onDump) {
			const rows = new Map((await queryRows(kind, own.onQuery, instance)).map((row) => [keyOf(row), row]));
			const rowOf = ({ _syncId }: Element) =>
				kinds[kind].singleton ? [...rows.values()][0] : rows.get(keys.get(`${kind}:${_syncId}`) ?? '');
			list = list.filter(rowOf);
			if (own.onDump) list = await dump(kind, list, own.onDump, { rowOf, instance });
		}
		if (own.onSave) list = await runElementsHook(kind, 'onSave', own.onSave, list, await instance.client());
		elements[kind] = list;
	}
	const hook = hooks.snapshot?.onSave;
	const schema =
		hook && bundle.schema
			? await runSnapshotHook('onSave', hook, bundle.schema, await instance.client())
			: bundle.schema;
	return { ...bundle, elements, schema };
}

const keyOf = (row: Row) => String(row['id']);

/** Which key each element of these kinds has: told by a plan that would delete them all. Singletons have none. */
async function keysOf(kindsAsked: readonly ElementKind[], instance: Instance): Promise<Keys> {
	const asked = kindsAsked.filter((kind) => !kinds[kind].singleton);
	if (asked.length === 0) return new Map();
	const nothing: Bundle = {
		version: BUNDLE_VERSION,
		directus: null,
		schema: null,
		elements: Object.fromEntries(asked.map((kind) => [kind, []])),
	};
	const { changes } = await instance.diff(nothing);
	return new Map(
		changes.flatMap(({ kind, sync_id, local_id }) => (local_id === null ? [] : [[`${kind}:${sync_id}`, local_id]])),
	);
}

/**
 * Shows a hook the rows as they are on the instance, each with its SyncID, and takes over what it changes: values of
 * fields, and which elements there are.
 */
async function dump(
	kind: ElementKind,
	list: readonly Element[],
	hook: NonNullable<KindHooks['onDump']>,
	{ rowOf, instance }: { rowOf: (one: Element) => Row | undefined; instance: Instance },
): Promise<Element[]> {
	const raw = list.map((element) => ({ ...rowOf(element), _syncId: element._syncId }));
	// A hook may change what it is given in place.
	const before = new Map(raw.map((row) => [row._syncId, structuredClone(row) as Row]));
	const after = await runElementsHook(kind, 'onDump', hook, raw, await instance.client());
	const clean = new Map(list.map((element) => [element._syncId, element]));
	return after.map((row) => {
		const known = clean.get(row._syncId);
		const was = before.get(row._syncId);
		if (!known || !was) return fresh(kind, row);
		const changed = Object.entries(row).filter(([field, value]) => field !== 'id' && !sameValue(was[field], value));
		return { ...known, ...Object.fromEntries(changed), _syncId: known._syncId };
	});
}

/** An element that a hook made up. */
function fresh(kind: ElementKind, row: Element): Element {
	if (typeof row._syncId !== 'string' || row._syncId === '')
		throw broken(`hooks.${kind}.onDump`, 'gave an element without a _syncId');
	const { _syncId, ...values } = row;
	const kept = Object.entries(values).filter(([field]) => field !== 'id' && isConfiguration(kind, field));
	return { _syncId, ...Object.fromEntries(kept) };
}
