import { needsOf, reachedFrom } from '../../config/core/plan/select-changes.js';
import type { Change } from '../../contract/plan.js';
import { stepOf } from '../../contract/config-kinds.js';

/** Which steps of a plan (`kind:sync_id`) cannot be without which. */
export interface Ways {
	needs: ReadonlyMap<string, readonly string[]>;
	neededBy: ReadonlyMap<string, readonly string[]>;
}

export type Chosen = ReadonlySet<string>;

export function waysOf(changes: readonly Change[]): Ways {
	const needs = needsOf(changes);
	const neededBy = new Map<string, string[]>();
	for (const [step, needed] of needs) {
		for (const other of needed) {
			const known = neededBy.get(other);
			if (known) known.push(step);
			else neededBy.set(other, [step]);
		}
	}
	return { needs, neededBy };
}

/** Everything but what deletes something, loses values or is the environment's own, and what cannot be without that. */
export function chosenAtFirst(changes: readonly Change[], { neededBy }: Ways): Set<string> {
	const risky = changes.filter(
		({ action, kept, risk }) =>
			kept || action === 'delete' || risk.includes('data_loss') || risk.includes('environment'),
	);
	const left = reachedFrom(risky.map(stepOf), neededBy);
	return new Set(
		changes
			.filter(({ action }) => action !== 'none')
			.map(stepOf)
			.filter((step) => !left.has(step)),
	);
}

/** With these, and with what they cannot be without; `also` is what came along. */
export function choose(chosen: Chosen, steps: readonly string[], { needs }: Ways): { chosen: Chosen; also: string[] } {
	const wanted = reachedFrom(steps, needs);
	const also = [...wanted].filter((step) => needs.has(step) && !chosen.has(step) && !steps.includes(step));
	return { chosen: new Set([...chosen, ...steps, ...also]), also };
}

/** Without these, and without what cannot be without them. */
export function leave(
	chosen: Chosen,
	steps: readonly string[],
	{ neededBy }: Ways,
): { chosen: Chosen; also: string[] } {
	const dependents = reachedFrom(steps, neededBy);
	const also = [...dependents].filter((step) => chosen.has(step) && !steps.includes(step));
	return { chosen: new Set([...chosen].filter((step) => !dependents.has(step))), also };
}

/** What a push is told to be about: null where that is everything which it would do unasked. */
export function onlyOf(changes: readonly Change[], chosen: Chosen): string[] | null {
	const isEverything = changes.every(
		({ kept, action, ...step }) => action === 'none' || chosen.has(stepOf(step)) !== kept,
	);
	return isEverything ? null : [...chosen];
}
