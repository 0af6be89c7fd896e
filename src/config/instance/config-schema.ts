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

/**
 * Changes the schema step by step through Directus' own services, as its schema apply does, but for three things: exactly
 * what the step says is written (its apply sends whole entries, which an instance at its licence's limit of collections
 * refuses, and mistakes a removed key for a removed table, directus/directus #27877); nobody is told before the commit;
 * and the schema is read again only where a step needs to see what an earlier one did.
 */
export function createSchemaWriter({ database, services, readSchema, commitsAtOnce }: SchemaPorts) {
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
			const fields = step.fields.map((field) => withSafeDefault(structuredClone(field), database));
			await collections.createOne(
				{ ...structuredClone(step.value), collection: step.collection, fields },
				{ ...QUIET },
			);
		} else if (step.action === 'update') {
			await collections.updateOne(step.collection, { meta: structuredClone(step.meta) }, { ...QUIET });
		} else {
			// With its relations in place, the service would delete the fields at their other ends too; the plan says which go.
			for (const relation of relationsOf(options.schema, step.collection)) await dropRelation(options, relation);
			const schema = await readSchema();
			await new services.CollectionsService({ ...options, schema }).deleteOne(step.collection, { ...QUIET });
		}
	}

	async function applyField(step: Extract<SchemaStep, { kind: 'fields' }>, options: Options): Promise<void> {
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
			const relation = options.schema.relations.find(
				(other) => other.collection === collection && other.field === field,
			);
			if (relation) {
				// As above: the alias at the other end is a field of its own.
				await dropRelation(options, relation);
				options.schema = await readSchema();
			}
			await new services.FieldsService(options).deleteField(collection, field, { ...QUIET });
		}
	}

	async function applyRelation(step: Extract<SchemaStep, { kind: 'relations' }>, options: Options): Promise<void> {
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
			if (existing) await dropRelation(options, existing);
		} else {
			const { value, schema, related, meta } = structuredClone(step);
			if (related) {
				// Where it leads to cannot be changed.
				if (existing) await dropRelation(options, existing);
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
			if (meta) await updateRelationMeta(options, { collection, field, found: existing, meta });
		}
	}

	async function dropRelation(options: Options, { collection, field }: Relation): Promise<void> {
		await new services.RelationsService(options).deleteOne(collection, field, { ...QUIET });
		await dropNamelessKey(database, { collection, field });
	}

	async function updateRelationMeta(
		options: Options,
		{
			collection,
			field,
			found: existing,
			meta,
		}: { collection: string; field: string; found: Relation | undefined; meta: Part },
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

	return {
		apply,
		/** What it knows is not so any more. */
		forget() {
			known = null;
		},
	};
}

const isThere = (database: Knex, step: SchemaStep): Promise<boolean> =>
	step.kind === 'collections'
		? database.schema.hasTable(step.collection)
		: database.schema.hasColumn(step.collection, step.field);

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
