import { isPostgres } from '../kernel/database/dialect.js';
import type { Row } from '../kernel/core/row.js';
import { inGroupsOf } from '../kernel/core/in-groups-of.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { StatementTap } from './statement-tap.js';
import { hasEndedTransaction } from '../kernel/core/database-errors.js';
import { queryApart } from '../kernel/database/savepoint.js';
import { insertChanges } from './tables/outbox-table.js';
import type { Handle } from './capture-ports.js';

/**
 * The database handle that Directus gave a hook, and nothing else: in an open transaction on SQLite any other handle
 * would wait for the only connection, for ever.
 */
export function hookHandle(
	database: Knex,
	services: DirectusServices,
	schema: SchemaOverview,
	tap: StatementTap | null,
): Handle {
	const transaction = outermost(database);
	const notes = transaction && (tap?.notesOf(database) ?? null);
	return {
		async rows(collection, field, values, columns, limit) {
			const query = () => database(collection).select(columns);
			if (field === null) return (await queryApart(database, query().limit(limit))) as Row[];
			const rows: Row[] = [];
			for (const chunk of inGroupsOf(500, values)) {
				if (rows.length >= limit) break;
				const some = query().whereIn(field, chunk as string[]);
				rows.push(...((await queryApart(database, some.limit(limit - rows.length))) as Row[]));
			}
			return rows;
		},
		read: (collection, keys, fields) =>
			harmless(database, (knex) => {
				const service = new services.ItemsService(collection, { schema, knex, accountability: null });
				const primary = schema.collections[collection]?.primary ?? 'id';
				return service.readByQuery({ fields, limit: -1, filter: { [primary]: { _in: keys } } }, { emitEvents: false });
			}),
		record: (changes) => insertChanges(database, changes),
		keep(changes) {
			if (!notes?.keeps()) return false;
			for (const change of changes) notes.kept.keep(change);
			return true;
		},
		hasEnded: (error) => transaction !== null && hasEndedTransaction(error),
		outcome: () =>
			transaction
				? transaction.executionPromise.then(
						() => true,
						() => false,
					)
				: null,
		transaction,
		notes,
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
