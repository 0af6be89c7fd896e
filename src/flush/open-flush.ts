import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import type { Engine } from '../delivery/engine.js';
import type { DeliveryQueue } from '../delivery/ports.js';
import { latestDeliveries } from '../delivery/tables/delivery-latest.js';
import type { DirectusServices } from '../kernel/directus-services.js';
import type { HttpClient } from '../kernel/http.js';
import type { Clock, Items, Logger } from '../kernel/ports.js';
import type { FlushPorts } from './flush-ports.js';
import type { PageRegistry } from './pages/page-registry.js';
import { createResponseCache } from './response-cache.js';

/** What sending to flush targets needs. */
export function createFlushPorts(host: {
	database: Knex;
	services: DirectusServices;
	getSchema(): Promise<SchemaOverview>;
	logger: Logger;
	environment: Pick<Environment, 'CACHE_ENABLED' | 'CACHE_AUTO_PURGE'>;
	clock: Clock;
	items: Items;
	rules: Pick<FlushPorts, 'ruleOf'>;
	http: Pick<HttpClient, 'tell'>;
	queue: Pick<DeliveryQueue, 'nameBatches'>;
	/** How much a target takes in one request, as far as its refusals have taught it. */
	standing: {
		batchBytes(target: string): Promise<number | null>;
		learnBatchBytes(target: string, bytes: number): Promise<void>;
	};
	engine: Pick<Engine, 'nodes'>;
	attempted: FlushPorts['attempted'];
	delivered: FlushPorts['delivered'];
	pages: Pick<PageRegistry, 'pathsOf'>;
}): FlushPorts {
	const { database, clock, logger, items, rules, http, queue, standing, engine, attempted, delivered, pages } = host;
	return {
		clock,
		logger,
		items,
		ruleOf: rules.ruleOf,
		send: http.tell,
		attempted,
		delivered,
		pathsOf: pages.pathsOf,
		knownBytes: (target) => standing.batchBytes(target),
		learnBytes: (target, bytes) => standing.learnBatchBytes(target, bytes),
		latest: (target, asked) => latestDeliveries(database, target, asked),
		nameBatches: (groups) => queue.nameBatches(groups),
		beforeRead: createResponseCache({ ...host, nodes: () => engine.nodes() }),
	};
}
