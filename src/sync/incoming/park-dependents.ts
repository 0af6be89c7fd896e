import { needsParked, REFERENCE_PARKED, type SyncChange, type SyncResult } from '../../contract/sync-messages.js';
import type { Sent } from '../../delivery/channel.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import { localKeysOf } from './identify.js';
import type { SyncChannelPorts } from '../outgoing/sync-channel-ports.js';

/** Rows that wait for one that was parked before: they do not arrive until a user has decided that. */
export async function parkDependentDeliveries(
	target: string,
	results: SyncResult[],
	{
		judged,
		sent,
		changes,
	}: { judged: Sent['results']; sent: ClaimedDelivery[]; changes: Map<ClaimedDelivery, SyncChange> },
	ports: SyncChannelPorts,
): Promise<void> {
	const waiting = new Map(
		results.flatMap((result) => (result.waits_for ? [[placeOf(result), result.waits_for] as const] : [])),
	);
	if (waiting.size === 0) return;
	const keys = new Map<string, string>();
	for (const [collection, ones] of Map.groupBy(waiting.values(), (needed) => needed.collection)) {
		const syncIds = [...new Set(ones.map(({ sync_id }) => sync_id))];
		for (const [syncId, key] of await localKeysOf(collection, syncIds, ports)) keys.set(`${collection}/${syncId}`, key);
	}
	const items = [...waiting.values()].flatMap((needed) => {
		const item = keys.get(placeOf(needed));
		return item === undefined ? [] : [{ collection: needed.collection, item }];
	});
	const parked = await ports.parked(target, items);
	sent.forEach((delivery, index) => {
		const change = changes.get(delivery);
		const needed = change && waiting.get(placeOf(change));
		const why = needed && parked.get(`${needed.collection}/${keys.get(placeOf(needed))}`);
		if (!needed || why === undefined || judged[index]?.verdict.kind !== 'retry') return;
		const message = needsParked(needed, why);
		judged[index] = { deliveries: [delivery], verdict: { kind: 'failed', code: REFERENCE_PARKED, message } };
	});
}

const placeOf = ({ collection, sync_id }: { collection: string; sync_id: string }) => `${collection}/${sync_id}`;
