import type { SchemaOverview } from '@directus/types';
import { FILE_CONTENT, FILES } from '../../../kernel/core/file-content.js';
import { normaliserOf } from '../wire/normal-value.js';
import type { SyncField, SyncModel } from './sync-model.js';
import { fieldsMeant, relationAt } from './sync-fields.js';

/** The bytes of a file, as a field of its row. */
const CONTENT_FIELD: SyncField = {
	field: FILE_CONTENT,
	kind: 'value',
	type: 'string',
	related: null,
	typeField: null,
	required: false,
};

type Column = SchemaOverview['collections'][string]['fields'][string];

/**
 * How the items of a collection travel with these fields (names, or `["*"]`). Aliases are left out, since what they
 * list are rows of other collections (`followers`), and so are names that cannot travel.
 *
 * @param asTheyAre references whose keys mean the same on every instance, such as language codes: sent as values
 */
export function buildSyncModel(
	schema: SchemaOverview,
	collection: string,
	fields: string[],
	asTheyAre: ReadonlySet<string> = new Set(),
): SyncModel {
	const overview = schema.collections[collection];
	const columns = overview?.fields ?? {};
	const meant = fieldsMeant(schema, collection, fields).flatMap((name) => {
		const column = columns[name];
		return column && !column.alias ? [syncField(schema, collection, column, asTheyAre.has(name))] : [];
	});
	// The collection of a many-to-any reference travels within the reference.
	const typeFields = new Set(meant.map(({ typeField }) => typeField));
	const model = new Map(meant.filter(({ field }) => !typeFields.has(field)).map((field) => [field.field, field]));
	if (collection === FILES && model.size > 0) model.set(FILE_CONTENT, CONTENT_FIELD);
	const ends = junctionEnds(schema, collection);
	return {
		collection,
		primary: overview?.primary ?? 'id',
		keyType: keyTypeOf(schema, collection),
		singleton: overview?.singleton ?? false,
		fields: model,
		junction: ends && ends.every((end) => model.has(end)) ? ends : null,
	};
}

function syncField(schema: SchemaOverview, collection: string, column: Column, asItIs: boolean): SyncField {
	const { field, type } = column;
	const value: SyncField = {
		field,
		kind: 'value',
		type,
		related: null,
		typeField: null,
		required: isRequired(column),
		...defaultOf(column),
	};
	const relation = asItIs ? null : relationAt(schema, collection, field);
	if (!relation) return value;
	const related = relation.related_collection;
	if (related === 'directus_users') return { ...value, kind: 'user', related };
	if (related) return { ...value, kind: 'reference', related };
	const typeField = relation.meta?.one_collection_field;
	return typeField ? { ...value, kind: 'many-to-any', typeField } : value;
}

function defaultOf({ type, defaultValue }: Column): Pick<SyncField, 'default'> {
	const value = normaliserOf(type)?.(defaultValue) ?? null;
	return value === null ? {} : { default: value };
}

/** Whether the database refuses a row without it. */
export const isRequired = ({ nullable, defaultValue, generated }: Column): boolean =>
	!nullable && (defaultValue === null || defaultValue === undefined) && !generated;

/** Where the keys of a collection come from. */
export function keyTypeOf(schema: SchemaOverview, collection: string): SyncModel['keyType'] {
	const overview = schema.collections[collection];
	const type = overview?.fields[overview.primary]?.type;
	if (type === 'uuid') return 'uuid';
	return type === 'integer' || type === 'bigInteger' ? 'integer' : 'text';
}

/** The two fields of a many-to-many junction or of translations, in the order of their names; null for others. */
function junctionEnds(schema: SchemaOverview, collection: string): [string, string] | null {
	const ends = schema.relations
		.filter((relation) => relation.collection === collection && relation.related_collection !== null)
		.filter(({ field, meta }) => {
			const other = meta?.junction_field ? relationAt(schema, collection, meta.junction_field) : null;
			return other !== null && other.related_collection !== null && other.meta?.junction_field === field;
		})
		.map(({ field }) => field)
		.toSorted();
	const [first, other] = ends;
	return ends.length === 2 && first !== undefined && other !== undefined ? [first, other] : null;
}
