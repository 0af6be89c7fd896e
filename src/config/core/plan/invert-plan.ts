import type { Bundle, Element, Snapshot } from '../../../contract/bundle.js';
import { columnOf, diffValues } from './diff-values.js';
import { isElementKind, kinds } from '../elements/kinds.js';
import { movedIssue } from './moved-values.js';
import type { Change, ConfigIssue, Plan } from '../../../contract/plan.js';
import { fieldName } from '../schema/schema-changes.js';
import { plannedSnapshot } from '../schema/schema-diff.js';

export interface Inverse {
	/** What the instance is to become: as it is now, but for what the plan did. */
	wanted: Bundle;
	/** What does not come back, in words. */
	lost: string[];
	/** What was changed since; the fields that the plan wrote still get their old values. */
	drifted: ConfigIssue[];
}

/**
 * What takes a plan back, as a bundle from which a new plan is made: a mirror, since what it created is in nobody's files.
 * Only what the plan did is undone: an element that it created goes, one that it deleted comes back, and of one that it
 * changed the fields that it wrote.
 * @param before the target's bundle as recorded when the plan was applied
 * @param after the same right after it, where it was recorded, for what changed since
 * @param current as it is now
 */
export function invertPlan(
	plan: Plan,
	{ before, after, current }: { before: Bundle; after?: Bundle; current: Bundle },
): Inverse {
	const done = plan.changes.filter(({ kept, action }) => !kept && action !== 'none');
	const elements: Bundle['elements'] = {};
	const drifted: ConfigIssue[] = [];
	for (const [kind, changes] of Map.groupBy(done, (change) => change.kind)) {
		if (!isElementKind(kind)) continue;
		const was = bySyncId(before.elements[kind]);
		const left = bySyncId(after?.elements[kind]);
		const byId = Map.groupBy(changes, ({ sync_id }) => sync_id);
		const currentElements = current.elements[kind] ?? [];
		const present = new Set(currentElements.map(({ _syncId }) => _syncId));
		const kept = currentElements.flatMap((element): Element[] => {
			const steps = byId.get(element._syncId);
			if (!steps) return [element];
			if (after) drifted.push(...driftOf(element, left.get(element._syncId), steps));
			const old = was.get(element._syncId);
			return old ? [withColumns(element, old, steps)] : [];
		});
		const deleted = [...byId.keys()].filter((id) => !present.has(id));
		const restored = deleted.flatMap((id) => {
			const old = was.get(id);
			// Where the plan only changed it, it was deleted since.
			if (old && !byId.get(id)?.some(({ action }) => action === 'delete'))
				drifted.push({
					file: null,
					path: `${kind}:${id}`,
					code: 'changed_since',
					message: `${kind} "${kinds[kind].nameOf(old)}" does not exist any more`,
				});
			return old ? [old] : [];
		});
		elements[kind] = [...kept, ...restored];
	}
	const schemaSteps = done.filter(({ kind }) => !isElementKind(kind) && kind !== 'extensions');
	const switched = done.filter(({ kind }) => kind === 'extensions');
	const now = new Map((current.extensions ?? []).map(({ name, enabled }) => [name, enabled]));
	for (const change of switched) {
		const [state] = change.fields;
		const is = now.get(change.sync_id);
		if (state && is !== undefined && is !== state.to)
			drifted.push(movedIssue(change, { field: state.field, from: state.to, to: is }));
	}
	const schema =
		schemaSteps.length > 0 && before.schema && current.schema
			? inverseSchema(schemaSteps, before.schema, current.schema)
			: null;
	return {
		wanted: {
			version: current.version,
			directus: current.directus,
			schema,
			elements,
			...(switched.length > 0
				? { extensions: switched.map(({ sync_id, fields }) => ({ name: sync_id, enabled: fields[0]?.from === true })) }
				: {}),
		},
		lost: done.flatMap(lostWith),
		drifted,
	};
}

const bySyncId = (elements: Element[] | undefined): Map<string, Element> =>
	new Map((elements ?? []).map((element) => [element._syncId, element]));

/** The element with what the steps wrote as it was before. */
function withColumns(element: Element, old: Element, steps: readonly Change[]): Element {
	const columns = new Set(steps.flatMap(({ fields }) => fields.map(({ field }) => columnOf(field))));
	return { ...element, ...Object.fromEntries([...columns].map((column) => [column, old[column] ?? null])) };
}

/** The fields that a push wrote and that have changed since. */
function driftOf(element: Element, left: Element | undefined, steps: readonly Change[]): ConfigIssue[] {
	const [change] = steps;
	if (!left || !change) return [];
	const columns = new Set(steps.flatMap(({ fields }) => fields.map(({ field }) => columnOf(field))));
	return [...columns].flatMap((column) =>
		diffValues(column, left[column] ?? null, element[column] ?? null).map((moved) => movedIssue(change, moved)),
	);
}

/** The schema with what steps did undone; what they had not done yet is left as it is. */
export function inverseSchema(steps: readonly Change[], before: Snapshot, current: Snapshot): Snapshot {
	const opposite = { create: 'delete', delete: 'create', update: 'update', move: 'move', none: 'none' } as const;
	const inverse = steps.map((change): Change => ({
		...change,
		action: opposite[change.action],
		fields: change.fields.map(({ field, from, to }) => ({ field, from: to, to: from })),
	}));
	return plannedSnapshot(current, before, [...inverse, ...partsOfDropped(steps, before)]);
}

/** Fields and relations that went with their collection, which come back with it. */
function partsOfDropped(steps: readonly Change[], before: Snapshot): Change[] {
	const dropped = new Map(
		steps
			.filter(({ kind, action }) => kind === 'collections' && action === 'delete')
			.map((change) => [change.sync_id, change]),
	);
	return (['fields', 'relations'] as const).flatMap((kind) =>
		before[kind].flatMap((entry): Change[] => {
			const change = dropped.get(entry.collection);
			return change
				? [{ ...change, kind, sync_id: fieldName(entry), name: fieldName(entry), action: 'create', fields: [] }]
				: [];
		}),
	);
}

/** What no plan brings back, since no bundle has it. */
function lostWith({ kind, sync_id, name, action, risk, impact, fields }: Change): string[] {
	if (!isElementKind(kind)) {
		if (!risk.includes('data_loss')) return [];
		const what = action === 'delete' ? `comes back empty` : `keeps what the change made of its values`;
		return [`${kind.slice(0, -1)} ${sync_id} ${what}${impact.length > 0 ? ` (${impact.join(', ')})` : ''}`];
	}
	if (action !== 'delete') return [];
	const lost: string[] = [];
	if (kind === 'roles') lost.push(`role "${name}" comes back without its users`);
	if (kind === 'policies') lost.push(`policy "${name}" comes back without the users that it was given to directly`);
	if (kind === 'presets' || kind === 'permissions' || kinds[kind].idsPreserved === 'always') return lost;
	if (fields.length > 0 && kind !== 'operations' && kind !== 'translations' && kind !== 'panels')
		lost.push(`${kind.slice(0, -1)} "${name}" comes back under another id: links to it lead nowhere`);
	return lost;
}
