import type { Clock, Items, Logger } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { FileLimits } from './core/wire/file-limits.js';
import type { Activity } from '../capture/capture.js';
import type { StoredAttempt } from '../delivery/stored.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { HttpClient } from '../kernel/http.js';
import type { CompiledSyncRule } from './core/rules/compile-sync-rules.js';
import type { Released } from './core/rules/held-back.js';
import type { RemoteSource } from './remote-source.js';

/** The remotes and their rules in force, in memory. */
export interface RemotesInForce {
	/** Every remote, of any status. */
	remotes(): RemoteSource[];
	remote(id: string): RemoteSource | null;
	/** Rules of published remotes for a collection, of any direction. */
	syncRulesOf(collection: string): CompiledSyncRule[];
	/** Collections that some published remote has a rule for. */
	syncedCollections(): string[];
}

/** What sync is given of the instance that it works in. */
export interface SyncHost {
	database: Knex;
	services: DirectusServices;
	clock: Clock;
	logger: Logger;
	items: Items;
	rules: RemotesInForce;
	http: HttpClient;
	getSchema: () => Promise<SchemaOverview>;
	/** The first of Directus' storage locations. */
	storage: string;
	/** Where files are kept while they arrive. */
	temporary: string;
	/** What Directus lets people upload. */
	fileLimits: FileLimits;
	/** As it was when the rules were last read. */
	schema(): SchemaOverview | null;
	attempted(attempt: StoredAttempt): void;
	/** Called before a new instance counts as known; where it throws, that is asked again later. */
	firstMet(source: RemoteSource): Promise<void>;
	/** An instance that nobody knew counts as known from now on, on the other nodes too. */
	newlyMet(): Promise<void>;
	/** Lets what was held back from a remote and fits again flow; false where that has to wait. */
	release(source: RemoteSource, released: Released): Promise<boolean>;
	/** Told of what is taken in, in its transaction. */
	captured(activities: Activity[], transaction: Knex): Promise<void>;
}
