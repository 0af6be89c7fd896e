import type { SchemaOverview } from '@directus/types';
import type { PreviewRow } from '../../contract/answers/previews.js';
import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import { isRecord } from '../../kernel/core/is-record.js';
import { fieldRefusal } from '../../kernel/core/never-sent.js';
import { titleFields } from '../core/compare/title-fields.js';
import type { WireValue } from '../core/merge/row-state.js';
import { targetOf } from '../core/wire/wire-values.js';
import type { RemoteSource } from '../remote-source.js';
import type { SyncPorts } from '../sync-ports.js';
import type { OutgoingSet } from './take-in-together.js';

/** Rows that are named by one query. */
const GROUP = 500;

interface Place {
	collection: string;
	syncId: string;
}

/**
 * Adds to references in a preview's rows what people know the items by: the collection, the key on this instance and a
 * title. Both are null for an item that is not on this instance.
 */
export async function nameReferences<Shown extends PreviewRow>(
	ports: SyncPorts<'database' | 'getSchema', 'reads'>,
	source: RemoteSource,
	{ set, rows }: { set: Pick<OutgoingSet, 'keysOf'>; rows: Shown[] },
): Promise<Shown[]> {
	const fieldsOf = new Map(source.rules.map(({ rule, model }) => [rule.collection, model.fields]));
	const placeOf = (collection: string, name: string, value: unknown): Place | null => {
		const field = fieldsOf.get(collection)?.get(name);
		return field && field.kind !== 'user' && isRecord(value) ? targetOf(field, value as WireValue) : null;
	};
	const places = rows.flatMap(({ collection, fields = [] }) =>
		fields.flatMap(({ field, from, to }) => [from, to].flatMap((value) => placeOf(collection, field, value) ?? [])),
	);
	if (places.length === 0) return rows;
	const names = await namesOf(ports, set, places);
	const named = (collection: string, field: string, value: unknown): unknown => {
		const place = placeOf(collection, field, value);
		if (!place) return value;
		const its = names.get(`${place.collection}/${place.syncId}`);
		const { item = null, title = null } = its ?? {};
		return { $ref: place.syncId, of: place.collection, item, title };
	};
	return rows.map((row) =>
		row.fields
			? {
					...row,
					fields: row.fields.map((one) => ({
						...one,
						...('from' in one ? { from: named(row.collection, one.field, one.from) } : {}),
						...('to' in one ? { to: named(row.collection, one.field, one.to) } : {}),
					})),
				}
			: row,
	);
}

async function namesOf(
	ports: SyncPorts<'database' | 'getSchema', 'reads'>,
	set: Pick<OutgoingSet, 'keysOf'>,
	places: Place[],
): Promise<Map<string, { item: string; title: string | null }>> {
	const schema = await ports.getSchema();
	const names = new Map<string, { item: string; title: string | null }>();
	const byCollection = Map.groupBy(places, ({ collection }) => collection);
	const templates = await templatesOf(ports, [...byCollection.keys()]);
	for (const [collection, ones] of byCollection) {
		const fields = titleFields(templates.get(collection) ?? null, shownFields(schema, collection));
		for (const group of inGroupsOf(GROUP, [...new Set(ones.map(({ syncId }) => syncId))])) {
			const keys = await set.keysOf(collection, group);
			const items = await ports.sync.reads.rows(collection, [...keys.values()], fields);
			for (const [syncId, item] of keys) {
				const title = fields.flatMap((field) => items.get(item)?.[field] ?? []).join(' ');
				names.set(`${collection}/${syncId}`, { item, title: title === '' ? null : title.slice(0, LONGEST) });
			}
		}
	}
	return names;
}

const LONGEST = 100;

async function templatesOf(
	{ database }: SyncPorts<'database'>,
	collections: string[],
): Promise<Map<string, string | null>> {
	const rows = await database('directus_collections')
		.whereIn('collection', collections)
		.select<{ collection: string; display_template: string | null }[]>('collection', 'display_template');
	return new Map(rows.map(({ collection, display_template }) => [collection, display_template]));
}

/** Fields of a collection that have a column, and whose values are no secret. */
const shownFields = (schema: SchemaOverview, collection: string): Set<string> =>
	new Set(
		Object.values(schema.collections[collection]?.fields ?? {}).flatMap(({ field, alias }) =>
			alias || fieldRefusal(schema, collection, field) !== null ? [] : [field],
		),
	);
