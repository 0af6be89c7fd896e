import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { ConfigReader } from '../ports.js';
import { askForRefusals } from './config-elements.js';
import { readConfigLimits } from './config-limits.js';
import { readExtensions } from './config-extensions.js';
import { countDangling, countDuplicates, countValues, tryConversion } from '../tables/config-facts.js';
import { readConfigState } from './config-state.js';
import { knowsGeometry, readUnmanaged } from './config-unmanaged.js';
import { countConfigUsers } from './config-users.js';
import type { DirectusServices } from '../../kernel/directus-services.js';
import { readRecordedSchema } from '../tables/config-schema-record.js';
import type { SnapshotReader } from './config-snapshot.js';

/** What reading the configuration needs, whichever transaction it is read in. */
export interface ReaderPorts {
	services: DirectusServices;
	/** The database, as Directus names it in a snapshot. */
	vendor: string;
	snapshots: SnapshotReader;
}

/** Reads the configuration in a transaction. */
export function configReader(ports: ReaderPorts, transaction: Knex, schema: SchemaOverview): ConfigReader {
	const { services } = ports;
	const always = { ...ports, limits: readConfigLimits, extensions: readExtensions };
	return {
		state: (choice) => readConfigState({ ...always, database: transaction, schema }, choice),
		countValues: (collection, field) => countValues(transaction, collection, field),
		countDuplicates: (collection, field) => countDuplicates(transaction, collection, field),
		countDangling: (from, to) => countDangling(transaction, from, to),
		tryConversion: (from, to) => tryConversion(transaction, from, to),
		unmanaged: (fields) => readUnmanaged({ database: transaction, services, schema }, fields),
		knowsGeometry: () => knowsGeometry(transaction),
		countUsers: () => countConfigUsers(transaction),
		recordedSchema: () => readRecordedSchema(transaction),
		refusals: (rows, { accountability }) =>
			askForRefusals({ database: transaction, services, accountability, schema }, rows),
	};
}
