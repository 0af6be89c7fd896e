import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { itemOfWritten, writtenItem, type EventName } from '../../contract/vocabulary.js';

const TABLE = 'downstream_deliveries';

/** What a target was last to be told of an item, by whichever rule. */
export interface LatestDelivery {
	id: string;
	event: EventName;
	asItWas: boolean;
}

/** The latest delivery of each of these items to a target, by `collection` and `item`, joined as `placeOf` does. */
export async function latestDeliveries(
	database: Knex,
	target: string,
	items: { collection: string; item: string }[],
): Promise<Map<string, LatestDelivery>> {
	const latest = new Map<string, LatestDelivery>();
	for (const [collection, ones] of Map.groupBy(items, (one) => one.collection)) {
		const keys = [...new Set(ones.map(({ item }) => writtenItem(item)))];
		for (const group of inGroupsOf(400, keys)) {
			const last = await database(TABLE)
				.max<{ id: string }[]>({ id: 'id' })
				.where({ target, collection })
				.whereIn('item', group)
				.groupBy('item');
			const rows = await database(TABLE)
				.select<{ id: string; item: string; event: EventName; as_it_was: number | string }[]>(
					'id',
					'item',
					'event',
					'as_it_was',
				)
				.whereIn(
					'id',
					last.map(({ id }) => id),
				);
			for (const { id, item, event, as_it_was } of rows)
				latest.set(`${collection}\u0000${itemOfWritten(item)}`, { id, event, asItWas: Number(as_it_was) === 1 });
		}
	}
	return latest;
}
