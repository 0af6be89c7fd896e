import type { SchemaOverview } from '@directus/types';
import { ALL_FIELDS } from '../../../../schema.js';
import { FLUSH_TARGETS_USERS, REMOTE_SOURCES_USERS, TARGET_COLLECTIONS } from '../../../contract/vocabulary.js';
import { keyTypeOf } from './build-sync-model.js';
import { refusedCollection } from './refused-collections.js';
import { checkSyncRules } from './validate-sync-rules.js';

/** A rule as it is written down. */
export interface RuleText {
	collection: string;
	fields: string[];
	direction: 'push';
	match?: string[];
}

const OWN: readonly string[] = [...TARGET_COLLECTIONS, FLUSH_TARGETS_USERS, REMOTE_SOURCES_USERS];

/**
 * Rules for two instances of which one is a copy of the other: all that can be synced, each item found by its key.
 * @param only these collections
 */
export function rulesForCopy(schema: SchemaOverview, only?: readonly string[]): RuleText[] {
	const names = Object.keys(schema.collections)
		.filter((name) => !name.startsWith('directus_') && !OWN.includes(name) && refusedCollection(name) === null)
		.filter((name) => only === undefined || only.includes(name))
		.toSorted();
	const rules = names.map((collection): RuleText => {
		const { primary = 'id', singleton = false } = schema.collections[collection] ?? {};
		const isNumbered = keyTypeOf(schema, collection) === 'integer' && !singleton;
		return { collection, fields: [ALL_FIELDS], direction: 'push', ...(isNumbered ? { match: [primary] } : {}) };
	});
	return rules.filter((rule) => checkSyncRules([rule], schema).issues.length === 0);
}
