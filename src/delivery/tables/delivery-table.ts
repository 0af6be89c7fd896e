import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { mergeOldValues, NO_OLD_VALUES, type OldValues } from '../core/old-values.js';
import {
	itemOfWritten,
	writtenItem,
	type DeliveryStatus,
	type EventName,
	type TargetKind,
} from '../../contract/vocabulary.js';
import type { NewDelivery, StoredAttempt, StoredDelivery } from '../stored.js';
import type { Row } from '../../kernel/core/row.js';

const TABLE = 'downstream_deliveries';

type Raw = Record<string, string | number | null>;

export function readDelivery(row: Raw): StoredDelivery {
	return {
		id: String(row['id']),
		kind: row['kind'] as TargetKind,
		target: String(row['target']),
		status: row['status'] as DeliveryStatus,
		collection: String(row['collection']),
		item: itemOfWritten(String(row['item'])),
		event: row['event'] as EventName | 'test',
		rule: row['rule'] === null || row['rule'] === undefined ? null : String(row['rule']),
		reason: String(row['reason']),
		old: row['old'] ? (JSON.parse(String(row['old'])) as OldValues) : NO_OLD_VALUES,
		asItWas: Number(row['as_it_was']) === 1,
		changedAt: Number(row['changed_at']),
		changeId: changeIdOf(row['change_id']),
		createdAt: Number(row['created_at']),
		nextAt: Number(row['next_at']),
		deliveredAt: row['delivered_at'] === null ? null : Number(row['delivered_at']),
		tries: Number(row['tries']),
		batch: row['batch'] === null ? null : String(row['batch']),
		batches: row['batches'] ? String(row['batches']).split(',') : [],
		error: row['error_code'] ? { code: String(row['error_code']), message: String(row['error_message'] ?? '') } : null,
		user: row['user'] === null ? null : String(row['user']),
		operation: row['operation'] === null ? null : String(row['operation']),
		trace: row['trace'] ? String(row['trace']) : null,
	};
}

/** Drivers give a bigint as a number or as its digits. */
export const changeIdOf = (value: unknown): number | null =>
	value === null || value === undefined ? null : Number(value);

/** What becomes of a delivery that was tried, and of whose item a later change is sent instead. */
const SUPERSEDED = 'SUPERSEDED';

/**
 * Adds deliveries, each folded into the one of the same item and rule that already waits for the same target, if that
 * was never tried: what was tried may have arrived, and its `webhook-id` must not come to mean something else. Such a
 * one to a flush target, waiting for another try or failed, is superseded: it ends, and what it was to tell of earlier
 * versions goes along with the new one.
 * @returns how many rows are new
 */
export async function addDeliveries(
	transaction: Knex,
	added: NewDelivery[],
	id: () => string,
	now: number,
): Promise<number> {
	const inserts: Raw[] = [];
	for (const group of inGroupsOf(400, added)) {
		const rows = await transaction(TABLE)
			.select<Raw[]>('*')
			.whereIn('status', ['pending', 'retrying', 'failed'])
			.whereIn('collection', [...new Set(group.map((delivery) => delivery.collection))])
			.whereIn('item', [...new Set(group.map((delivery) => writtenItem(delivery.item)))])
			.whereIn('target', [...new Set(group.map((delivery) => delivery.target))])
			.orderBy('id');
		const stored = rows.map(readDelivery);
		const known = new Map(stored.filter(isUntried).map((storedDelivery) => [identity(storedDelivery), storedDelivery]));
		const superseded = await supersede(transaction, stored, group, now);
		for (const planned of group) {
			const delivery = (superseded.get(identity(planned)) ?? []).reduceRight<NewDelivery>(afterOlder, planned);
			const older = known.get(identity(delivery));
			if (older && (await fold(transaction, older, delivery))) continue;
			inserts.push({
				id: id(),
				kind: delivery.kind,
				target: delivery.target,
				status: 'pending',
				collection: delivery.collection,
				item: writtenItem(delivery.item),
				event: delivery.event,
				rule: delivery.rule,
				reason: delivery.reason,
				old: delivery.old === NO_OLD_VALUES ? null : JSON.stringify(delivery.old),
				as_it_was: delivery.asItWas ? 1 : 0,
				changed_at: delivery.changedAt,
				change_id: delivery.changeId,
				created_at: now,
				next_at: delivery.nextAt,
				user: delivery.user,
				operation: delivery.operation,
				trace: delivery.trace,
			});
		}
	}
	for (const rows of inGroupsOf(50, inserts)) await transaction(TABLE).insert(rows);
	return inserts.length;
}

/** What a new change is folded into; of sync also what waits to be tried once more, since its rows are sent as they are. */
const isUntried = ({ status, kind, batches }: StoredDelivery) =>
	status === 'pending' && (kind !== 'flush' || batches.length === 0);

