import type { SchemaOverview } from '@directus/types';
import { createHash } from 'node:crypto';
import { ALL_FIELDS, type SyncRule } from '../../../../schema.js';
import { canonical } from '../../../kernel/core/same-value.js';
import { buildSyncModel, isRequired, keyTypeOf } from './build-sync-model.js';
import { fieldsMeant, fieldsTravelling, leadsTo, relatedList, type RelatedList } from './sync-fields.js';
import type { SyncModel } from './sync-model.js';

/** Collections whose rows are sent along when a followed reference leads to them, without a rule of their own. */
const SENT_ALONG = ['directus_files', 'directus_folders'];

/** What is known on every instance by something else than its key, so that a reference to it needs no rule. */
export const KNOWN_ANYWAY = [...SENT_ALONG, 'directus_users'];

/** What becomes of one reference field. */
export interface SyncReference {
	/** `follow`: travels as a reference. `stop`: left empty on the other side. */
	use: 'follow' | 'stop';
	/** Where it may lead and is followed: one collection, of a many-to-any several. Elsewhere it is left empty. */
	collections: string[];
}

/** One rule of one remote source with all that planning and applying need to know, or one that such a rule implies. */
export interface CompiledSyncRule {
	/** The same for two rules that say the same: what a delivery remembers of its rule. */
	hash: string;
	target: string;
	/** Its place in the source's list, or that of the rule that implies it. */
	index: number;
	/** `when` of an implied rule asks for what its parent's rule does. */
	rule: SyncRule;
	model: SyncModel;
	/** By field: every field of the model that is a reference. */
	references: Map<string, SyncReference>;
	/** Where it is implied by an alias of a parent: the parent's collection, and the field here that leads to it. */
	follows: { collection: string; field: string } | null;
	/** Its direction is explicitly `push`, so it refuses incoming changes. The default `push` does not. */
	onlySends?: true;
	/** Only rows that a followed reference leads to are sent, not every row that changes: files and folders. */
	onlyReferenced: boolean;
}

/** A junction or translations collection that an alias field of a rule stands for. */
export interface Follower extends RelatedList {
	/** The field of the parent that lists its rows. */
	alias: string;
	/** All of its fields that travel. */
	fields: string[];
}

/** The junction and translations collections that travel along with the fields of a rule (names, or `["*"]`). */
export function followers(rule: Pick<SyncRule, 'collection' | 'fields'>, schema: SchemaOverview): Follower[] {
	return fieldsTravelling(schema, rule).flatMap((alias) => {
		const list = relatedList(schema, rule.collection, alias);
		if (!list?.owned || !schema.collections[list.collection]) return [];
		return [{ ...list, alias, fields: fieldsMeant(schema, list.collection, [ALL_FIELDS]) }];
	});
}

/**
 * Works out rules that passed `checkSyncRules` against the same schema, and those that they imply: junctions and
 * translations, files and folders. A collection with a rule of its own needs no implied one.
 *
 * @param rules by their place in the source's list; null where a rule is invalid and stays off
 */
export function compileSyncRules(
	rules: (SyncRule | null)[],
	target: string,
	schema: SchemaOverview,
): CompiledSyncRule[] {
	const own = rules.filter((rule) => rule !== null);
	const covered = new Set(own.map(({ collection }) => collection));
	const compiled = new Map<string, CompiledSyncRule>();
	const add = (rule: SyncRule, index: number, more: Partial<CompiledSyncRule> = {}) => {
		const asTheyAre = languageFields(rule, own, schema);
		const built = buildSyncModel(schema, rule.collection, fieldsTravelling(schema, rule), asTheyAre);
		// Files and folders are known by their UUIDs, which their bytes and addresses have in common with them.
		const { match } = rule;
		const model = match && !SENT_ALONG.includes(rule.collection) ? { ...built, match: match.toSorted() } : built;
		rewriteIds(model, rule.rewrite_ids, covered);
		const references = referencesOf(rule, model, covered, schema);
		const follows = more.follows ?? null;
		const hash = createHash('sha256').update(canonical({ rule, follows })).digest('base64url').slice(0, 22);
		const made = { hash, target, index, rule, model, references, follows, onlyReferenced: false, ...more };
		compiled.set(rule.collection, made);
	};
	rules.forEach((rule, index) => rule && add(rule, index));
	rules.forEach((rule, index) => {
		for (const follower of rule ? followers(rule, schema) : []) {
			if (!rule || compiled.has(follower.collection) || onwardOf(follower, rule, own, schema) === 'stopped') continue;
			const { collection, field, fields, alias, onward, translations } = follower;
			const implied = impliedBy(rule, collection, fields, field);
			if (rule.languages && translations && onward !== null)
				implied.when = inLanguages(rule.languages, onward, implied);
			if (onward !== null && rule.references[alias] === 'follow') implied.references = { [onward]: 'follow' };
			add(implied, index, { follows: { collection: rule.collection, field } });
		}
	});
	for (const collection of SENT_ALONG) {
		const from = [...compiled.values()].filter(({ references }) => followed(references).includes(collection));
		const [first] = from;
		if (!first || compiled.has(collection) || !schema.collections[collection]) continue;
		const directions = new Set(from.map(({ rule }) => rule.direction));
		const direction = directions.size === 1 ? first.rule.direction : 'both';
		const rule = { ...impliedBy(first.rule, collection, fieldsMeant(schema, collection, [ALL_FIELDS])), direction };
		add(rule, first.index, { onlyReferenced: true });
	}
	return [...compiled.values()];
}

