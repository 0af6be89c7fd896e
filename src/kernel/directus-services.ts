import type { Row } from './core/row.js';
import type { Accountability, PrimaryKey, SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Readable } from 'node:stream';

interface ServiceOptions {
	schema: SchemaOverview;
	knex?: Knex;
	accountability?: Accountability | null;
}

/** How a write is done: what Directus tells others of it, and what it checks. */
export interface MutationOptions {
	emitEvents?: boolean;
	autoPurgeCache?: boolean;
	autoPurgeSystemCache?: boolean;
	/** The bound on how many items one request may change. */
	bypassLimits?: boolean;
	bypassEmitAction?: (event: unknown) => void;
	/** No activity and no revision. */
	skipTracking?: boolean;
	/**
	 * With a key that is given, the counter of keys stays where it is; otherwise Directus sets it to the highest key that is
	 * there, and the number of a row that was deleted, or is not committed yet, is given a second time.
	 */
	bypassAutoIncrementSequenceReset?: boolean;
	/** Thrown at the moment at which the write would begin. */
	preMutationError?: Error;
	/** 1: an admin is left; 2: no more users than there may be. */
	userIntegrityCheckFlags?: number;
}

/** Items of one collection. */
export interface DirectusItems {
	readByQuery(query: Record<string, unknown>, options?: { emitEvents?: boolean }): Promise<Row[]>;
	readMany(keys: PrimaryKey[], query?: Record<string, unknown>, options?: { emitEvents?: boolean }): Promise<Row[]>;
	createOne(data: Row, options?: MutationOptions): Promise<PrimaryKey>;
	createMany(data: Row[], options?: MutationOptions): Promise<PrimaryKey[]>;
	updateOne(key: PrimaryKey, data: Row, options?: MutationOptions): Promise<PrimaryKey>;
	updateMany(keys: PrimaryKey[], data: Row, options?: MutationOptions): Promise<PrimaryKey[]>;
	updateByQuery(query: Record<string, unknown>, data: Row, options?: MutationOptions): Promise<PrimaryKey[]>;
	deleteMany(keys: PrimaryKey[], options?: MutationOptions): Promise<PrimaryKey[]>;
	deleteByQuery(query: Record<string, unknown>, options?: MutationOptions): Promise<PrimaryKey[]>;
}

type ItemsOf = new (options: ServiceOptions) => DirectusItems;

/** The part of Directus' services that Downstream uses; the host hands extensions the real ones, typed as unknown. */
export interface DirectusServices {
	ItemsService: new (collection: string, options: ServiceOptions) => DirectusItems;
	FlowsService: ItemsOf;
	PermissionsService: ItemsOf;
	PoliciesService: ItemsOf;
	SettingsService: ItemsOf;
	PayloadService: new (
		collection: string,
		options: ServiceOptions,
	) => {
		processValues(action: 'read' | 'create' | 'update', payload: Row): Promise<Row>;
		processValues(action: 'create', payloads: Row[]): Promise<Row[]>;
		/** As a revision keeps it; null where nothing is left of it. */
		prepareDelta(payload: Row): Promise<Row | null>;
	};
	AssetsService: new (options: ServiceOptions) => {
		getAsset(id: string, transformation: { transformationParams: object }): Promise<{ stream: Readable }>;
	};
	FilesService: new (options: ServiceOptions) => {
		/** Writes the bytes of a new file, or of one that is there. */
		uploadOne(stream: Readable, data: Row, key?: PrimaryKey): Promise<PrimaryKey>;
		/** Deletes rows, and their bytes at once. */
		deleteMany(keys: PrimaryKey[]): Promise<PrimaryKey[]>;
		/** What its events begin with. */
		eventScope: string;
	};
	NotificationsService: new (options: ServiceOptions) => {
		createOne(data: Row): Promise<PrimaryKey>;
	};
	RolesService: new (options: ServiceOptions) => {
		/** Has all nodes forget the schema and who may do what, but no answers; not in every version. */
		clearCaches?(options: { autoPurgeCache: boolean }): Promise<void>;
	};
	UtilsService: new (options: ServiceOptions) => {
		clearCache(options: { system: boolean }): Promise<void>;
	};
	SchemaService: new (options: Omit<ServiceOptions, 'schema'>) => {
		snapshot(): Promise<unknown>;
	};
	ExtensionsService: new (options: ServiceOptions) => {
		extensionsManager: { reload(): Promise<void>; broadcastReloadNotification(): Promise<void> };
	};
	SpecificationService: new (options: ServiceOptions) => {
		oas: { generate(host?: string): Promise<unknown> };
		graphql: { generate(scope: 'items' | 'system'): Promise<string | null> };
	};
	CollectionsService: new (options: ServiceOptions) => {
		createOne(collection: Row, options?: MutationOptions): Promise<string>;
		updateOne(collection: string, data: Row, options?: MutationOptions): Promise<string>;
		deleteOne(collection: string, options?: MutationOptions): Promise<string>;
	};
	FieldsService: new (options: ServiceOptions) => {
		createField(collection: string, field: Row, table?: undefined, options?: MutationOptions): Promise<void>;
		updateField(collection: string, field: Row, options?: MutationOptions): Promise<string>;
		deleteField(collection: string, field: string, options?: MutationOptions): Promise<void>;
		/** Columns that Directus does not manage included. */
		readAll(collection: string): Promise<Row[]>;
	};
	RelationsService: new (options: ServiceOptions) => {
		createOne(relation: Row, options?: MutationOptions): Promise<void>;
		readAll(collection: string): Promise<Row[]>;
		updateOne(collection: string, field: string, relation: Row, options?: MutationOptions): Promise<void>;
		deleteOne(collection: string, field: string, options?: MutationOptions): Promise<void>;
	};
}
