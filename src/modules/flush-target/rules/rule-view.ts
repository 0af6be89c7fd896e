import { EVENTS, type EventName } from '../../../contract/vocabulary.js';
import { isObject } from '../settings/option-fields.js';

export type ListKey = 'payload' | 'changed' | 'at' | 'via' | 'tags' | 'paths';

/** A rule as its card shows it. What the card has no place for stays in the document. */
export interface RuleView {
	collection: string;
	/** The events that it sends; one without `events` sends all. */
	events: EventName[];
	when: Record<string, unknown> | null;
	/** null where something else than a list of texts stands, which only JSON can show. */
	lists: Record<ListKey, string[] | null>;
	/** What its keys are called in this rule: older spellings are kept. */
	keys: { collection: 'collection' | 'name'; payload: 'payload' | 'fields' };
	/** Keys that the card has no place for. */
	extra: string[];
}

const KNOWN = ['collection', 'events', 'payload', 'when', 'changed', 'at', 'via', 'tags', 'paths'];

/** Null where an entry is no rule at all. */
export function viewRule(rule: unknown): RuleView | null {
	if (!isObject(rule)) return null;
	const keys = {
		collection: !('collection' in rule) && 'name' in rule ? ('name' as const) : ('collection' as const),
		payload: !('payload' in rule) && 'fields' in rule ? ('fields' as const) : ('payload' as const),
	};
	const { events } = rule;
	const collection = rule[keys.collection];
	return {
		collection: typeof collection === 'string' ? collection : '',
		events: Array.isArray(events) ? EVENTS.filter((event) => events.includes(event)) : [...EVENTS],
		when: isObject(rule['when']) ? rule['when'] : null,
		lists: {
			payload: texts(rule[keys.payload]),
			changed: texts(rule['changed']),
			at: texts(rule['at']),
			via: texts(rule['via']),
			tags: texts(rule['tags']),
			paths: texts(rule['paths']),
		},
		keys,
		extra: Object.keys(rule).filter((key) => !KNOWN.includes(key) && key !== keys.collection && key !== keys.payload),
	};
}

function texts(value: unknown): string[] | null {
	if (value === undefined) return [];
	return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : null;
}
