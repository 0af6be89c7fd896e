import type { Plan } from '../contract/plan.js';
import type { ConfigPorts, PushProgress } from './ports.js';
import { isApplied, isDestructive, type PlannedStep } from './schema-steps.js';

/**
 * Where a database commits each change of a table at once (MySQL), tables are changed first, what cannot be taken back
 * last, and the elements in between: whatever fails, the most can be undone.
 */
export function phasesOf({ schemaInTransaction }: Pick<ConfigPorts, 'schemaInTransaction'>) {
	const all = (steps: PlannedStep[]) => steps;
	const none = () => [];
	if (schemaInTransaction) return { before: none, during: all, after: none };
	return {
		before: (steps: PlannedStep[]) => steps.filter((step) => !isDestructive(step, steps)),
		during: none,
		after: (steps: PlannedStep[]) => steps.filter((step) => isDestructive(step, steps)),
	};
}

/** Tells before each step which one it is, and of how many. */
export function stepsTold(
	tell: ((now: PushProgress) => void) | undefined,
	{ beforeStep }: Pick<ConfigPorts, 'beforeStep'>,
	planned: () => Plan | null,
) {
	let [step, of] = [0, 0];
	return (change: Plan['changes'][number]): void => {
		if (step === 0) of = planned()?.changes.filter(isApplied).length ?? 0;
		tell?.({ stage: 'writing', step: Math.min(step++, of), of, name: `${change.kind} ${change.name}` });
		beforeStep?.(change);
	};
}
