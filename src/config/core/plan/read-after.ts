import type { Bundle, ElementKind } from '../../../contract/bundle.js';
import type { KnownId } from '../elements/config-state.js';
import { asReadWith } from '../elements/element-values.js';
import { idLookup } from '../elements/id-lookup.js';
import { isElementKind, kinds } from '../elements/kinds.js';
import type { Change } from '../../../contract/plan.js';

/**
 * What is there, as it would be read once a plan is done, if nothing of it were written: within JSON, the id of an element
 * that goes is a mere id then, and a text that is the SyncID of an element that comes is not its id here. Compared with
 * this, a plan writes what otherwise only the next plan would find.
 * @param localIds of each kind, keys by SyncID
 * @returns null where the plan makes nothing and deletes nothing, so that all of it reads as before
 */
export function asReadAfter(
	current: Bundle,
	changes: readonly Change[],
	localIds: ReadonlyMap<ElementKind, ReadonlyMap<string, string>>,
	preserved: readonly ElementKind[],
): Bundle | null {
	const active = changes.filter(({ kept, kind, action }) => !kept && isElementKind(kind) && action !== 'update');
	if (active.length === 0) return null;
	const deleted = new Set(
		active.filter(({ action }) => action === 'delete').map(({ kind, sync_id }) => `${kind}:${sync_id}`),
	);
	const before: Partial<Record<ElementKind, KnownId[]>> = {};
	const after: Partial<Record<ElementKind, KnownId[]>> = {};
	for (const [kind, ids] of localIds) {
		const known = Array.from(ids, ([syncId, localId]) => ({ syncId, localId }));
		before[kind] = known;
		after[kind] = known.filter(({ syncId }) => !deleted.has(`${kind}:${syncId}`));
	}
	for (const { kind, sync_id, action } of active) {
		if (action !== 'create' || !isElementKind(kind)) continue;
		const keeps = kinds[kind].idsPreserved === 'always' || preserved.includes(kind);
		// Which id it will have is not known yet; what matters is that its SyncID is not one.
		(after[kind] ??= []).push({ syncId: sync_id, localId: keeps ? sync_id : `(new) ${kind} ${sync_id}` });
	}
	return asReadWith(current, idLookup(before), idLookup(after));
}
