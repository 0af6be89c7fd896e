import type { SchemaOverview } from '@directus/types';

/** One relation, from the field that a read goes through. */
export type Step =
	| { type: 'm2o'; to: string; /** The database holds the reference: what it names is there. */ isHeld: boolean }
	| { type: 'o2m'; to: string; /** Its column that names the item. */ field: string }
	| { type: 'a2o'; allowed: readonly string[]; /** The column that names the collection. */ collectionField: string };

/** A column whose item shows the row that has it, in a list: what a row of a junction, or a translation, leads to. */
export interface Lead {
	field: string;
	to: string;
}

/** What of a schema decides which reads a change can reach. Made once for a schema, asked at every read. */
export interface PageModel {
	primary(collection: string): string;
	/** The field that lists are sorted by where the query does not say. */
	defaultSort(collection: string): string;
	has(collection: string, field: string): boolean;
	columns(collection: string): readonly string[];
	/** The relational fields of a collection. */
	steps(collection: string): ReadonlyMap<string, Step>;
	leads(collection: string): readonly Lead[];
	/** A key in the one form in which it stands in tags. */
	keyText(collection: string, key: unknown): string;
}

const NO_STEPS: ReadonlyMap<string, Step> = new Map();

export function pageModel(schema: Pick<SchemaOverview, 'collections' | 'relations'>): PageModel {
	const steps = new Map<string, Map<string, Step>>();
	const leads = new Map<string, Lead[]>();
	const add = (collection: string, field: string, step: Step) => {
		const known = steps.get(collection) ?? new Map<string, Step>();
		steps.set(collection, known.set(field, step));
	};
	for (const { collection, field, related_collection: to, meta, schema: foreignKey } of schema.relations) {
		if (!to) {
			const collectionField = meta?.one_collection_field;
			if (collectionField)
				add(collection, field, { type: 'a2o', allowed: meta.one_allowed_collections ?? [], collectionField });
			continue;
		}
		add(collection, field, { type: 'm2o', to, isHeld: Boolean(foreignKey) });
		if (!meta?.one_field) continue;
		add(to, meta.one_field, { type: 'o2m', to: collection, field });
		leads.set(collection, [...(leads.get(collection) ?? []), { field, to }]);
	}
	const of = (collection: string) =>
		Object.hasOwn(schema.collections, collection) ? schema.collections[collection] : undefined;
	const primary = (collection: string) => of(collection)?.primary ?? 'id';
	return {
		primary,
		defaultSort: (collection) => of(collection)?.sortField ?? primary(collection),
		has: (collection, field) => Object.hasOwn(of(collection)?.fields ?? {}, field),
		columns: (collection) =>
			Object.values(of(collection)?.fields ?? {})
				.filter(({ alias }) => !alias)
				.map(({ field }) => field),
		steps: (collection) => steps.get(collection) ?? NO_STEPS,
		leads: (collection) => leads.get(collection) ?? [],
		keyText(collection, key) {
			const text = String(key);
			const type = of(collection)?.fields[primary(collection)]?.type;
			if (type === 'uuid') return text.toLowerCase();
			return type === 'integer' || type === 'bigInteger' ? text.replace(/^0+(?=\d)/, '') : text;
		},
	};
}
