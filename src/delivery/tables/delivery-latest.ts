import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { itemOfWritten, writtenItem, type EventName } from '../../contract/vocabulary.js';
import { isLater } from '../core/is-later.js';
import { changeIdOf } from './delivery-table.js';

const TABLE = 'downstream_deliveries';

interface Raw {
	id: string;
	change_id: number | string | null;
	item: string;
	event: EventName;
	as_it_was: number | string;
}

/** What a target was last to be told of an item, by whichever rule. */
export interface LatestDelivery {
	id: string;
	changeId: number | null;
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
			const ofItems = () => database(TABLE).where({ target, collection }).whereIn('item', group);
			const last = await ofItems()
				.max<{ id: string; change: number | string | null }[]>({ id: 'id', change: 'change_id' })
				.groupBy('item');
			const ids = last.map(({ id }) => id);
			const changes = last.flatMap(({ change }) => changeIdOf(change) ?? []);
			const rows = await ofItems()
				.select<Raw[]>('id', 'change_id', 'item', 'event', 'as_it_was')
				.where((either) => void either.whereIn('id', ids).orWhereIn('change_id', changes));
			for (const { id, change_id, item, event, as_it_was } of rows) {
				const place = `${collection}\u0000${itemOfWritten(item)}`;
				const delivery = { id, changeId: changeIdOf(change_id), event, asItWas: Number(as_it_was) === 1 };
				const known = latest.get(place);
				if (!known || isLater(delivery, known)) latest.set(place, delivery);
			}
		}
	}
	return latest;
}
