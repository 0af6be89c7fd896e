import { isRecord } from '../../../kernel/core/is-record.js';
import type { Bundle, Element, ElementKind } from '../../../contract/bundle.js';
import type { ConfigRow } from './config-state.js';
import type { IdLookup } from './id-lookup.js';
import { markedReferences, toLocalIds, toSyncIds } from './json-references.js';
import { FIXED_SYNC_IDS, isConfiguration, isElementKind, kinds, MASKED } from './kinds.js';
import { accessOf, bySortThenRole, isAccessList } from './policy-access.js';

/** A value of an element that names another one. */
export interface NamedElement {
	kind: ElementKind;
	/** SyncID in an element, id in a row. */
	id: string;
	/** Where it stands below the element: `['options', 'flow']`. */
	path: string[];
}

/** Whether the database knows nothing of a reference, since it lies within a JSON column. */
export const isInJson = (reference: NamedElement): boolean => reference.path[0] === 'options';

/** A reference to an unknown element. Every bundle is checked before, so this is a mistake of the caller. */
class UnresolvedReference extends Error {
	readonly element: { kind: ElementKind; syncId: string };
	readonly reference: NamedElement;

	constructor(element: { kind: ElementKind; syncId: string }, reference: NamedElement) {
		super(
			`${element.kind} ${element.syncId}: "${reference.path.join('.')}" names ${reference.kind} ${reference.id}, which is not known here`,
		);
		this.name = 'UnresolvedReference';
		this.element = element;
		this.reference = reference;
	}
}

/**
 * A row as an element: references by SyncID, also inside JSON; without its id, secrets, and fields that are no
 * configuration. An unknown reference stays as it is.
 *
 * A policy's `roles` are its access rows `{ role, user, sort }`. Those of users belong to the environment and are left
 * out; `{ role: null, sort }` means that the policy is public, and stands only where `role` **and** `user` are null.
 * @throws where the row's own id is not known
 */
export function toElement(kind: ElementKind, row: ConfigRow, ids: IdLookup): Element {
	const localId = String(row['id']);
	const syncId = kinds[kind].singleton ? FIXED_SYNC_IDS.settings : ids.syncId(kind, localId);
	if (syncId === undefined) throw new Error(`${kind} ${localId} has no SyncID`);
	const values = rewriteValues(
		kind,
		kind === 'policies' && Array.isArray(row['roles']) ? { ...row, roles: accessOf(row['roles']) } : row,
		(reference) => ids.syncId(reference.kind, reference.id) ?? null,
		(value) => toSyncIds(value, ids),
	);
	if (isAccessList(values['roles'])) values['roles'].sort(bySortThenRole);
	return { ...values, _syncId: syncId };
}

/**
 * The values of an element, or of a part of it, as the instance has them: ids in the place of SyncIDs, also inside
 * JSON, without the element's own id. What is no configuration or secret is left out even where the element has it.
 * @throws {UnresolvedReference}
 */
export function toRow(kind: ElementKind, element: Element, ids: IdLookup): ConfigRow {
	return rewriteValues(
		kind,
		element,
		(reference) => {
			const localId = ids.localId(reference.kind, reference.id);
			// The database does not mind what a trigger operation's JSON names, and a flow that is gone may be named for ever.
			if (localId === undefined && isInJson(reference)) return null;
			if (localId === undefined) throw new UnresolvedReference({ kind, syncId: element._syncId }, reference);
			return localId;
		},
		(value) => toLocalIds(value, ids),
	);
}

/**
 * The bundle as this instance would have written it: ids of this instance that stand in the JSON of its elements become
 * SyncIDs. `directus-sync` leaves such ids in its files, so that they would look changed. What this instance does not
 * know stays as it is.
 */
export const asWrittenHere = (bundle: Bundle, ids: IdLookup): Bundle => asReadWith(bundle, ids, ids);

/** The bundle with the ids in its JSON translated: from SyncIDs to the ids of `before`, then to the SyncIDs of `after`. */
export function asReadWith(bundle: Bundle, before: IdLookup, after: IdLookup): Bundle {
	const elements: Bundle['elements'] = {};
	for (const [kind, list] of Object.entries(bundle.elements)) {
		if (!isElementKind(kind)) continue;
		elements[kind] = list.map((element) => ({
			...rewriteValues(
				kind,
				element,
				(reference) => reference.id,
				(value) => toSyncIds(toLocalIds(value, before), after),
			),
			_syncId: element._syncId,
		}));
	}
	return { ...bundle, elements };
}

/** All elements that an element or row names in its fields, and with markers inside its JSON. */
export function referencesOf(kind: ElementKind, values: Record<string, unknown>): NamedElement[] {
	const elements: NamedElement[] = [];
	for (const { path, kind: other } of kinds[kind].references) {
		eachAt(values, path.split('.'), [], (value, at) => {
			if (isReference(kind, values, path, value)) elements.push({ kind: other, id: String(value), path: at });
		});
	}
	for (const [field, value] of Object.entries(values)) {
		if (!isConfiguration(kind, field)) continue;
		for (const { kind: other, syncId, path } of markedReferences(value)) {
			if (isElementKind(other)) elements.push({ kind: other, id: syncId, path: [field, ...path] });
		}
	}
	return elements;
}

/**
 * Whether the value at a reference's place names an element. `options.flow` does in operations that trigger a flow, and
 * where the type is not said; in an operation of another type it means what that type says. A template (`{{$trigger.flow}}`)
 * names none.
 */
function isReference(kind: ElementKind, values: Record<string, unknown>, path: string, value: unknown): boolean {
	if (value === null || value === undefined || value === '') return false;
	if (typeof value !== 'string' && typeof value !== 'number') return false;
	if (kind !== 'operations' || path !== 'options.flow') return true;
	return (values['type'] === undefined || values['type'] === 'trigger') && !String(value).includes('{{');
}

function eachAt(value: unknown, path: string[], at: string[], visit: (value: unknown, at: string[]) => void): void {
	const [head, ...rest] = path;
	if (Array.isArray(value)) return value.forEach((entry, index) => eachAt(entry, path, [...at, String(index)], visit));
	if (head === undefined) return visit(value, at);
	if (isRecord(value)) eachAt(value[head], rest, [...at, head], visit);
}

/**
 * @param named the new value of a reference; null leaves it to `others`
 * @param others the new value of everything else
 */
function rewriteValues(
	kind: ElementKind,
	values: Record<string, unknown>,
	named: (reference: NamedElement) => string | null,
	others: (value: unknown) => unknown,
): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	for (const [field, value] of Object.entries(values)) {
		if (isConfiguration(kind, field) && value !== undefined && value !== MASKED) result[field] = others(value);
	}
	for (const { path, kind: other } of kinds[kind].references) {
		eachAt(values, path.split('.'), [], (value, at) => {
			if (!isReference(kind, values, path, value)) return;
			const replaced = named({ kind: other, id: String(value), path: at });
			if (replaced !== null) setAt(result, at, replaced);
		});
	}
	return result;
}

/** Sets a value at a place that is there, in an object that was just rebuilt and is shared with nothing. */
function setAt(root: unknown, path: string[], value: unknown): void {
	const last = path.at(-1);
	const holder = path.slice(0, -1).reduce<unknown>((node, key) => (isContainer(node) ? node[key] : undefined), root);
	if (last !== undefined && isContainer(holder)) holder[last] = value;
}

/** Lists included: their places are keys like any other. */
const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
