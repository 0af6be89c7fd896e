import type { Relation, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { QUIET } from '../core/plan/quiet-writes.js';
import type { Part, SchemaStep } from '../ports.js';
import { fitColumnToKey } from './fit-column.js';
import { isRecord } from '../../kernel/core/is-record.js';
import { isSqlite, isPostgres } from '../../kernel/database/dialect.js';
import type { DirectusServices } from '../../kernel/directus-services.js';

/** What changing the schema needs. The transaction is the only connection that is used. */
export interface SchemaPorts {
	database: Knex;
	services: DirectusServices;
	/** The schema as it is now, uncommitted changes included. */
	readSchema: () => Promise<SchemaOverview>;
	/** Whether the database commits each change of a table at once, so that a step may break off half way. */
	commitsAtOnce: boolean;
}

/** What each of Directus' services is made with. */
interface Options {
	knex: Knex;
	schema: SchemaOverview;
	accountability: null;
}

export async function applyCollection(
	step: Extract<SchemaStep, { kind: 'collections' }>,
	options: Options,
	ports: SchemaPorts,
): Promise<void> {
	const { services, readSchema, database } = ports;
	const collections = new services.CollectionsService(options);
	// The services write into what they are given: hence the clones.
	if (step.action === 'create') {
		const fields = step.fields.map((field) => withSafeDefault(structuredClone(field), database));
		await collections.createOne({ ...structuredClone(step.value), collection: step.collection, fields }, { ...QUIET });
	} else if (step.action === 'update') {
		await collections.updateOne(step.collection, { meta: structuredClone(step.meta) }, { ...QUIET });
	} else {
		// With its relations in place, the service would delete the fields at their other ends too; the plan says which go.
		for (const relation of relationsOf(options.schema, step.collection)) await dropRelation(relation, options, ports);
		const schema = await readSchema();
		await new services.CollectionsService({ ...options, schema }).deleteOne(step.collection, { ...QUIET });
	}
}

export async function applyField(
	step: Extract<SchemaStep, { kind: 'fields' }>,
	options: Options,
	ports: SchemaPorts,
): Promise<void> {
	const { services, readSchema, database } = ports;
	const { collection, field } = step;
	const fields = new services.FieldsService(options);
	if (step.action === 'create') {
		const made = withSafeDefault(structuredClone(step.value), database);
		await fields.createField(collection, { ...made, collection, field }, undefined, { ...QUIET });
	} else if (step.action === 'update') {
		const { type, schema: column, meta } = structuredClone(step);
		const { schema } = withSafeDefault({ schema: column }, database);
		if (schema)
			await fields.updateField(collection, { field, ...(type === null ? {} : { type }), schema }, { ...QUIET });
		if (meta) await fields.updateField(collection, { field, meta }, { ...QUIET });
	} else {
		const relation = options.schema.relations.find((other) => other.collection === collection && other.field === field);
		if (relation) {
			// As above: the alias at the other end is a field of its own.
			await dropRelation(relation, options, ports);
			options.schema = await readSchema();
		}
		await new services.FieldsService(options).deleteField(collection, field, { ...QUIET });
	}
}

export async function applyRelation(
	step: Extract<SchemaStep, { kind: 'relations' }>,
	options: Options,
	ports: SchemaPorts,
): Promise<void> {
	const { services, readSchema, database } = ports;
	const { collection, field } = step;
	const relations = new services.RelationsService(options);
	const existing = options.schema.relations.find(
		(relation) => relation.collection === collection && relation.field === field,
	);
	if (step.action === 'create') {
		await fitColumnToKey(options, step);
		await relations.createOne({ ...structuredClone(step.value), collection, field }, { ...QUIET });
	} else if (step.action === 'delete') {
		// It may have gone with its field or collection.
		if (existing) await dropRelation(existing, options, ports);
	} else {
		const { value, schema, related, meta } = structuredClone(step);
		if (related) {
			// Where it leads to cannot be changed.
			if (existing) await dropRelation(existing, options, ports);
			const now = { ...options, schema: await readSchema() };
			await fitColumnToKey(now, step);
			await new services.RelationsService(now).createOne({ ...value, collection, field }, { ...QUIET });
			return;
		}
		if (schema) {
			await dropNamelessKey(database, { collection, field });
			await relations.updateOne(collection, field, { ...value, meta: undefined }, { ...QUIET });
		}
		// Through the items, since the service would drop the foreign key and make it again, with another rule.
		if (meta) await updateRelationMeta({ collection, field, existing, meta }, options, services);
	}
}

async function dropRelation(
	{ collection, field }: Relation,
	options: Options,
	{ services, database }: SchemaPorts,
): Promise<void> {
	await new services.RelationsService(options).deleteOne(collection, field, { ...QUIET });
	await dropNamelessKey(database, { collection, field });
}

async function updateRelationMeta(
	{
		collection,
		field,
		existing,
		meta,
	}: { collection: string; field: string; existing: Relation | undefined; meta: Part },
	options: Options,
	services: DirectusServices,
): Promise<void> {
	const items = new services.ItemsService('directus_relations', options);
	if (existing?.meta) await items.updateOne(existing.meta.id, meta, { ...QUIET });
	else {
		const ends = {
			many_collection: collection,
			many_field: field,
			one_collection: existing?.related_collection ?? null,
		};
		await items.createOne({ ...meta, ...ends }, { ...QUIET });
	}
}

/**
 * Drops the foreign key of a column on SQLite, where none has a name: Directus looks for it by name, leaves it, and takes
 * the relation for one that is still there. With it in place, dropping the related collection drops the column too.
 */
async function dropNamelessKey(
	database: Knex,
	{ collection, field }: { collection: string; field: string },
): Promise<void> {
	if (!isSqlite(database)) return;
	const keys = (await database.raw('select "from" as field from pragma_foreign_key_list(?)', [collection])) as {
		field: string;
	}[];
	if (keys.some((key) => key.field === field))
		await database.schema.alterTable(collection, (table) => void table.dropForeign(field));
}

const relationsOf = ({ relations }: SchemaOverview, name: string): Relation[] =>
	relations.filter(({ collection, related_collection }) => collection === name || related_collection === name);

/**
 * On PostgreSQL, knex reads a question mark as a placeholder, even inside the text of a default: `Why?` would become
 * `Why$1`. Such a default is written without one.
 */
function withSafeDefault<Value extends Part>(field: Value, database: Knex): Value {
	const column = field['schema'];
	if (!isPostgres(database) || !isRecord(column)) return field;
	const text = column['default_value'];
	if (typeof text !== 'string' || !text.includes('?')) return field;
	const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll('?', '\\003F');
	return { ...field, schema: { ...column, default_value: database.raw(`U&'${escaped}'`) } };
}
