import type { CompiledRule } from '../../capture/core/watch.js';
import type { StoredDelivery } from '../../delivery/stored.js';
import type { Adapter, AdapterTarget, FlushChange } from '../adapters/adapter.js';
import { requestsOf } from '../adapters/requests-of.js';
import type { PageRegistry } from './page-registry.js';

/**
 * Adds to changes with automatic tags the paths of the pages that carry those tags. This is done right before sending, so
 * that pages rendered meanwhile are included, and only for receivers that cannot purge by tags.
 */
export async function withPages(
	changes: ReadonlyMap<StoredDelivery, FlushChange>,
	ruleOf: (delivery: StoredDelivery) => CompiledRule | null,
	adapter: Adapter,
	wire: AdapterTarget,
	pathsOf: PageRegistry['pathsOf'],
): Promise<void> {
	const automatic = [...changes].flatMap(([delivery, change]) =>
		ruleOf(delivery)?.automatic && needsPaths(change, adapter, wire) ? [change] : [],
	);
	if (automatic.length === 0) return;
	const known = await pathsOf(automatic.flatMap(({ tags }) => tags));
	for (const change of automatic)
		change.paths = [...new Set([...change.paths, ...change.tags.flatMap((tag) => known.get(tag) ?? [])])];
}

/** Whether an adapter needs paths: it sends changes as they are, or makes no request of tags alone. */
const needsPaths = (change: FlushChange, adapter: Adapter, wire: AdapterTarget): boolean =>
	adapter.bytes !== undefined || requestsOf(adapter, [{ ...change, paths: [] }], wire).length === 0;

/** What was purged by tags alone, with the paths of the pages that have those tags: to be looked at, and not to be sent. */
export async function withReportedPages<Told extends { change: Pick<FlushChange, 'tags' | 'paths'> }>(
	told: readonly Told[],
	pathsOf: PageRegistry['pathsOf'],
): Promise<Told[]> {
	const silent = told.filter(({ change }) => change.paths.length === 0);
	const known =
		silent.length > 0 ? await pathsOf(silent.flatMap(({ change }) => change.tags)) : new Map<string, string[]>();
	return told.map((one) => {
		if (one.change.paths.length > 0) return one;
		const paths = [...new Set(one.change.tags.flatMap((tag) => known.get(tag) ?? []))];
		return { ...one, change: { ...one.change, paths } };
	});
}
