import { ELEMENT_KINDS } from '../contract/bundle.js';
import { isAboutTable, leftOutBy } from '../config/core/elements/left-out-tables.js';
import type { Change, Plan } from '../contract/plan.js';
import type { Hooks } from './config-shape.js';
import { rowsInScope, type Instance } from './pull-hooks.js';

/**
 * The deletions of a plan that `onQuery` or `excludeTables` leaves out of the configuration: pulls never wrote these
 * elements to the files, so their absence from the files does not mean that they are to be deleted.
 */
export async function outOfScope(
	plan: Plan,
	{ hooks, excludeTables }: { hooks: Hooks; excludeTables: readonly string[] },
	instance: Instance,
): Promise<Set<Change>> {
	const isLeftOut = leftOutBy(excludeTables);
	const outside = new Set(
		plan.changes.filter((change) => change.action === 'delete' && isAboutTable(change, isLeftOut)),
	);
	for (const kind of ELEMENT_KINDS) {
		const deletions = plan.changes.filter((change) => change.kind === kind && change.action === 'delete');
		if (deletions.length === 0) continue;
		const rows = await rowsInScope(kind, hooks, instance);
		if (rows === null) continue;
		const inside = new Set(rows.map((row) => String(row['id'])));
		for (const deletion of deletions)
			if (deletion.local_id !== null && !inside.has(deletion.local_id)) outside.add(deletion);
	}
	return outside;
}

/** Removes steps from a plan and corrects its summary. */
export function without(plan: Plan, left: ReadonlySet<Change>): Plan {
	const count = (kept: boolean) => [...left].filter((change) => change.kept === kept).length;
	return {
		...plan,
		changes: plan.changes.filter((change) => !left.has(change)),
		summary: {
			...plan.summary,
			delete: plan.summary.delete - count(false),
			kept: plan.summary.kept - count(true),
			none: plan.summary.none + left.size,
		},
	};
}
