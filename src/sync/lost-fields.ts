import type { Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { readKnownFields, saveKnownFields } from './tables/sync-known-fields.js';
import { forgetFields } from './tables/sync-version-table.js';

/**
 * Notices that columns of synced collections are gone here: with Directus' event, or else by what was there when the
 * schema was last read, which may have been before this process began.
 */
export function createLostFields({ database, logger }: { database: Knex; logger: Logger }) {
	let work: Promise<void> = Promise.resolve();

	const afterThat = (task: () => Promise<void>): void => {
		work = work
			.then(() => task())
			.catch((error: unknown) =>
				logger.error(`[downstream] what was lost with a field could not be recorded: ${String(error)}`),
			);
	};

	return {
		/** What was lost up to now is recorded. */
		recorded: () => work,
		/** Fields of a collection were deleted. */
		lost: (collection: string, fields: string[]): void => afterThat(() => forgetFields(database, collection, fields)),
		/** The schema was read: these are the collections that are synced. */
		look: (schema: SchemaOverview, collections: string[]): void =>
			afterThat(async () => {
				const known = await readKnownFields(database);
				for (const collection of new Set([...collections, ...known.keys()])) {
					const columns = Object.values(schema.collections[collection]?.fields ?? {});
					const fields = columns.flatMap(({ field, alias }) => (alias ? [] : field)).toSorted();
					const before = known.get(collection);
					// A dropped collection takes its rows with it; its fields are not "lost".
					if (fields.length === 0 || fields.join() === before?.join()) continue;
					const lost = (before ?? []).filter((field) => !fields.includes(field));
					if (lost.length > 0) await forgetFields(database, collection, lost);
					await saveKnownFields(database, collection, fields);
				}
			}),
	};
}
