import { ELEMENT_KINDS, type Bundle, type Element } from '../contract/bundle.js';
import { columnOf } from './core/plan/diff-values.js';
import { inverseSchema, invertPlan, type Inverse } from './core/plan/invert-plan.js';
import { isElementKind } from './core/elements/kinds.js';
import type { Plan } from '../contract/plan.js';
import { renameElements, type Renamed } from './core/elements/rename-ids.js';
import { plannedSnapshot } from './core/schema/schema-diff.js';
import type { Planned } from './apply-plan.js';
import type { CurrentConfig } from './plan-wish.js';
import { isApplied, isSchemaChange } from './schema-steps.js';
import type { Trace } from './ports.js';

/**
 * What undoing a plan needs, recorded before it is applied. If any part of the schema changes, all of it is kept: its parts
 * need each other.
 */
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

/**
 * What an instance has to become so that a push that was broken off is done, or undone. Every part of it that it names is
 * made what it was to be, or what it had been, whichever of the two it is now.
 */
export function carriedOn(plan: Plan, { before, after }: Trace, current: Bundle, direction: 'finish' | 'undo'): Bundle {
	const done = plan.changes.filter(isApplied);
	const side = direction === 'finish' ? after : before;
	const elements: Bundle['elements'] = {};
	for (const [kind, changes] of Map.groupBy(done, (change) => change.kind)) {
		if (!isElementKind(kind)) continue;
		const touched = new Set(changes.map(({ sync_id }) => sync_id));
		const others = (current.elements[kind] ?? []).filter(({ _syncId }) => !touched.has(_syncId));
		elements[kind] = [...others, ...(side.elements[kind] ?? [])];
	}
	const steps = done.filter(isSchemaChange);
	const switched = done.filter(({ kind }) => kind === 'extensions');
	const schema =
		steps.length === 0 || !side.schema || !current.schema
			? null
			: direction === 'finish'
				? plannedSnapshot(current.schema, side.schema, steps)
				: inverseSchema(steps, side.schema, current.schema);
	return {
		version: current.version,
		directus: current.directus,
		schema,
		elements,
		...(switched.length > 0
			? {
					extensions: switched.map(({ sync_id, fields }) => ({
						name: sync_id,
						enabled: (direction === 'finish' ? fields[0]?.to : fields[0]?.from) === true,
					})),
				}
			: {}),
	};
}

/** What is there, under the SyncIDs that a plan has for it. */
export function underPlannedIds({ current, newIds, state }: CurrentConfig, adoptions: Plan['adoptions']): Bundle {
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
