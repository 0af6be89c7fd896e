import type { Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import type { DirectusServices } from '../kernel/directus-services.js';
import { removeBytes, storedFilesOf } from '../kernel/files/file-bytes.js';
import { countRows } from './rows/sync-rows.js';
import type { SyncWritePorts } from './rows/sync-transaction.js';

/** What is done beside the rows that another instance writes or deletes here. */
export function createBeside(
	database: Knex,
	services: DirectusServices,
	logger: Logger,
): Pick<SyncWritePorts, 'countRows' | 'bytes'> {
	return {
		countRows,
		bytes: {
			find: storedFilesOf,
			remove: (stored, schema) =>
				removeBytes(stored, { database, services, schema }).catch((error: unknown) =>
					logger.warn(`[downstream] the bytes of files that were deleted by sync are still there: ${String(error)}`),
				),
		},
	};
}
