import { expect, it } from 'vitest';
import type { DirectusServices } from '../kernel/directus-services.js';
import { createResponseCache } from './response-cache.js';

/** A cache that counts how often it is cleared, by a clock that only moves when told. */
function counting(nodes = 1) {
	const counted = { now: 1_000, cleared: 0 };
	const services = {
		UtilsService: class {
			async clearCache() {
				await Promise.resolve();
				counted.cleared += 1;
			}
		},
	} as unknown as DirectusServices;
	const clear = createResponseCache({
		database: {} as never,
		services,
		getSchema: async () => ({ collections: {}, relations: [] }),
		environment: { CACHE_ENABLED: true, CACHE_AUTO_PURGE: true },
		clock: { now: () => counted.now },
		nodes: () => nodes,
	});
	return { counted, clear };
}

it('clears the cache once for all targets that are told of a change', async () => {
	const { counted, clear } = counting();
	counted.now = 1_010;
	await Promise.all(Array.from({ length: 10 }, () => clear(1_000)));
	await clear(1_000);
	expect(counted.cleared).toBe(1);
	counted.now = 1_030;
	await clear(1_020);
	expect(counted.cleared).toBe(2);
});

it('clears it again where another node may have planned the change after that', async () => {
	const { counted, clear } = counting(2);
	counted.now = 1_010;
	await clear(1_000);
	await clear(1_000);
	expect(counted.cleared).toBe(2);
});
