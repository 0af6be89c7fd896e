import type { Clock } from '../../kernel/ports.js';
import type { Knex } from 'knex';
import { brakeDeletes, DELETES_TOGETHER_MS } from '../core/merge/delete-brake.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import { countRows } from '../rows/sync-rows.js';
import { countDeletes } from '../../delivery/tables/delivery-table.js';

/** Why so many deletions of one collection need somebody to confirm them first; none where they may go. */
export function createDeleteBrake(ports: { database: Knex; clock: Clock; exists(collection: string): boolean }) {
	const { database, clock, exists } = ports;
	return async function brake(target: string, deletes: ClaimedDelivery[]): Promise<Map<ClaimedDelivery, string>> {
		const braked = new Map<ClaimedDelivery, string>();
		for (const [collection, some] of Map.groupBy(deletes, (delivery) => delivery.collection)) {
			if (!exists(collection)) continue;
			const deletions = await countDeletes(database, { target, collection, since: clock.now() - DELETES_TOGETHER_MS });
			const rows = (await countRows(database, collection)) + deletions;
			const message = brakeDeletes({ collection, deletes: deletions, rows });
			if (message !== null) for (const delivery of some) braked.set(delivery, `${message} Send them again to confirm.`);
		}
		return braked;
	};
}