/** Only what is synced itself has an id that another instance can translate. */
function rewriteIds({ fields }: SyncModel, names: readonly string[], collections: ReadonlySet<string>): void {
	for (const name of names) {
		const field = fields.get(name);
		if (field?.kind === 'value') fields.set(name, { ...field, rewrites: collections });
	}
}

const followed = (references: Map<string, SyncReference>): string[] =>
	[...references.values()].flatMap(({ use, collections }) => (use === 'follow' ? collections : []));

/** Only translations in these languages, each known by its key. */
const inLanguages = (languages: string[], field: string, { when }: SyncRule): Record<string, unknown> => {
	const chosen = { [field]: { _in: languages } };
	return when ? { _and: [when, chosen] } : chosen;
};

/** The rule of what comes along with another rule: the same way, with the same policies. */
function impliedBy(rule: SyncRule, collection: string, fields: string[], parent?: string): SyncRule {
	const { direction, conflict, on_delete_conflict, when } = rule;
	return {
		...(parent !== undefined && when ? { when: { [parent]: when } } : {}),
		collection,
		fields,
		direction,
		conflict,
		on_delete_conflict,
		references: {},
		rewrite_ids: [],
	};
}

function referencesOf(
	rule: SyncRule,
	model: SyncModel,
	covered: Set<string>,
	schema: SchemaOverview,
): Map<string, SyncReference> {
	const references = [...model.fields.values()].flatMap(({ field, kind }): [string, SyncReference][] => {
		if (kind === 'value') return [];
		const all = leadsTo(schema, rule.collection, field);
		const known = all.filter((collection) => covered.has(collection) || KNOWN_ANYWAY.includes(collection));
		const chosen = rule.references[field];
		const use = chosen ?? (known.length > 0 ? 'follow' : 'stop');
		return [[field, { use, collections: use === 'stop' ? [] : chosen === 'follow' ? all : known }]];
	});
	return new Map(references);
}

/** What the far end of a list of related items is to a rule. */
type End = 'followed' | 'mapped' | 'stopped' | 'missing';

/** What becomes of the rows that an alias lists: without anything at their other end, they do not travel. */
function onwardOf(follower: Follower, rule: SyncRule, rules: SyncRule[], schema: SchemaOverview): 'travel' | 'stopped' {
	if (rule.references[follower.alias] === 'stop') return 'stopped';
	if (follower.onward === null) return 'travel';
	const ends = leadsTo(schema, follower.collection, follower.onward).map((collection) =>
		endOf(collection, follower, rule, rules, schema),
	);
	return ends.some((end) => end === 'followed' || end === 'mapped') ? 'travel' : 'stopped';
}

function endOf(
	collection: string,
	{ alias, translations }: { alias: string; translations: boolean },
	rule: SyncRule,
	rules: SyncRule[],
	schema: SchemaOverview,
): End {
	const chosen = rule.references[alias];
	if (chosen === 'stop') return 'stopped';
	if (KNOWN_ANYWAY.includes(collection) || rules.some((other) => other.collection === collection)) return 'followed';
	// A language's code means the same on every instance.
	if (translations && keyTypeOf(schema, collection) !== 'integer') return 'mapped';
	return chosen === 'follow' ? 'followed' : 'missing';
}

/** Fields of a translations collection that name a language by a key that means the same everywhere. */
export function languageFields(
	rule: Pick<SyncRule, 'collection'>,
	rules: Pick<SyncRule, 'collection'>[],
	schema: SchemaOverview,
): Set<string> {
	const fields = schema.relations.flatMap((relation) => {
		const { collection, meta, related_collection } = relation;
		if (collection !== rule.collection || !meta?.one_field || !related_collection) return [];
		const list = relatedList(schema, related_collection, meta.one_field);
		if (!list?.translations || list.onward === null) return [];
		const [language] = leadsTo(schema, collection, list.onward);
		const isMapped =
			language !== undefined &&
			!rules.some((other) => other.collection === language) &&
			keyTypeOf(schema, language) !== 'integer';
		return isMapped ? [list.onward] : [];
	});
	return new Set(fields);
}

/** One related collection that a rule leads to. */
export interface Needed {
	/** The field of the rule's collection that leads there. */
	field: string;
	collection: string;
	/** The junction or translations collection in between, if any. */
	through: string | null;
	/**
	 * `followed`: travels by a rule of its own, or anyway as files and users do. `mapped`: its keys mean the same on every
	 * instance. `stopped`: the rule says so. `missing`: left empty there unless it gets a rule.
	 */
	state: End;
	/** An item without it is refused by the database. */
	required: boolean;
}

/** Which related collections a rule leads to, and what becomes of each with the other rules of its remote source. */
export function closureOf(rule: SyncRule, rules: SyncRule[], schema: SchemaOverview): Needed[] {
	const columns = schema.collections[rule.collection]?.fields ?? {};
	const asTheyAre = languageFields(rule, rules, schema);
	return fieldsTravelling(schema, rule).flatMap((field): Needed[] => {
		const column = columns[field];
		if (!column) return [];
		const state = (collection: string, translations: boolean): End =>
			asTheyAre.has(field) ? 'mapped' : endOf(collection, { alias: field, translations }, rule, rules, schema);
		if (!column.alias)
			return leadsTo(schema, rule.collection, field).map((collection) => {
				return { field, collection, through: null, state: state(collection, false), required: isRequired(column) };
			});
		const list = relatedList(schema, rule.collection, field);
		if (!list) return [];
		const { collection: through, onward, owned, translations } = list;
		if (!owned) return [{ field, collection: through, through: null, state: state(through, false), required: false }];
		const ends = onward === null ? [] : leadsTo(schema, through, onward);
		return ends.map((collection) => {
			return { field, collection, through, state: state(collection, translations), required: false };
		});
	});
}
