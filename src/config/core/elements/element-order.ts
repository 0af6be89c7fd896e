import type { Element, ElementKind, Snapshot } from '../../../contract/bundle.js';

/**
 * As `directus-sync` sorts: by the rules of the language, not by code points, so that `_sync_…` comes before `0…`. One
 * language for all, since a dump must not depend on whose machine wrote it.
 */
export const { compare: compareText } = new Intl.Collator('en');

/** What a file of this kind is sorted by. */
export function sortKey(kind: ElementKind, element: Element): string {
	if (kind === 'operations') return String(element['key']);
	if (kind === 'permissions') return `${element['policy']}-${element['collection']}-${element['action']}`;
	return element._syncId;
}

/** The elements in the order of their file; where that leaves it open, by SyncID. */
export function inFileOrder(kind: ElementKind, elements: readonly Element[]): Element[] {
	const keyed = elements.map((element) => ({ element, key: sortKey(kind, element) }));
	keyed.sort((a, b) => compareText(a.key, b.key) || compareText(a.element._syncId, b.element._syncId));
	return keyed.map(({ element }) => element);
}

type SnapshotField = Snapshot['fields'][number];

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The schema in an order that the files can give back, since they do not keep the one in which fields were made:
 * collections by name; in each the primary key, then the fields by their place on the page, then by name.
 */
export function inSchemaOrder(schema: Snapshot): Snapshot {
	const place = (field: SnapshotField): number => {
		if (numberIn(field['schema'], 'is_primary_key')) return -Infinity;
		return numberIn(field['meta'], 'sort') ?? Infinity;
	};
	return {
		...schema,
		collections: schema.collections.toSorted((a, b) => byCodePoint(a.collection, b.collection)),
		fields: schema.fields
			.map((field) => ({ field, place: place(field) }))
			.toSorted(
				(a, b) =>
					byCodePoint(a.field.collection, b.field.collection) ||
					(a.place === b.place ? 0 : a.place - b.place) ||
					byCodePoint(a.field.field, b.field.field),
			)
			.map(({ field }) => field),
		relations: schema.relations.toSorted(
			(a, b) => byCodePoint(a.collection, b.collection) || byCodePoint(a.field, b.field),
		),
	};
}

/** A number in an object; true counts as 1. */
function numberIn(holder: unknown, key: string): number | null {
	const value = typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[key] : undefined;
	if (value === true) return 1;
	return typeof value === 'number' ? value : null;
}
