import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { itemOfWritten, writtenItem } from '../../contract/vocabulary.js';
import type { NewDelivery } from '../stored.js';
import { LIMITS } from '../../../schema.js';

const TABLE = 'downstream_deliveries';

/** A delivery of a row that waits, or failed. */
export interface WaitingDelivery {
	id: string;
	collection: string;
	item: string;
}

/** What a target is owed of these items: it waits, or has failed. */
export async function waitingOf(
	database: Knex,
	target: string,
	collection: string,
	items: string[],
): Promise<WaitingDelivery[]> {
	const waiting: WaitingDelivery[] = [];
	for (const group of inGroupsOf(400, items)) {
		const rows = await database(TABLE)
			.where({ target, collection })
			.whereIn('status', ['pending', 'retrying', 'failed'])
			.whereIn('item', group.map(writtenItem))
			.select<WaitingDelivery[]>('id', 'collection', 'item');
		waiting.push(...rows.map((row) => ({ ...row, item: itemOfWritten(row.item) })));
	}
	return waiting;
}

/** Items of a collection that a target is owed. */
export async function itemsOwed(database: Knex, target: string, collection: string): Promise<string[]> {
	const rows = await database(TABLE)
		.where({ target, collection })
		.whereIn('status', ['pending', 'retrying', 'failed'])
		.limit(LIMITS.syncTogether)
		.select<{ item: string }[]>('item');
	return rows.map(({ item }) => itemOfWritten(item));
}

/** What is collected for a target, oldest first: which items, and whether they were deleted. */
export async function collectedFor(
	database: Knex,
	target: string,
	limit: number,
): Promise<{ collection: string; item: string; isGone: boolean }[]> {
	const rows = await database(TABLE)
		.where({ target })
		.whereIn('status', ['pending', 'retrying'])
		.orderBy('next_at')
		.limit(limit)
		.select<{ collection: string; item: string; event: string }[]>('collection', 'item', 'event');
	return rows.map(({ collection, item, event }) => ({
		collection,
		item: itemOfWritten(item),
		isGone: event === 'delete',
	}));
}

/** Ends deliveries whose rows have arrived in another way, as part of an operation. */
export async function settleDelivered(
	transaction: Knex,
	ids: string[],
	{ at, operation, batch }: { at: number; operation: string; batch: string },
): Promise<void> {
	for (const group of inGroupsOf(400, ids))
		await transaction(TABLE)
			.whereIn('id', group)
			.whereIn('status', ['pending', 'retrying', 'failed'])
			.update({
				status: 'delivered',
				delivered_at: at,
				operation,
				batch,
				tries: transaction.raw('?? + 1', ['tries']),
				error_code: null,
				error_message: null,
				lease_token: null,
			});
}

/** Keeps in the history what has arrived already, as part of an operation. */
export async function addDelivered(
	transaction: Knex,
	deliveries: Omit<NewDelivery, 'nextAt'>[],
	{ at, operation, newId }: { at: number; operation: string; newId(): string },
): Promise<void> {
	const rows = deliveries.map(({ old: _old, asItWas, changedAt, changeId, item, ...delivery }) => ({
		...delivery,
		id: newId(),
		status: 'delivered',
		item: writtenItem(item),
		as_it_was: asItWas ? 1 : 0,
		changed_at: changedAt,
		change_id: changeId,
		created_at: at,
		next_at: at,
		delivered_at: at,
		tries: 1,
		batch: operation,
		batches: operation,
		operation,
	}));
	for (const group of inGroupsOf(40, rows)) await transaction(TABLE).insert(group);
}
