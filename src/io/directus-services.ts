import type { Accountability, PrimaryKey, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Row } from '../core/item-change.js';

interface ServiceOptions {
	schema: SchemaOverview;
	knex?: Knex;
	accountability?: Accountability | null;
}

/** The part of Directus' services that Downstream uses; the host hands extensions the real ones, typed as unknown. */
export interface DirectusServices {
	ItemsService: new (
		collection: string,
		options: ServiceOptions,
	) => {
		readByQuery(query: Record<string, unknown>, options?: { emitEvents?: boolean }): Promise<Row[]>;
		readMany(keys: PrimaryKey[], query?: Record<string, unknown>, options?: { emitEvents?: boolean }): Promise<Row[]>;
	};
	PayloadService: new (
		collection: string,
		options: ServiceOptions,
	) => {
		processValues(action: 'read', payload: Row): Promise<Row>;
	};
	NotificationsService: new (options: ServiceOptions) => {
		createOne(data: Row): Promise<PrimaryKey>;
	};
	UtilsService: new (options: ServiceOptions) => {
		clearCache(options: { system: boolean }): Promise<void>;
	};
}
