import { ELEMENT_KINDS, type ElementKind } from '../../../contract/bundle.js';
import type { KnownId } from './config-state.js';

/** An element under both of its names. */
export interface KnownElement extends KnownId {
	kind: ElementKind;
}

/** Which element of one instance has which SyncID, in both directions. */
export interface IdLookup {
	syncId(kind: ElementKind, localId: string): string | undefined;
	localId(kind: ElementKind, syncId: string): string | undefined;
	/** The element with this id, where its kind is not said: inside JSON. Of two kinds, the one that comes first. */
	byLocalId(localId: string): KnownElement | undefined;
	/** The element with this SyncID, where its kind is not said; `several` where two kinds have it for different ids. */
	bySyncId(syncId: string): KnownElement | 'several' | undefined;
}

/**
 * @param ids of each kind, all elements that may be referred to; later entries win over earlier ones
 * @param used told of every element that is asked for by its id
 */
export function idLookup(
	ids: Partial<Record<ElementKind, readonly KnownId[]>>,
	used?: (element: KnownElement) => void,
): IdLookup {
	const bySync = new Map<string, KnownElement | 'several'>();
	const byLocal = new Map<string, KnownElement>();
	const ofKind = new Map<ElementKind, { sync: Map<string, KnownElement>; local: Map<string, KnownElement> }>();
	for (const kind of ELEMENT_KINDS) {
		const sync = new Map<string, KnownElement>();
		const local = new Map<string, KnownElement>();
		for (const { syncId, localId } of ids[kind] ?? []) {
			const element = { kind, syncId, localId };
			sync.set(syncId, element);
			local.set(localId, element);
		}
		ofKind.set(kind, { sync, local });
		for (const element of sync.values()) {
			const other = bySync.get(element.syncId);
			const same = other === undefined || (other !== 'several' && other.localId === element.localId);
			bySync.set(element.syncId, same ? (other ?? element) : 'several');
		}
		for (const element of local.values()) {
			if (!byLocal.has(element.localId)) byLocal.set(element.localId, element);
		}
	}
	const tell = (element: KnownElement | undefined) => {
		if (element) used?.(element);
		return element;
	};
	return {
		syncId: (kind, localId) => tell(ofKind.get(kind)?.local.get(localId))?.syncId,
		localId: (kind, syncId) => ofKind.get(kind)?.sync.get(syncId)?.localId,
		byLocalId: (localId) => tell(byLocal.get(localId)),
		bySyncId: (syncId) => bySync.get(syncId),
	};
}
