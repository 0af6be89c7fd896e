import { ELEMENT_KINDS, type Bundle, type Element, type ElementKind, type Snapshot } from './bundle.js';
import type { ConfigRow, ConfigState, KnownId } from './config-state.js';
import { columnOf, writtenValues } from './diff-values.js';
import { referencesOf, toRow } from './element-values.js';
import { forEachKind, uuid } from './example-state.js';
import { idLookup } from './id-lookup.js';
import { isElementKind, kinds } from './kinds.js';
import type { PlanInput, PlanOptions } from './plan-options.js';
import type { Change } from './plan-shape.js';
import { plannedSnapshot } from './schema-diff.js';

/** For tests: a bundle of elements that are written shortly; everything that is not given is missing. */
export function bundleWith(
	elements: Partial<Record<ElementKind, Record<string, unknown>[]>>,
	schema: Snapshot | null = null,
): Bundle {
	const list = Object.entries(elements).map(([kind, entries]) => [
		kind,
		entries.map((entry) => ({ _syncId: '', ...entry })),
	]);
	return { version: 1, directus: '12.4.0', schema, elements: Object.fromEntries(list) as Bundle['elements'] };
}

/** For tests: a snapshot of collections with the fields that are given. */
export function schemaWith(
	collections: Record<string, Record<string, Record<string, unknown>>>,
	rest: Partial<Snapshot> = {},
): Snapshot {
	return {
		version: 1,
		directus: '12.4.0',
		vendor: 'sqlite',
		collections: Object.keys(collections).map((collection) => ({
			collection,
			meta: { collection, group: null, hidden: false },
			schema: { name: collection },
		})),
		fields: Object.entries(collections).flatMap(([collection, fields]) =>
			Object.entries(fields).map(([field, values]) => ({
				collection,
				field,
				type: 'string',
				meta: { collection, field, interface: 'input' },
				schema: { name: field, table: collection, data_type: 'varchar', max_length: 255, is_nullable: true },
				...values,
			})),
		),
		relations: [],
		systemFields: [],
		...rest,
	};
}

const emptySchema = schemaWith({});

/** The key that an element has on the target of a test. */
export const localId = (kind: ElementKind, syncId: string): string =>
	kinds[kind].idsPreserved === 'always'
		? syncId
		: kinds[kind].idsPreserved === 'never'
			? `${kind} ${syncId}`
			: uuid(`here ${kind} ${syncId}`);

/**
 * For tests: a target that has a bundle.
 * @param untracked elements (`kind:syncId`) that nothing recorded
 */
export function targetWith(
	current: Bundle,
	wanted: Bundle,
	options: PlanOptions = {},
	untracked: readonly string[] = [],
): PlanInput {
	const known = forEachKind((kind) =>
		(current.elements[kind] ?? []).map(({ _syncId }): KnownId => ({
			syncId: _syncId,
			localId: localId(kind, _syncId),
		})),
	);
	const isTracked = (kind: ElementKind) => (id: KnownId) => !untracked.includes(`${kind}:${id.syncId}`);
	const ids = idLookup(known);
	const everyField = forEachKind((kind) => [
		...new Set(
			[current, wanted].flatMap(({ elements }) => (elements[kind] ?? []).flatMap((element) => Object.keys(element))),
		),
	]);
	const state: ConfigState = {
		directus: '12.4.0',
		vendor: current.schema?.vendor ?? 'sqlite',
		snapshot: current.schema ?? emptySchema,
		rows: forEachKind((kind) =>
			(current.elements[kind] ?? []).map((element): ConfigRow => ({
				...toRow(kind, element, ids),
				id: localId(kind, element._syncId),
			})),
		),
		columns: everyField,
		ids: forEachKind((kind) => known[kind].filter(isTracked(kind))),
		hidden: {},
		adminRole: null,
		limits: {
			collections: { used: current.schema?.collections.length ?? 0, limit: null },
			flows: { used: 0, limit: null },
			seats: { used: 0, limit: null },
			customPermissionRules: true,
		},
	};
	const newIds = Object.fromEntries(
		ELEMENT_KINDS.map((kind) => [kind, known[kind].filter((id) => !isTracked(kind)(id))]),
	);
	return { state, current, newIds, wanted, options };
}

