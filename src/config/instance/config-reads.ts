import { setTimeout as pause } from 'node:timers/promises';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { DirectusServices } from '../../kernel/directus-services.js';
import type { ConfigReader } from '../ports.js';
import { refreshDirectus } from './config-refresh.js';
import { readConsistently } from './config-transaction.js';
import { refusalOf, type PushTransactionPorts } from './push-transaction.js';

/** A push waits so long for readers that began before it ended, in ms. */
const READERS_MS = 5_000;

/** Reads of the configuration, each in a transaction of its own that sees one state. */
export function createConfigReads(
	{
		database,
		services,
		getSchema,
	}: { database: Knex; services: DirectusServices; getSchema: () => Promise<SchemaOverview> },
	reader: PushTransactionPorts['reader'],
) {
	/** What they saw of before a push, Directus remembers after it. */
	const underWay = new Set<Promise<unknown>>();
	return {
		async read<Read>(work: (reader: ConfigReader) => Promise<Read>): Promise<Read> {
			// Before the transaction: Directus reads its schema through a connection of its own.
			const reading = getSchema().then((schema) =>
				readConsistently(database, (transaction) => work(reader(transaction, schema))),
			);
			underWay.add(reading);
			return reading
				.catch((error: unknown) => {
					throw refusalOf(error);
				})
				.finally(() => underWay.delete(reading));
		},
		/**
		 * A request that reads the schema while a push commits makes Directus cache the old columns for good. So the cache is
		 * cleared once more when such reads are over, and again a moment later for those on other nodes.
		 */
		async forgetWhatTheySaw(): Promise<void> {
			const forget = () => refreshDirectus({ database, services, getSchema }, { flows: false });
			if (underWay.size > 0) {
				await Promise.race([Promise.allSettled(underWay), pause(READERS_MS)]);
				await forget();
			}
			setTimeout(() => void forget().catch(() => {}), READERS_MS).unref();
		},
	};
}
