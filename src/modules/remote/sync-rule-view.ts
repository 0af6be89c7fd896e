import {
	CONFLICT_POLICIES,
	DELETE_POLICIES,
	DIRECTIONS,
	type ConflictPolicy,
	type DeletePolicy,
	type Direction,
	SYNC_RULE_KEYS,
} from '../../contract/vocabulary.js';
import type { ContentModel } from '../flush-target/document/content-model.js';
import { isObject } from '../flush-target/settings/option-fields.js';

export type SyncListKey = 'fields' | 'match' | 'rewrite_ids';

/** A rule of a remote source as its card shows it, with what holds where it says nothing. The rest stays in the document. */
export interface SyncRuleView {
	collection: string;
	when: Record<string, unknown> | null;
	direction: Direction;
	conflict: ConflictPolicy;
	onDelete: DeletePolicy;
	/** What becomes of single references; those that are not named follow where they can. */
	references: Record<string, 'follow' | 'stop'>;
	/** null where something else than a list of texts stands, which only JSON can show. */
	lists: Record<SyncListKey, string[] | null>;
	/** What its collection is called in this rule: the older spelling is kept. */
	keys: { collection: 'collection' | 'name' };
	/** Keys that the card has no place for. */
	extra: string[];
}

/** Null where an entry is no rule at all. */
export function viewSyncRule(rule: unknown): SyncRuleView | null {
	if (!isObject(rule)) return null;
	const key = !('collection' in rule) && 'name' in rule ? ('name' as const) : ('collection' as const);
	const collection = rule[key];
	const references = isObject(rule['references']) ? rule['references'] : {};
	return {
		collection: typeof collection === 'string' ? collection : '',
		when: isObject(rule['when']) ? rule['when'] : null,
		direction: oneOf(DIRECTIONS, rule['direction'], 'push'),
		conflict: oneOf(CONFLICT_POLICIES, rule['conflict'], 'newest'),
		onDelete: oneOf(DELETE_POLICIES, rule['on_delete_conflict'], 'park'),
		references: Object.fromEntries(
			Object.entries(references).filter((entry): entry is [string, 'follow' | 'stop'] =>
				/^(follow|stop)$/.test(String(entry[1])),
			),
		),
		lists: { fields: texts(rule['fields']), match: texts(rule['match']), rewrite_ids: texts(rule['rewrite_ids']) },
		keys: { collection: key },
		extra: Object.keys(rule).filter((name) => !SYNC_RULE_KEYS.includes(name) && name !== key),
	};
}

/** Fields that mean nothing elsewhere: who touched an item here, and when. */
const AUDIT = /^(user|date)_(created|updated)$/;

/** A rule that does the sensible: all content of a collection, to the other side. */
export function sensibleSyncRule(model: ContentModel, collection: string): Record<string, unknown> {
	const fields = syncedFields(model, collection)
		.filter(({ type, leadsTo }) => type !== 'alias' || leadsTo.length > 0)
		.map(({ field }) => field);
	return { collection, fields: fields.length > 12 ? ['*'] : fields, direction: 'push', conflict: 'newest' };
}

/** What a rule may name of a collection: everything but the key and what Directus itself writes. */
export const syncedFields = (model: ContentModel, collection: string) =>
	model
		.fieldsOf(collection)
		.filter(({ field, primaryKey, stamp }) => !primaryKey && stamp === null && !AUDIT.test(field));

function oneOf<Value extends string>(values: readonly Value[], given: unknown, fallback: Value): Value {
	return values.find((value) => value === given) ?? fallback;
}

function texts(value: unknown): string[] | null {
	if (value === undefined) return [];
	return Array.isArray(value) && value.every((entry) => typeof entry === 'string') ? value : null;
}
