import type { Adapter, AdapterTarget, FlushChange } from '../core/adapters/adapter.js';
import type { CompiledRule } from '../core/watch.js';
import { buildChanges } from './build-changes.js';
import type { Group } from './channel.js';
import type { ClaimedDelivery, Clock, Items } from './ports.js';
import type { StoredDelivery } from './stored.js';

/** Deliveries that go out together and share their fate, and what they say. */
export interface FlushGroup extends Group {
	changes: FlushChange[];
}

/**
 * Claimed deliveries in groups, with the values that their items have now. What was tried before stays in the group,
 * and under the id, that it was tried in; the rest is packed by the adapter. A delivery that somebody has sent for
 * again gets a new id, so that a receiver that knows the old one takes it for what it is.
 */
export async function groupDeliveries(
	claimed: ClaimedDelivery[],
	adapter: Adapter,
	wire: AdapterTarget,
	doors: { items: Items; clock: Clock; ruleOf(delivery: StoredDelivery): Promise<CompiledRule | null> },
): Promise<FlushGroup[]> {
	const rules = new Map<StoredDelivery, CompiledRule | null>();
	for (const delivery of claimed) rules.set(delivery, await doors.ruleOf(delivery));
	const changes = await buildChanges(claimed, (delivery) => rules.get(delivery) ?? null, doors.items);
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
	const packed = adapter.group([...fresh.keys()], wire).map((part): FlushGroup => {
		const deliveries = part.flatMap((change) => fresh.get(change) ?? []);
		const [first] = deliveries;
		return { batch: first && first.batches.length === 0 ? first.id : doors.clock.id(), deliveries, changes: part };
	});
	return [...tried.values(), ...packed];
}
