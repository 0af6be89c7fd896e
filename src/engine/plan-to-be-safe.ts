import type { ItemChange } from '../core/item-change.js';
import { NO_OLD_VALUES } from '../core/old-values.js';
import type { CompiledRule } from '../core/watch.js';
import type { PlannedDelivery } from './plan.js';

/**
 * What to do with an item where a rule cannot be evaluated: a page too many is refreshed rather than one too few. The
 * item is sent without its values, which may be what could not be read, and the reason says why.
 */
export function planToBeSafe(
	rule: CompiledRule,
	item: string,
	changes: ItemChange[],
	error: unknown,
): PlannedDelivery[] {
	const own = changes.find((change) => change.collection === rule.rule.collection && change.item === item);
	const event = own?.deleted ? 'delete' : own?.created ? 'create' : 'update';
	if (!rule.rule.events.includes(event)) return [];
	const why = error instanceof Error ? error.message : String(error);
	return [
		{
			rule,
			collection: rule.rule.collection,
			item,
			event,
			reason: `the rule could not be evaluated, so the change is sent to be safe: ${why}`.slice(0, 1_000),
			changedAt: Math.max(...changes.map(({ at }) => at)),
			user: own?.user ?? null,
			asItWas: true,
			old: NO_OLD_VALUES,
		},
	];
}