/** Columns of which the database takes no value twice. */
const UNIQUE = ['flows.operation', 'operations.resolve', 'operations.reject'];

/**
 * For tests: what a database would do with the steps, foreign keys and unique columns included.
 * @throws where a step names what is not there, deletes what is still named, or takes a place that is not free
 */
export function applyPlan(changes: readonly Change[], current: Bundle, wanted: Bundle): Bundle {
	const tables = forEachKind(
		(kind) => new Map((current.elements[kind] ?? []).map((element) => [element._syncId, element])),
	);
	const elements = new Map(
		ELEMENT_KINDS.flatMap((kind) =>
			(wanted.elements[kind] ?? []).map((element) => [`${kind}:${element._syncId}`, element] as const),
		),
	);
	const holders = new Map<string, string>();
	const named = new Map<string, number>();
	/** What an element names in columns that are foreign keys. */
	const keysOf = (kind: ElementKind, element: Element): string[] =>
		referencesOf(kind, element)
			.filter(({ path }) => path.length === 1 && `${kind}.${path[0]}` !== 'flows.operation')
			.map(({ kind: other, id }) => `${other}:${id}`);
	const note = (kind: ElementKind, element: Element, sign: 1 | -1) => {
		for (const key of keysOf(kind, element)) named.set(key, (named.get(key) ?? 0) + sign);
		for (const place of UNIQUE) {
			const [table, column = ''] = place.split('.');
			const value = element[column];
			if (table !== kind || value === null || value === undefined) continue;
			const key = `${place}=${String(value)}`;
			if (sign < 0) holders.delete(key);
			else if (holders.has(key))
				throw new Error(`${key} is taken by ${holders.get(key)} when ${element._syncId} wants it`);
			else holders.set(key, element._syncId);
		}
	};
	for (const kind of ELEMENT_KINDS) for (const element of tables[kind].values()) note(kind, element, 1);
	for (const change of changes) {
		const { kind, sync_id, action, fields, kept } = change;
		if (kept || !isElementKind(kind)) continue;
		const present = tables[kind].get(sync_id);
		if ((action === 'create') === (present !== undefined)) throw new Error(`${action} of ${kind}:${sync_id}`);
		if (present) note(kind, present, -1);
		if (action === 'delete') {
			if (named.get(`${kind}:${sync_id}`)) throw new Error(`${kind}:${sync_id} is still named when it goes`);
			tables[kind].delete(sync_id);
			if (kind === 'roles') detachAll(tables.policies, sync_id);
			continue;
		}
		const next: Element = {
			...present,
			...writtenValues(fields, elements.get(`${kind}:${sync_id}`) ?? { _syncId: sync_id }),
			_syncId: sync_id,
		};
		for (const { kind: other, id, path } of referencesOf(kind, next)) {
			const isWritten = fields.some(({ field }) => columnOf(field) === path[0]);
			if (isWritten && !tables[other].has(id) && id !== sync_id)
				throw new Error(`${kind}:${sync_id}.${path.join('.')} names ${other}:${id} too early`);
		}
		note(kind, next, 1);
		tables[kind].set(sync_id, next);
	}
	const schemaSteps = changes.filter(({ kind }) => !isElementKind(kind));
	const schema =
		current.schema && wanted.schema ? plannedSnapshot(current.schema, wanted.schema, schemaSteps) : current.schema;
	const compared = ELEMENT_KINDS.filter((kind) => current.elements[kind] || wanted.elements[kind]);
	return {
		...current,
		schema,
		elements: Object.fromEntries(compared.map((kind) => [kind, [...tables[kind].values()]])),
	};
}

/** A role's access rows go with it. */
function detachAll(policies: Map<string, Element>, role: string): void {
	for (const [id, policy] of policies) {
		const attached = Array.isArray(policy['roles']) ? policy['roles'] : [];
		policies.set(id, { ...policy, roles: attached.filter((entry: { role: unknown }) => entry.role !== role) });
	}
}
