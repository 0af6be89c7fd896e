import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import { inGroupsOf } from '../core/adapters/pack.js';
import type { Row } from '../core/item-change.js';
import type { Handle } from '../engine/capture.js';
import type { DirectusServices } from './directus-services.js';
import { hasEndedTransaction } from '../tables/ended-transaction.js';
import { insertChanges, isPostgres } from '../tables/outbox-table.js';

/**
 * The database handle that Directus gave a hook, and nothing else: in an open transaction on SQLite any other handle
 * would wait for the only connection, for ever.
 */
export function hookHandle(database: Knex, services: DirectusServices, schema: SchemaOverview): Handle {
	const transaction = outermost(database);
	return {
		rows: (collection, field, values, columns, limit) =>
			harmless(database, async (knex) => {
				if (field === null) return (await knex(collection).select(columns).limit(limit)) as Row[];
				const found: Row[] = [];
				for (const chunk of inGroupsOf(500, values)) {
					if (found.length >= limit) break;
					found.push(
						...((await knex(collection)
							.select(columns)
							.whereIn(field, chunk as string[])
							.limit(limit - found.length)) as Row[]),
					);
				}
				return found;
			}),
		read: (collection, keys, fields) =>
			harmless(database, (knex) => {
				const service = new services.ItemsService(collection, { schema, knex, accountability: null });
				const primary = schema.collections[collection]?.primary ?? 'id';
				return service.readByQuery({ fields, limit: -1, filter: { [primary]: { _in: keys } } }, { emitEvents: false });
			}),
		record: (changes) => insertChanges(database, changes),
		hasEnded: (error) => transaction !== null && hasEndedTransaction(error),
		outcome: () =>
			transaction
				? transaction.executionPromise.then(
						() => true,
						() => false,
					)
				: null,
		transaction,
	};
}

/** A query that fails must not fail the editor's save: PostgreSQL refuses everything after it without a savepoint. */
async function harmless<T>(database: Knex, query: (knex: Knex) => Promise<T>): Promise<T> {
	return database.isTransaction && isPostgres(database) ? database.transaction(query) : query(database);
}

/** A knex transaction knows its parent; only the outermost one says whether anything was committed. */
interface OpenTransaction {
	executionPromise: Promise<unknown>;
	parentTransaction?: OpenTransaction;
}

function outermost(database: Knex): OpenTransaction | null {
	if (!database.isTransaction) return null;
	let transaction = database as unknown as OpenTransaction;
	while (transaction.parentTransaction) transaction = transaction.parentTransaction;
	return transaction;
}
