import type { CompiledRule } from '../capture/core/watch.js';
import type { EventName } from '../contract/vocabulary.js';
import type { OldValues } from '../delivery/core/old-values.js';

/** One delivery that the plan asks for: a change of one item, owed to one target by one rule. */
export interface PlannedDelivery {
	rule: CompiledRule;
	collection: string;
	item: string;
	event: EventName;
	reason: string;
	/** When the change was made, ms since 1970. */
	changedAt: number;
	user: string | null;
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
