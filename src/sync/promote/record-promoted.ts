import type { Knex } from 'knex';
import { versionId, type RowVersion } from '../core/merge/row-version.js';
import type { SyncPorts } from '../sync-ports.js';
import { addDelivered, settleDelivered } from '../../delivery/tables/delivery-promoted.js';
import { readVersions, writeVersions } from '../tables/sync-version-table.js';
import type { OutgoingSet } from './take-in-together.js';

/**
 * Before rows are sent that are taken in together: what they are called, and what is agreed of them, is kept, so that
 * whatever happens then they are the same rows the next time. That the other side has them is only written once it has.
 */
export async function keepPromoted(
	transaction: Knex,
	{ sync }: SyncPorts<never, 'keepPlan'>,
	/** `once`: the id of a source that is not stored. */
	{ set, peer, once }: { set: OutgoingSet; peer: string | null; once: string | null },
): Promise<void> {
	const stored = await readVersions(transaction, set.plan.versions);
	const versions = set.plan.versions.map((version): RowVersion => {
		const had = stored.get(versionId(version));
		const seenBy = version.seenBy.filter((instance) => instance !== peer || had?.seenBy.includes(instance) === true);
		return { ...version, seenBy, scope: version.scope.filter((target) => target !== once) };
	});
	await sync.keepPlan(transaction, { ...set.plan, versions });
}

/** The other side has all of it. What has changed here meanwhile is still owed. */
export async function keepSent(
	transaction: Knex,
	{ clock }: SyncPorts<'clock'>,
	{ set, run, peer, isOnce }: { set: OutgoingSet; run: string; peer: string; isOnce: boolean },
): Promise<void> {
	const kept = new Map(set.versionsSent().map((version) => [versionId(version), version]));
	const now = await readVersions(transaction, [...kept.values()], true);
	const still = [...now].filter(([place, { revision }]) => revision === (kept.get(place)?.revision ?? 0) + 1);
	await writeVersions(
		transaction,
		still.map(([, version]) => ({ ...version, seenBy: [...new Set([...version.seenBy, peer])] })),
	);
	if (isOnce) return;
	const places = new Set(still.map(([place]) => place));
	const arrived = new Set(
		[...set.rows.values()].flatMap(({ collection, item, change }) => {
			const place = change && versionId({ collection, syncId: change.sync_id });
			return place !== null && places.has(place) ? [`${collection}/${item}`] : [];
		}),
	);
	const at = clock.now();
	const waiting = set.waiting.filter(({ collection, item }) => arrived.has(`${collection}/${item}`));
	await settleDelivered(
		transaction,
		waiting.map((delivery) => delivery.id),
		{ at, operation: run, batch: run },
	);
	const settled = new Set(waiting.map(({ collection, item }) => `${collection}/${item}`));
	const others = set.plan.deliveries.filter(
		({ collection, item }) => arrived.has(`${collection}/${item}`) && !settled.has(`${collection}/${item}`),
	);
	await addDelivered(transaction, others, { at, operation: run, newId: clock.id });
}
