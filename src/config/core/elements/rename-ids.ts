import { isRecord } from '../../../kernel/core/is-record.js';
import { ELEMENT_KINDS, type Bundle, type Element, type ElementKind } from '../../../contract/bundle.js';
import type { KnownId } from './config-state.js';
import { referencesOf } from './element-values.js';
import { idLookup } from './id-lookup.js';
import { toLocalIds, toSyncIds } from './json-references.js';

/** By kind, the SyncIDs that become others. */
export type Renamed = Map<ElementKind, Map<string, string>>;

/**
 * A bundle whose elements, and all that names them, have other SyncIDs.
 * @param ids the elements of the instance that it is of, under the SyncIDs that they have in it
 */
export function renameElements(
	bundle: Bundle,
	ids: Partial<Record<ElementKind, readonly KnownId[]>>,
	renamed: Renamed,
): Bundle {
	if (renamed.size === 0) return bundle;
	const before = idLookup(ids);
	const renamedIds: typeof ids = {};
	for (const kind of ELEMENT_KINDS) {
		const list = ids[kind];
		const names = renamed.get(kind);
		if (list) renamedIds[kind] = list.map((known) => ({ ...known, syncId: names?.get(known.syncId) ?? known.syncId }));
	}
	const after = idLookup(renamedIds);
	const elements: Bundle['elements'] = {};
	for (const kind of ELEMENT_KINDS) {
		const list = bundle.elements[kind];
		if (!list) continue;
		elements[kind] = list.map((element): Element => {
			const { _syncId, ...values } = element;
			const result: Element = {
				// Inside JSON a name and its mark depend on each other, so that it goes over the ids themselves.
				...Object.fromEntries(
					Object.entries(values).map(([field, value]) => [field, toSyncIds(toLocalIds(value, before), after)]),
				),
				_syncId: renamed.get(kind)?.get(_syncId) ?? _syncId,
			};
			for (const { kind: other, id, path } of referencesOf(kind, values)) {
				if (isBare(values, path, id)) setAt(result, path, renamed.get(other)?.get(id) ?? id);
			}
			return result;
		});
	}
	return { ...bundle, elements };
}

/**
 * A value with SyncIDs replaced wherever they are: as a value, a key, or within a text. For SyncIDs that were made up here
 * (UUIDs); what `planConfig` gives as `current` went through `renameElements`, which knows of other SyncIDs too.
 */
export function renameIds<Value>(value: Value, renamed: ReadonlyMap<string, string>): Value {
	return renamed.size === 0 ? value : (rename(value, renamed) as Value);
}

function rename(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
	if (typeof value === 'string') return renameText(value, renamed);
	if (Array.isArray(value)) return value.map((entry) => rename(entry, renamed));
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, entry]) => [renameText(key, renamed), rename(entry, renamed)]),
	);
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

const renameText = (text: string, renamed: ReadonlyMap<string, string>): string =>
	renamed.get(text) ?? (text.length > 36 ? text.replace(UUID, (id) => renamed.get(id) ?? id) : text);

/** Whether a reference stands at its place as such, and not with a mark within a text. */
const isBare = (values: Record<string, unknown>, path: string[], id: string): boolean => {
	const value = path.reduce<unknown>((node, key) => (isContainer(node) ? node[key] : undefined), values);
	return String(value) === id;
};

function setAt(root: unknown, path: string[], value: unknown): void {
	const last = path.at(-1);
	const holder = path.slice(0, -1).reduce<unknown>((node, key) => (isContainer(node) ? node[key] : undefined), root);
	if (last !== undefined && isContainer(holder)) holder[last] = value;
}

const isContainer = (value: unknown): value is Record<string, unknown> => isRecord(value) || Array.isArray(value);
