import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { SchemaStep } from '../ports.js';
import { applyCollection, applyField, applyRelation, type SchemaPorts } from './schema-steps.js';

/**
 * Changes the schema step by step through Directus' own services, as its schema apply does, but for three things: exactly
 * what the step says is written (its apply sends whole entries, which an instance at its licence's limit of collections
 * refuses, and mistakes a removed key for a removed table, directus/directus #27877); no event is emitted before the commit;
 * and the schema is read again only where a step needs to see what an earlier one did.
 */
export function createSchemaWriter(ports: SchemaPorts) {
	const { database, readSchema, commitsAtOnce } = ports;
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
		if (step.kind === 'collections') await applyCollection(step, options, ports);
		else if (step.kind === 'fields') await applyField(step, options, ports);
		else await applyRelation(step, options, ports);
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
