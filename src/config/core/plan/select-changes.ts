import { isElementKind, stepOf } from '../../../contract/config-kinds.js';
import type { Sides } from './dependencies.js';
import type { PlanOptions, Selection } from './plan-options.js';
import type { Change, ConfigIssue } from '../../../contract/plan.js';

/** What a plan's steps do not say. */
export interface Surroundings {
	/** Whether a choice that the plan does not contain is of something that is there. */
	exists: (step: string) => boolean;
	/** Steps that have to come along for another reason than their order. */
	needs: ReadonlyMap<string, readonly string[]>;
}

/**
 * The chosen part of an ordered plan, with everything that it depends on, in the same order. Of an element whose change
 * takes two steps both are chosen. A choice that the plan does not contain is told, so that a misspelt one is noticed.
 */
export function selectChanges(
	changes: readonly Change[],
	selection: Selection,
	{ exists, needs: others }: Surroundings = { exists: () => false, needs: new Map() },
): { changes: Change[]; issues: ConfigIssue[] } {
	const needs = needsOf(changes, others);
	const kinds = new Set<string>(selection.kinds ?? []);
	const named = selection.elements ?? [];
	const issues: ConfigIssue[] = [...new Set(named)]
		.filter((step) => !needs.has(step) && !exists(step))
		.map((step) => ({
			file: null,
			path: step,
			code: 'unknown_selection',
			message: `there is no ${step} to choose: neither the bundle nor this instance has it`,
		}));
	const ofKinds = changes.filter(({ kind }) => kinds.has(kind)).map(stepOf);
	const chosen = reachedFrom([...named, ...ofKinds], needs);
	return { changes: changes.filter((change) => chosen.has(stepOf(change))), issues };
}

/** What each step of a plan (`kind:sync_id`) cannot be without. */
export function needsOf(
	changes: readonly Change[],
	others: ReadonlyMap<string, readonly string[]> = new Map(),
): Map<string, string[]> {
	const needs = new Map<string, string[]>();
	const partsOf = new Map<string, string[]>();
	for (const { kind, sync_id } of changes) {
		if (isElementKind(kind) || kind === 'collections') continue;
		const [collection = ''] = sync_id.split('.');
		const parts = partsOf.get(collection);
		if (parts) parts.push(stepOf({ kind, sync_id }));
		else partsOf.set(collection, [stepOf({ kind, sync_id })]);
	}
	for (const change of changes) {
		const step = stepOf(change);
		const known = needs.get(step) ?? [...(others.get(step) ?? [])];
		known.push(...change.after.map((reason) => reason.step));
		// A new collection without its fields would be another collection.
		if (change.kind === 'collections' && change.action === 'create') known.push(...(partsOf.get(change.sync_id) ?? []));
		needs.set(step, known);
	}
	return needs;
}

/** These steps, and all that lead from one to the next. */
export function reachedFrom(steps: Iterable<string>, ways: ReadonlyMap<string, readonly string[]>): Set<string> {
	const reached = new Set(steps);
	for (const step of reached) for (const next of ways.get(step) ?? []) reached.add(next);
	return reached;
}

/** A flow whose first operation goes would start with nothing: where only the operation is chosen, the flow goes with it. */
export function startersOf(changes: readonly Change[], { before }: Sides): Map<string, string[]> {
	const needs = new Map<string, string[]>();
	for (const change of changes) {
		if (change.kind !== 'flows' || change.action !== 'delete') continue;
		const operation = before.get(stepOf(change))?.['operation'];
		if (typeof operation === 'string') needs.set(`operations:${operation}`, [stepOf(change)]);
	}
	return needs;
}

/** Whether a step is among what was chosen, by itself or with its kind. */
export const isNamed = ({ select }: PlanOptions, step: Change): boolean =>
	!select || select.kinds?.includes(step.kind) === true || select.elements?.includes(stepOf(step)) === true;
