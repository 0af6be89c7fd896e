import type { CompiledRule } from '../../capture/core/watch.js';
import type { StoredDelivery } from '../../delivery/stored.js';
import type { Adapter, AdapterTarget, FlushChange } from '../adapters/adapter.js';
import { requestsOf } from '../adapters/requests-of.js';
import type { PageRegistry } from './page-registry.js';

/**
 * Adds to changes with automatic tags the paths of the pages that have those tags: as late as can be, so that a page that
 * was made while they waited is among them. Only for receivers that cannot do without: what purges by tags needs no paths.
 */
export async function withPages(
	changes: ReadonlyMap<StoredDelivery, FlushChange>,
	ruleOf: (delivery: StoredDelivery) => CompiledRule | null,
	adapter: Adapter,
	wire: AdapterTarget,
	pathsOf: PageRegistry['pathsOf'],
): Promise<void> {
	const automatic = [...changes].flatMap(([delivery, change]) =>
		ruleOf(delivery)?.automatic && takesPaths(change, adapter, wire) ? [change] : [],
	);
	if (automatic.length === 0) return;
	const known = await pathsOf(automatic.flatMap(({ tags }) => tags));
	for (const change of automatic)
		change.paths = [...new Set([...change.paths, ...change.tags.flatMap((tag) => known.get(tag) ?? [])])];
}

/** An adapter that sends changes as they are, or one that has nothing to say by tags alone. */
const takesPaths = (change: FlushChange, adapter: Adapter, wire: AdapterTarget): boolean =>
	adapter.bytes !== undefined || requestsOf(adapter, [{ ...change, paths: [] }], wire).length === 0;
