import { ELEMENT_KINDS } from '../contract/bundle.js';
import { isAboutTable, leftOutBy } from '../config/core/elements/left-out-tables.js';
import type { Change, Plan } from '../contract/plan.js';
import type { Hooks } from './config-shape.js';
import { rowsInScope, type Instance } from './pull-hooks.js';

/**
 * The deletions of a plan that `onQuery` or `excludeTables` leaves out of the configuration: pulls never wrote these
 * elements to the files, so that the files lack them does not mean that they shall go.
 */
export async function outOfScope(
	plan: Plan,
	{ hooks, excludeTables }: { hooks: Hooks; excludeTables: readonly string[] },
	instance: Instance,
): Promise<Set<Change>> {
	const isLeftOut = leftOutBy(excludeTables);
	const outside = new Set(plan.changes.filter((one) => one.action === 'delete' && isAboutTable(one, isLeftOut)));
	for (const kind of ELEMENT_KINDS) {
		const gone = plan.changes.filter((one) => one.kind === kind && one.action === 'delete');
		if (gone.length === 0) continue;
		const rows = await rowsInScope(kind, hooks, instance);
		if (rows === null) continue;
		const inside = new Set(rows.map((row) => String(row['id'])));
		for (const one of gone) if (one.local_id !== null && !inside.has(one.local_id)) outside.add(one);
	}
	return outside;
}

/** The plan without some of its steps. */
export function without(plan: Plan, left: ReadonlySet<Change>): Plan {
	const count = (kept: boolean) => [...left].filter((one) => one.kept === kept).length;
	return {
		...plan,
		changes: plan.changes.filter((one) => !left.has(one)),
		summary: {
			...plan.summary,
			delete: plan.summary.delete - count(false),
			kept: plan.summary.kept - count(true),
			none: plan.summary.none + left.size,
		},
	};
}
