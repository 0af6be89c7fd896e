import type { Relation, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { QUIET } from '../core/config/quiet-writes.js';
import { isRecord } from '../core/is-record.js';
import type { Part, SchemaStep } from '../engine/config/ports.js';
import type { DirectusServices } from './directus-services.js';

/** What changing the schema needs. The transaction is the only connection that is used. */
export interface SchemaDoors {
	database: Knex;
	services: DirectusServices;
	/** The schema as it is now, uncommitted changes included. */
	readSchema: () => Promise<SchemaOverview>;
	/** Whether the database commits each change of a table at once, so that a step may break off half way. */
	commitsAtOnce: boolean;
}

/**
 * Changes the schema step by step through Directus' own services, as its schema apply does, but for three things: exactly
 * what the step says is written (its apply sends whole entries, which an instance at its licence's limit of collections
 * refuses, and mistakes a removed key for a removed table, directus/directus #27877); nobody is told before the commit;
 * and the schema is read again only where a step needs to see what an earlier one did.
 */
export function createSchemaWriter({ database, services, readSchema, commitsAtOnce }: SchemaDoors) {
	let known: SchemaOverview | null = null;
	/** Steps of this kind on these do not need to see each other. */
	let since: string | null = null;

	async function schemaFor(step: SchemaStep): Promise<SchemaOverview> {
		const like = step.action === 'delete' ? null : `${step.kind} ${step.action}`;
		if (!known || like === null || like !== since) known = await readSchema();
		since = like;
		return known;
	}

	async function apply(step: SchemaStep): Promise<void> {
		const removes = commitsAtOnce && step.action === 'create' && !(await isThere(database, step));
		try {
			await make(step);
		} catch (error) {
			// Directus knows nothing yet of what it had begun with, so that no plan would find it.
			if (removes) await removeHalf(database, step);
			throw error;
		}
	}

	async function make(step: SchemaStep): Promise<void> {
		const options = { knex: database, schema: await schemaFor(step), accountability: null };
		if (step.kind === 'collections') await applyCollection(step, options);
		else if (step.kind === 'fields') await applyField(step, options);
		else await applyRelation(step, options);
	}

	interface Options {
		knex: Knex;
		schema: SchemaOverview;
		accountability: null;
	}

	async function applyCollection(step: Extract<SchemaStep, { kind: 'collections' }>, options: Options): Promise<void> {
		const collections = new services.CollectionsService(options);
		// The services write into what they are given: hence the clones.
		if (step.action === 'create') {
			const fields = step.fields.map((field) => asUuid(structuredClone(field)));
			await collections.createOne(
				{ ...structuredClone(step.value), collection: step.collection, fields },
				{ ...QUIET },
			);
		} else if (step.action === 'update') {
			await collections.updateOne(step.collection, { meta: structuredClone(step.meta) }, { ...QUIET });
		} else {
			// With its relations in place, the service would delete the fields at their other ends too; the plan says which go.
			for (const relation of relationsOf(options.schema, step.collection))
				await new services.RelationsService(options).deleteOne(relation.collection, relation.field, { ...QUIET });
			const schema = await readSchema();
			await new services.CollectionsService({ ...options, schema }).deleteOne(step.collection, { ...QUIET });
		}
	}

	async function applyField(step: Extract<SchemaStep, { kind: 'fields' }>, options: Options): Promise<void> {
		const { collection, field } = step;
		const fields = new services.FieldsService(options);
		if (step.action === 'create') {
			await fields.createField(collection, { ...structuredClone(step.value), collection, field }, undefined, {
				...QUIET,
			});
		} else if (step.action === 'update') {
			const { type, schema, meta } = structuredClone(step);
			if (schema)
				await fields.updateField(collection, { field, ...(type === null ? {} : { type }), schema }, { ...QUIET });
			if (meta) await fields.updateField(collection, { field, meta }, { ...QUIET });
		} else {
			const relation = options.schema.relations.find((one) => one.collection === collection && one.field === field);
			if (relation) {
				// As above: the alias at the other end is a field of its own.
				await new services.RelationsService(options).deleteOne(collection, field, { ...QUIET });
				options.schema = await readSchema();
			}
			await new services.FieldsService(options).deleteField(collection, field, { ...QUIET });
		}
	}

	async function applyRelation(step: Extract<SchemaStep, { kind: 'relations' }>, options: Options): Promise<void> {
		const { collection, field } = step;
		const relations = new services.RelationsService(options);
		const found = options.schema.relations.find((one) => one.collection === collection && one.field === field);
		if (step.action === 'create') {
			await relations.createOne({ ...structuredClone(step.value), collection, field }, { ...QUIET });
		} else if (step.action === 'delete') {
			// It may have gone with its field or collection.
			if (found) await relations.deleteOne(collection, field, { ...QUIET });
		} else {
			const { value, schema, related, meta } = structuredClone(step);
			if (related) {
				// Where it leads to cannot be changed.
				if (found) await relations.deleteOne(collection, field, { ...QUIET });
				const now = { ...options, schema: await readSchema() };
				await new services.RelationsService(now).createOne({ ...value, collection, field }, { ...QUIET });
				return;
			}
			if (schema) await relations.updateOne(collection, field, { ...value, meta: undefined }, { ...QUIET });
			// Through the items, since the service would drop the foreign key and make it again, with another rule.
			if (meta) await updateRelationMeta(options, { collection, field, found, meta });
		}
	}

	async function updateRelationMeta(
		options: Options,
		{ collection, field, found, meta }: { collection: string; field: string; found: Relation | undefined; meta: Part },
	): Promise<void> {
		const items = new services.ItemsService('directus_relations', options);
		if (found?.meta) await items.updateOne(found.meta.id, meta, { ...QUIET });
		else {
			const ends = {
				many_collection: collection,
				many_field: field,
				one_collection: found?.related_collection ?? null,
			};
			await items.createOne({ ...meta, ...ends }, { ...QUIET });
		}
	}

	return { apply };
}

const isThere = (database: Knex, step: SchemaStep): Promise<boolean> =>
	step.kind === 'collections'
		? database.schema.hasTable(step.collection)
		: database.schema.hasColumn(step.collection, step.field);

/** Removes what is left of a step that broke off: the table or column, and what Directus had written down about it. */
async function removeHalf(database: Knex, step: SchemaStep): Promise<void> {
	const { collection } = step;
	if (step.kind === 'collections') {
		await database.schema.dropTableIfExists(collection);
		for (const table of ['directus_fields', 'directus_collections'])
			await database(table).where({ collection }).delete();
	} else if (step.kind === 'fields') {
		const { field } = step;
		if (await database.schema.hasColumn(collection, field))
			await database.schema.alterTable(collection, (table) => void table.dropColumn(field));
		await database('directus_fields').where({ collection, field }).delete();
	}
}

const relationsOf = ({ relations }: SchemaOverview, name: string): Relation[] =>
	relations.filter(({ collection, related_collection }) => collection === name || related_collection === name);

/**
 * A key that another vendor stores as text of 36 characters is an UUID here, as Directus has it when it applies a
 * snapshot; otherwise a foreign key could not refer to it.
 */
function asUuid(field: Part): Part {
	const column = field['schema'];
	if (!isRecord(column) || column['max_length'] !== 36) return field;
	if (!['char', 'varchar'].includes(String(column['data_type']).toLowerCase())) return field;
	const isKey =
		column['is_primary_key'] === true || Boolean(column['foreign_key_table'] && column['foreign_key_column']);
	return isKey ? { ...field, type: 'uuid', schema: { ...column, data_type: 'uuid', max_length: null } } : field;
}
