import { stepOf } from './dependencies.js';
import { isElementKind } from './kinds.js';
import type { Selection } from './plan-options.js';
import type { Change, ConfigIssue } from './plan-shape.js';

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
	const byStep = Map.groupBy(changes, stepOf);
	const kinds = new Set<string>(selection.kinds ?? []);
	const chosen = new Set(selection.elements ?? []);
	const issues: ConfigIssue[] = [...chosen]
		.filter((step) => !byStep.has(step) && !exists(step))
		.map((step) => ({
			file: null,
			path: step,
			code: 'unknown_selection',
			message: `there is no ${step} to choose: neither the bundle nor this instance has it`,
		}));
	for (const change of changes) if (kinds.has(change.kind)) chosen.add(stepOf(change));
	const queue = [...chosen];
	for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
		for (const { after, kind, sync_id, action } of byStep.get(step) ?? []) {
			const needs = [...after.map((reason) => reason.step), ...(others.get(step) ?? [])];
			// A new collection without its fields would be another collection.
			if (kind === 'collections' && action === 'create') needs.push(...partsOf(changes, sync_id));
			for (const need of needs) {
				if (chosen.has(need)) continue;
				chosen.add(need);
				queue.push(need);
			}
		}
	}
	return { changes: changes.filter((change) => chosen.has(stepOf(change))), issues };
}

const partsOf = (changes: readonly Change[], collection: string): string[] =>
	changes
		.filter(
			({ kind, sync_id }) => !isElementKind(kind) && kind !== 'collections' && sync_id.startsWith(`${collection}.`),
		)
		.map(stepOf);
