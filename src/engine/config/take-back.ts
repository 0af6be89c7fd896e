import { ELEMENT_KINDS, type Bundle, type Element } from '../../core/config/bundle.js';
import { columnOf } from '../../core/config/diff-values.js';
import { invertPlan, type Inverse } from '../../core/config/invert-plan.js';
import { isElementKind } from '../../core/config/kinds.js';
import type { Plan } from '../../core/config/plan-shape.js';
import { renameElements, type Renamed } from '../../core/config/rename-ids.js';
import type { Planned } from './apply-plan.js';
import type { Found } from './plan-wish.js';
import { isApplied, isSchemaChange } from './schema-steps.js';

/** What a push touched, as it was before and as it left it: enough to take it back, however many pushes later. */
export interface Trace {
	before: Bundle;
	after: Bundle;
	/** Keys of what it deleted, under which it comes back; by `kind:syncId`. */
	localIds: Record<string, string>;
}

/** Of a plan that is about to be applied. Of the schema all is kept where any of it changes: its parts need each other. */
export function traceOf(planned: Planned): Trace {
	const { plan, wanted } = planned;
	const current = underPlannedIds(planned, plan.adoptions);
	const applied = plan.changes.filter(isApplied);
	const columns = new Map<string, Set<string>>();
	const localIds: Trace['localIds'] = {};
	for (const { kind, sync_id, local_id, action, fields } of applied) {
		if (!isElementKind(kind)) continue;
		const step = `${kind}:${sync_id}`;
		const known = columns.get(step) ?? new Set();
		for (const { field } of fields) known.add(columnOf(field));
		columns.set(step, known);
		if (action === 'delete' && local_id !== null) localIds[step] = local_id;
	}
	const was = new Map<string, Element>();
	const before: Bundle['elements'] = {};
	const after: Bundle['elements'] = {};
	for (const kind of ELEMENT_KINDS) {
		const touched = (list: Element[] | undefined) =>
			(list ?? []).filter((element) => columns.has(`${kind}:${element._syncId}`));
		const old = touched(current.elements[kind]);
		if (old.length > 0) before[kind] = old;
		for (const element of old) was.set(`${kind}:${element._syncId}`, element);
		const left = touched(wanted.elements[kind]).map((element): Element => {
			const step = `${kind}:${element._syncId}`;
			const written = [...(columns.get(step) ?? [])].map((column) => [column, element[column] ?? null]);
			return { ...was.get(step), ...Object.fromEntries(written), _syncId: element._syncId };
		});
		if (left.length > 0) after[kind] = left;
	}
	const { version, directus } = current;
	return {
		before: { version, directus, elements: before, schema: applied.some(isSchemaChange) ? current.schema : null },
		after: { version, directus, elements: after, schema: null },
		localIds,
	};
}

/** What an instance has to become so that a push is taken back. */
export const takenBack = (plan: Plan, { before, after }: Trace, current: Bundle): Inverse =>
	invertPlan(plan, { before, after, current });

/** What is there, under the SyncIDs that a plan has for it. */
export function underPlannedIds({ current, newIds, state }: Found, adoptions: Plan['adoptions']): Bundle {
	const renamed: Renamed = new Map();
	const ids = Object.fromEntries(
		ELEMENT_KINDS.map((kind) => [kind, [...(newIds[kind] ?? []), ...state.ids[kind]]] as const),
	);
	for (const { kind, sync_id, local_id } of adoptions) {
		const known = ids[kind]?.find(({ localId }) => localId === local_id);
		if (!known || known.syncId === sync_id) continue;
		renamed.set(kind, (renamed.get(kind) ?? new Map<string, string>()).set(known.syncId, sync_id));
	}
	return renameElements(current, ids, renamed);
}
