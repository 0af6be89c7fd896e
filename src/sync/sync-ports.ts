import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import type { Engine } from '../delivery/engine.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { HttpClient } from '../kernel/http.js';
import type { Clock, Items, Logger } from '../kernel/ports.js';
import type { Sync } from './open-sync.js';
import type { RemotesInForce } from './sync-host.js';

interface Ports {
	database: Knex;
	services: DirectusServices;
	getSchema(): Promise<SchemaOverview>;
	clock: Clock;
	logger: Logger;
	items: Items;
	http: HttpClient;
	rules: RemotesInForce;
	engine: Pick<Engine, 'wake'>;
	environment: Pick<Environment, 'PUBLIC_URL'>;
	/** Starts a link again that was paused. */
	resume(target: string): Promise<void>;
}

/**
 * What one of sync's use cases needs, and no more: `SyncPorts<'database' | 'clock', 'peer'>` is the database, the clock,
 * and of `sync` itself who is behind a remote.
 */
export type SyncPorts<Needed extends keyof Ports, OfSync extends keyof Sync = never> = Pick<Ports, Needed> &
	([OfSync] extends [never] ? unknown : { sync: Pick<Sync, OfSync> });