/** Ends what was tried of the items that something new is added of; gives it by identity, oldest first. */
async function supersede(
	transaction: Knex,
	stored: StoredDelivery[],
	added: NewDelivery[],
	now: number,
): Promise<Map<string, StoredDelivery[]>> {
	const flushed = new Set(added.filter(({ kind }) => kind === 'flush').map(identity));
	const older = stored.filter((delivery) => !isUntried(delivery) && flushed.has(identity(delivery)));
	if (older.length === 0) return new Map();
	const ids = older.map(({ id }) => id);
	const ended = await transaction(TABLE)
		.whereIn('id', ids)
		.whereIn('status', ['pending', 'retrying', 'failed'])
		.update({
			status: 'cancelled',
			delivered_at: now,
			error_code: SUPERSEDED,
			error_message: 'a later change of the item is sent instead',
			lease_token: null,
		});
	if (ended === ids.length) return Map.groupBy(older, identity);
	// A sender has taken some of them at this moment: those are sent, and what is new follows them.
	const removed = await transaction(TABLE)
		.select<{ id: string }[]>('id')
		.whereIn('id', ids)
		.where({ status: 'cancelled', error_code: SUPERSEDED });
	const endedIds = new Set(removed.map(({ id }) => id));
	return Map.groupBy(
		older.filter(({ id }) => endedIds.has(id)),
		identity,
	);
}

/** A delivery with what an older one of the same item and rule, which is not sent any more, was to tell. */
const afterOlder = (newer: NewDelivery, older: Pick<StoredDelivery, 'event' | 'old'>): NewDelivery => ({
	...newer,
	event: eventAfter(older.event, newer.event),
	old: mergeOldValues(older.old, newer.old),
});

/** The event of a delivery that joins two changes of an item. */
function eventAfter(older: StoredDelivery['event'], newer: NewDelivery['event']): NewDelivery['event'] {
	if (older === 'create' && newer === 'update') return 'create';
	return older === 'delete' && newer === 'create' ? 'update' : newer;
}

const identity = (delivery: Pick<StoredDelivery, 'target' | 'rule' | 'collection' | 'item'>) =>
	`${delivery.target}\u0000${delivery.rule}\u0000${delivery.collection}\u0000${delivery.item}`;

/** false where the older one has just been taken by a sender. */
async function fold(transaction: Knex, older: StoredDelivery, newer: NewDelivery): Promise<boolean> {
	const { event, old } = afterOlder(newer, older);
	const folded = await transaction(TABLE)
		.where({ id: older.id, status: 'pending' })
		.update({
			event,
			reason: newer.reason,
			old: JSON.stringify(old),
			as_it_was: newer.asItWas ? 1 : 0,
			changed_at: newer.changedAt,
			...(newer.changeId === null ? {} : { change_id: newer.changeId }),
			user: newer.user ?? older.user,
			operation: newer.operation ?? older.operation,
			trace: newer.trace ?? older.trace,
		});
	return folded > 0;
}

/** The text of the rule with this hash, as a delivery remembers it; null if it is not stored. */
export async function readRule(database: Knex, hash: string): Promise<Row | null> {
	const row = await database('downstream_rules').where({ hash }).first<{ rule: string } | undefined>('rule');
	return row ? (JSON.parse(row.rule) as Row) : null;
}

/** Remembers rules by hash, so that a delivery can say which rule made it after the rule was changed. */
export async function rememberRules(database: Knex, rules: Map<string, string>): Promise<void> {
	for (const group of inGroupsOf(50, [...rules])) {
		const rows = group.map(([hash, rule]) => ({ hash, rule }));
		await database('downstream_rules').insert(rows).onConflict('hash').ignore();
	}
}

/** The rule with this hash, as JSON; null where no delivery remembers it. */
export async function rememberedRule(database: Knex, hash: string): Promise<string | null> {
	const row = await database('downstream_rules').where({ hash }).first<{ rule: string } | undefined>('rule');
	return row?.rule ?? null;
}

/** Deletions of one collection that a target is owed, or was told of since then, without anybody having confirmed them. */
export async function countDeletes(
	database: Knex,
	{ target, collection, since }: { target: string; collection: string; since: number },
): Promise<number> {
	const row = await database(TABLE)
		.where({ target, collection, event: 'delete', operation: null })
		.where((either) =>
			either
				.whereIn('status', ['pending', 'sending', 'retrying'])
				.orWhere((delivered) => delivered.where({ status: 'delivered' }).andWhere('delivered_at', '>', since)),
		)
		.count({ count: '*' })
		.first<{ count: number | string }>();
	return Number(row?.count ?? 0);
}

/** What a delivery that is over becomes when it is to be sent again, with all its tries. */
export const dueAgain = (at: number) => ({
	status: 'pending',
	tries: 0,
	batch: null,
	next_at: at,
	delivered_at: null,
	error_code: null,
	error_message: null,
	lease_token: null,
});

/** Makes what failed for one cause due again, with all its tries; whatever it belonged to it still does. Gives how many. */
export async function hurryFailed(
	database: Knex,
	{ target, collection, error, now }: { target: string; collection: string; error: string; now: number },
): Promise<number> {
	return database(TABLE).where({ target, collection, status: 'failed', error_code: error }).update(dueAgain(now));
}

/** A test by hand: it was sent before it has a row. */
export async function insertTest(
	transaction: Knex,
	{ id, user, attempt }: { id: string; user: string | null; attempt: StoredAttempt },
): Promise<void> {
	const { at, target } = attempt;
	await transaction(TABLE).insert({
		id,
		kind: 'flush',
		target,
		// A test that failed is told at once; it is not something that waits to be retried.
		status: attempt.outcome === 'delivered' ? 'delivered' : 'cancelled',
		collection: 'downstream',
		item: 'test',
		event: 'test',
		reason: 'a test by hand',
		changed_at: at,
		created_at: at,
		next_at: at,
		delivered_at: at + Math.round(attempt.durationMs),
		tries: 1,
		batch: id,
		batches: id,
		error_code: attempt.error?.code.slice(0, 64) ?? null,
		error_message: attempt.error?.message ?? null,
		user,
	});
}
