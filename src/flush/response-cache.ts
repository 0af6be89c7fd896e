import type { Clock } from '../kernel/ports.js';
import type { SchemaOverview } from '@directus/types';
import type { Knex } from 'knex';
import type { Environment } from '../../schema.js';
import type { DirectusServices } from '../kernel/directus-services.js';

/** Clocks of several nodes may be this far apart. */
const APART_MS = 1_000;

/**
 * Directus emits the event of a created item before it clears its response cache; a front end that refetches at once would be
 * served the old answer. Clearing it once more, right before values are read and sent, closes that gap: once for all
 * targets that are told of a change, and not again when it is tried again.
 */
export function createResponseCache(ports: {
	database: Knex;
	services: DirectusServices;
	getSchema: () => Promise<SchemaOverview>;
	environment: Pick<Environment, 'CACHE_ENABLED' | 'CACHE_AUTO_PURGE'>;
	clock: Pick<Clock, 'now'>;
	nodes: () => number;
}) {
	const { database, services, getSchema, environment, clock, nodes } = ports;
	let cleared = -Infinity;
	let clearing: { since: number; done: Promise<void> } | null = null;

	async function clear(): Promise<void> {
		const accountability = { admin: true, app: true, user: null, role: null, roles: [], ip: null };
		const utils = new services.UtilsService({ schema: await getSchema(), knex: database, accountability });
		await utils.clearCache({ system: false });
	}

	/** @param plannedAt of the newest change that is about to be read, in ms since 1970 */
	return async function clearFor(plannedAt: number): Promise<void> {
		if (!environment.CACHE_ENABLED || !environment.CACHE_AUTO_PURGE) return;
		const needed = plannedAt + (nodes() > 1 ? APART_MS : 0);
		if (cleared > needed) return;
		if (clearing && clearing.since > needed) return clearing.done;
		const since = clock.now();
		const done = clear()
			.then(() => void (cleared = Math.max(cleared, since)))
			.finally(() => {
				if (clearing?.done === done) clearing = null;
			});
		clearing = { since, done };
		return done;
	};
}
