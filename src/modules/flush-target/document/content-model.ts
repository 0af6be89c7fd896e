import {
	EVENTS,
	FLUSH_TARGETS,
	FLUSH_TARGETS_USERS,
	REMOTE_SOURCES,
	REMOTE_SOURCES_USERS,
} from '../../../contract/vocabulary.js';

/** A collection that rules may be about. */
export interface ModelCollection {
	collection: string;
	name: string;
	icon: string;
	system: boolean;
	singleton: boolean;
	/** Junctions and the like, which people do not see. */
	hidden: boolean;
}

/** A field, and where it leads: several places only for many-to-any, each with its own way of writing the step. */
export interface ModelField {
	field: string;
	name: string;
	type: string;
	primaryKey: boolean;
	/** The date of the last change, or of creation, that Directus writes itself. */
	stamp: 'updated' | 'created' | null;
	leadsTo: { segment: string; collection: string }[];
}

/** The live data model, as far as rules name it. What nobody may read (hashed, concealed, encrypted) is not in it. */
export interface ContentModel {
	collections: ModelCollection[];
	fieldsOf(collection: string): ModelField[];
}

/** The Studio's own stores, as far as they are read here. */
export interface StudioStores {
	collections: {
		collection: string;
		name: string;
		icon?: string | null;
		type?: string;
		meta?: { hidden?: boolean; singleton?: boolean } | null;
	}[];
	fields: {
		collection: string;
		field: string;
		name: string;
		type: string;
		schema?: { is_primary_key?: boolean } | null;
		meta?: { special?: string[] | null } | null;
	}[];
	relations: {
		collection: string;
		field: string;
		related_collection: string | null;
		meta?: { one_field?: string | null; one_allowed_collections?: string[] | null } | null;
	}[];
}

/** A target must not get changes of targets: it would get its own. */
const OWN: string[] = [FLUSH_TARGETS, FLUSH_TARGETS_USERS, REMOTE_SOURCES, REMOTE_SOURCES_USERS];
const SECRET = ['hash', 'conceal', 'encrypt'];

export function readContentModel({ collections, fields, relations }: StudioStores): ContentModel {
	const byCollection = new Map<string, ModelField[]>();
	for (const { collection, field, name, type, schema, meta } of fields) {
		const special = meta?.special ?? [];
		if (special.some((flag) => SECRET.includes(flag)) || special.includes('no-data') || special.includes('group'))
			continue;
		const leadsTo = leadFrom(relations, collection, field);
		if (type === 'alias' && leadsTo.length === 0) continue;
		const known = byCollection.get(collection) ?? [];
		const stamp = special.includes('date-updated') ? 'updated' : special.includes('date-created') ? 'created' : null;
		known.push({ field, name, type, primaryKey: schema?.is_primary_key === true, stamp, leadsTo });
		byCollection.set(collection, known);
	}
	const tables = collections
		.filter(
			({ type, collection, meta }) =>
				// What Directus does not know by a row of its own has no items that anybody could change through it.
				(type ?? 'table') === 'table' && meta !== null && !OWN.includes(collection) && byCollection.has(collection),
		)
		.map(({ collection, name, icon, meta }) => ({
			collection,
			name,
			icon: icon || 'database',
			system: collection.startsWith('directus_'),
			hidden: meta?.hidden === true,
			singleton: meta?.singleton === true,
		}))
		.sort((a, b) => rank(a) - rank(b) || a.collection.localeCompare(b.collection));
	return { collections: tables, fieldsOf: (collection) => byCollection.get(collection) ?? [] };
}

/** What people publish comes first, junctions and the like after it, Directus' own last. */
const rank = ({ system, hidden }: { system: boolean; hidden: boolean }) => (system ? 2 : hidden ? 1 : 0);

function leadFrom(relations: StudioStores['relations'], collection: string, field: string): ModelField['leadsTo'] {
	for (const relation of relations) {
		if (relation.collection === collection && relation.field === field) {
			if (relation.related_collection) return [{ segment: field, collection: relation.related_collection }];
			return (relation.meta?.one_allowed_collections ?? []).map((to) => ({
				segment: `${field}:${to}`,
				collection: to,
			}));
		}
		if (relation.related_collection === collection && relation.meta?.one_field === field)
			return [{ segment: field, collection: relation.collection }];
	}
	return [];
}

/** Where a path of relations ends; several collections where a many-to-any step does not say which. */
export function collectionsAt(model: ContentModel, collection: string, segments: string[]): string[] {
	return segments.reduce<string[]>(
		(here, segment) =>
			here.flatMap((from) => {
				const [name, scope] = segment.split(':');
				const leads = model.fieldsOf(from).find(({ field }) => field === name)?.leadsTo ?? [];
				return leads.filter((lead) => scope === undefined || lead.collection === scope).map((lead) => lead.collection);
			}),
		[collection],
	);
}

const ADDRESS = /^(slug|permalink|path|url|uri|handle|route)$|_slug$/;

/** A rule that does the sensible: every event, the key, and what addresses are made of; with tags for those who purge by tag. */
export function sensibleRule(model: ContentModel, collection: string, adapter: string): Record<string, unknown> {
	const fields = model.fieldsOf(collection);
	const key = fields.find(({ primaryKey }) => primaryKey)?.field ?? 'id';
	const addresses = fields
		.filter(({ field, type }) => ADDRESS.test(field) && type !== 'alias')
		.map(({ field }) => field);
	return {
		collection,
		events: [...EVENTS],
		payload: [...new Set([key, ...addresses])],
		...(adapter === 'webhook' ? {} : { tags: [collection, `${collection}:{{${key}}}`] }),
	};
}
