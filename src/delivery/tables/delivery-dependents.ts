import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { needsParked, REFERENCE_PARKED } from '../../contract/sync-messages.js';
import { IN_CONFLICT, itemOfWritten, writtenItem } from '../../contract/vocabulary.js';
import { dueAgain } from './delivery-table.js';

const TABLE = 'downstream_deliveries';

/** Dependents that are sent again at once; more of them follow with what arrives next. */
const MOST = 1_000;

/** By `collection/key`, why the last delivery of an item to a target failed or is a conflict there; only items of which that is so. */
export async function parkedItems(
	database: Knex,
	target: string,
	items: { collection: string; item: string }[],
): Promise<Map<string, string>> {
	const last = new Map<string, { isParked: boolean; message: string }>();
	for (const [collection, ones] of Map.groupBy(items, (one) => one.collection)) {
		for (const group of inGroupsOf(
			500,
			ones.map(({ item }) => writtenItem(item)),
		)) {
			const rows = await database(TABLE)
				.select<{ item: string; status: string; error_code: string | null; error_message: string | null }[]>(
					'item',
					'status',
					'error_code',
					'error_message',
				)
				.where({ target, collection })
				.whereIn('item', group)
				.orderBy('id');
			for (const { item, status, error_code: code, error_message: message } of rows)
				last.set(`${collection}/${itemOfWritten(item)}`, {
					isParked: status === 'failed' || code === IN_CONFLICT,
					message: message ?? '',
				});
		}
	}
	return new Map([...last].flatMap(([place, { isParked, message }]) => (isParked ? [[place, message]] : [])));
}

/** Makes deliveries due again that failed because one of these rows was parked, which has arrived now. */
export async function sendDependents(
	database: Knex,
	target: string,
	rows: { collection: string; sync_id: string }[],
	now: number,
): Promise<void> {
	const failed = await database(TABLE)
		.select<{ id: string; error_message: string | null }[]>('id', 'error_message')
		.where({ target, status: 'failed', error_code: REFERENCE_PARKED })
		.limit(MOST);
	if (failed.length === 0) return;
	const needed = rows.map((row) => needsParked(row, ''));
	const ids = failed.flatMap(({ id, error_message: message }) =>
		needed.some((start) => message?.startsWith(start)) ? [id] : [],
	);
	for (const group of inGroupsOf(500, ids))
		await database(TABLE).whereIn('id', group).where({ status: 'failed' }).update(dueAgain(now));
}
