import type { SchemaOverview } from '@directus/types';
import { ALL_FIELDS, type SyncRule } from '../../../../schema.js';
import { fieldRefusal } from '../../../kernel/core/never-sent.js';

type Relation = SchemaOverview['relations'][number];

/** Fields that Directus fills in by itself, on every instance with what is true there. */
const AUDIT = ['user-created', 'user-updated', 'date-created', 'date-updated'];

/** What says where and how an instance keeps a file's bytes, which every instance does in its own way. */
const OWN_FILE_FIELDS = ['storage', 'filename_disk', 'uploaded_on', 'tus_id', 'tus_data'];

/** Field specials of relations that go through a collection of their own. */
const THROUGH = ['m2m', 'm2a', 'files', 'translations'];

/** A list of related items: rows of `collection` whose `field` leads to the item. */
export interface RelatedList {
	collection: string;
	field: string;
	/** The field of a junction that leads on to the related items; null where the rows themselves are these. */
	onward: string | null;
	/** Whether the rows belong to the item: junction rows and translations, as opposed to a plain one-to-many. */
	owned: boolean;
	translations: boolean;
}

/** The list that an alias field stands for; null for presentation fields, which hold nothing. */
export function relatedList(schema: SchemaOverview, collection: string, field: string): RelatedList | null {
	const relation = schema.relations.find(
		(candidate) => candidate.related_collection === collection && candidate.meta?.one_field === field,
	);
	if (!relation) return null;
	const special = schema.collections[collection]?.fields[field]?.special ?? [];
	const onward = relation.meta?.junction_field ?? null;
	return {
		collection: relation.collection,
		field: relation.field,
		onward,
		owned: onward !== null || special.some((name) => THROUGH.includes(name)),
		translations: special.includes('translations'),
	};
}

/** The relation that starts at a column: many-to-one, or many-to-any where it has no `related_collection`. */
export const relationAt = (schema: SchemaOverview, collection: string, field: string): Relation | null =>
	schema.relations.find((relation) => relation.collection === collection && relation.field === field) ?? null;

/** The collections that a column may lead to; none where it is no reference. */
export function leadsTo(schema: SchemaOverview, collection: string, field: string): string[] {
	const relation = relationAt(schema, collection, field);
	if (!relation) return [];
	return relation.related_collection ? [relation.related_collection] : (relation.meta?.one_allowed_collections ?? []);
}

/** Why a field never travels, as the end of a sentence; null where it may. */
export function refusalOf(schema: SchemaOverview, collection: string, name: string): string | null {
	const { fields = {}, primary } = schema.collections[collection] ?? {};
	const field = fields[name];
	if (!field) return 'is not there';
	if (name === primary) return 'is the primary key: items are known by it on every instance without a rule naming it';
	const secret = fieldRefusal(schema, collection, name);
	if (secret !== null) return secret;
	if (field.alias)
		return relatedList(schema, collection, name) ? null : 'only shows something in the form and holds no value';
	if (collection === 'directus_files' && OWN_FILE_FIELDS.includes(name))
		return 'says how this instance keeps the bytes, which every instance does in its own way';
	if (field.generated) return 'is computed by the database of each instance';
	if (field.type === 'binary' || field.type === 'unknown') return `has the type ${field.type}, which cannot be sent`;
	return null;
}

const isAudit = (special: string[]): boolean => special.some((name) => AUDIT.includes(name));

/**
 * The fields that a rule means, in the order of the collection where it says `*`: those that may travel, without the
 * audit fields and lists of other collections' items unless they are named.
 */
export function fieldsMeant(schema: SchemaOverview, collection: string, listed: string[]): string[] {
	const named = new Set(listed);
	return Object.values(schema.collections[collection]?.fields ?? {})
		.filter(({ field, special, alias }) => {
			if (refusalOf(schema, collection, field) !== null) return false;
			if (named.has(field)) return true;
			if (!named.has(ALL_FIELDS) || isAudit(special)) return false;
			return !alias || relatedList(schema, collection, field)?.owned === true;
		})
		.map(({ field }) => field);
}

/** Fields of a rule's collection of which each side has its own values, and those that are given values on arrival. */
export const keptFields = ({ local_fields = [], on_arrival }: Partial<SyncRule>): Set<string> =>
	new Set([...local_fields, ...Object.keys(on_arrival?.create ?? {}), ...Object.keys(on_arrival?.always ?? {})]);

/** The fields that travel by a rule. */
export function fieldsTravelling(schema: SchemaOverview, rule: Pick<SyncRule, 'collection' | 'fields'>): string[] {
	const kept = keptFields(rule);
	return fieldsMeant(schema, rule.collection, rule.fields).filter((field) => !kept.has(field));
}
