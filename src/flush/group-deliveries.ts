import type { Clock, Items } from '../kernel/ports.js';
import type { Adapter, AdapterTarget, FlushChange } from './adapters/adapter.js';
import { groupChanges } from './adapters/group-changes.js';
import type { CompiledRule } from '../capture/core/watch.js';
import { withPages } from './pages/with-pages.js';
import type { PageRegistry } from './pages/page-registry.js';
import { buildChanges } from './build-changes.js';
import type { Group } from '../delivery/channel.js';
import type { ClaimedDelivery } from '../delivery/ports.js';
import type { StoredDelivery } from '../delivery/stored.js';

/** Deliveries that go out together and share their fate, and what they say. */
export interface FlushGroup extends Group {
	changes: FlushChange[];
}

/**
 * Claimed deliveries in groups, with the values that their items have now. What was tried before stays in the group,
 * and under the id, that it was tried in; the rest is packed by the adapter, and within what one request may carry. A delivery that somebody has sent for
 * again gets a new id, so that a receiver that knows the old one takes it for what it is.
 */
export async function groupDeliveries(
	claimed: ClaimedDelivery[],
	adapter: Adapter,
	wire: AdapterTarget,
	ports: {
		items: Items;
		clock: Clock;
		ruleOf(delivery: StoredDelivery): Promise<CompiledRule | null>;
		pathsOf: PageRegistry['pathsOf'];
		/** Bytes of changes that go into one request. */
		mostBytes: number;
	},
): Promise<FlushGroup[]> {
	const rules = new Map<StoredDelivery, CompiledRule | null>();
	for (const delivery of claimed) rules.set(delivery, await ports.ruleOf(delivery));
	const changes = await buildChanges(claimed, (delivery) => rules.get(delivery) ?? null, ports.items);
	await withPages(changes, (delivery) => rules.get(delivery) ?? null, adapter, wire, ports.pathsOf);
	const tried = new Map<string, FlushGroup>();
	const fresh = new Map<FlushChange, ClaimedDelivery>();
	for (const delivery of claimed) {
		const change = changes.get(delivery);
		if (!change) continue;
		const { batch } = delivery;
		const group = batch === null ? undefined : tried.get(batch);
		if (batch === null) fresh.set(change, delivery);
		else if (group) {
			group.deliveries.push(delivery);
			group.changes.push(change);
		} else tried.set(batch, { batch, deliveries: [delivery], changes: [change] });
	}
	const packed = groupChanges([...fresh.keys()], adapter, wire, ports.mostBytes).map((part): FlushGroup => {
		const deliveries = part.flatMap((change) => fresh.get(change) ?? []);
		const [first] = deliveries;
		return { batch: first && first.batches.length === 0 ? first.id : ports.clock.id(), deliveries, changes: part };
	});
	return [...tried.values(), ...packed];
}
