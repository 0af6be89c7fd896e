import type { CompiledRule } from '../capture/core/watch.js';
import type { EventName } from '../contract/vocabulary.js';
import type { OldValues } from '../delivery/core/old-values.js';
import type { NewDelivery } from '../delivery/stored.js';

/** One delivery that the plan asks for: a change of one item, owed to one target by one rule. */
export interface PlannedDelivery {
	rule: CompiledRule;
	collection: string;
	item: string;
	event: EventName;
	reason: string;
	/** When the change was made, ms since 1970. */
	changedAt: number;
	/** The outbox' number of the change; null for what is sent by hand. */
	changeId: number | null;
	user: string | null;
	/** The trace of the change, as a `traceparent`. */
	trace: string | null;
	asItWas: boolean;
	old: OldValues;
}

/** What was decided for one rule and one item, sent or not: what `explain` shows. */
export interface Explained {
	rule: CompiledRule;
	item: string;
	send: boolean;
	reason: string;
}

/** @param operation the operation of a user that asks for it; null for a change */
export const newDelivery = (
	{ rule, collection, item, event, reason, old, asItWas, changedAt, changeId, user, trace }: PlannedDelivery,
	{ nextAt, operation }: Pick<NewDelivery, 'nextAt' | 'operation'>,
): NewDelivery => ({
	kind: 'flush',
	target: rule.target,
	collection,
	item,
	event,
	rule: rule.hash,
	reason,
	old,
	asItWas,
	changedAt,
	changeId,
	nextAt,
	user,
	trace,
	operation,
});
