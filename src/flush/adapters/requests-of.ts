import type { PurgeKind } from '../../contract/vocabulary.js';
import type { WireRequest } from '../../kernel/core/wire.js';
import type { Adapter, AdapterTarget, FlushChange, WidePurge } from './adapter.js';

const isWide = (change: FlushChange): change is FlushChange & { wide: WidePurge } => change.wide !== undefined;

/** The requests that deliver a group, also what is purged by hand. */
export function requestsOf(
	{ requests, wide }: Pick<Adapter, 'requests' | 'wide'>,
	group: FlushChange[],
	target: AdapterTarget,
): WireRequest[] {
	// A change without tags and paths gets some that stand for its item: what is purged by hand is no item.
	const told = group.filter((change) => !isWide(change) || change.tags.length + change.paths.length > 0);
	return [
		...(told.length > 0 ? requests(told, target) : []),
		...group.filter(isWide).flatMap((change) => wide?.(change, target) ?? []),
	];
}

const PROBE = 'downstream-probe';

/** What a target can be told to purge by hand, found out by asking its adapter for the requests. */
export function purgeable(adapter: Pick<Adapter, 'requests' | 'wide'>, target: AdapterTarget): PurgeKind[] {
	const says = (change: Partial<FlushChange>) => {
		const none = { event: 'update', item: '1', fields: {}, previous: null, tags: [], paths: [], timestamp: 0 } as const;
		const probe: FlushChange = { collection: 'probes', ...none, tags: [], paths: [], ...change };
		return JSON.stringify(requestsOf(adapter, [probe], target));
	};
	return [
		...(says({ tags: [PROBE] }).includes(PROBE) ? (['tags'] as const) : []),
		...(says({ paths: [`/${PROBE}`] }).includes(PROBE) ? (['paths'] as const) : []),
		...(says({ wide: { prefixes: [`/${PROBE}`], everything: false } }) === '[]' ? [] : (['prefixes'] as const)),
		...(says({ wide: { prefixes: [], everything: true } }) === '[]' ? [] : (['everything'] as const)),
	];
}
