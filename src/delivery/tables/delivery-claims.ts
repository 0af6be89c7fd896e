import { inGroupsOf } from '../../kernel/core/in-groups-of.js';
import type { Knex } from 'knex';
import { itemOfWritten } from '../../contract/vocabulary.js';
import type { ClaimedDelivery, ClaimOptions, DeliveryQueue } from '../ports.js';
import { caseOfTarget } from './case-of-target.js';
import { readDelivery } from './delivery-table.js';
import { createDueDeliveries, type DueDelivery } from './due-deliveries.js';
import type { JointWrite, SharedTransaction } from '../../kernel/database/shared-transaction.js';

const TABLE = 'downstream_deliveries';
/** As a sender names the items that it is busy with (`delivery/items-under-way.ts`). */
const placeOf = ({ collection, item }: { collection: string; item: string }) =>
	`${collection}\u0000${itemOfWritten(item)}`;
type Raw = Record<string, string | number | null>;

/** What one sender takes of one target. */
interface Taking {
	target: string;
	ids: string[];
	from: 'pending' | 'retrying';
	token: string;
	/** The name to give to those that never had one, or null. */
	batch: string | null;
}

/** Rows in one update, and targets: well below the fewest bind variables that a supported database takes. */
const ROWS_PER_UPDATE = 500;
const TARGETS_PER_UPDATE = 50;

/** How a sender claims due deliveries. Every update has a condition, so that two senders never claim the same row. */
export function createDeliveryClaims(
	database: Knex,
	together: SharedTransaction,
): Pick<DeliveryQueue, 'claim' | 'claimProbe'> & {
	/** Must be told whenever a target's deliveries have come to wait for a retry: after that was written. */
	hasRetries(target: string): void;
} {
	const due = createDueDeliveries(database);

	const retries = createRetries(database, due);
	const take = (taking: Taking) => takeTogether(taking, together);

	async function claim(
		target: string,
		options: ClaimOptions,
	): Promise<{ claimed: ClaimedDelivery[]; nextAt: number | null; more: boolean; blocked: boolean }> {
		const { token, now, window, batchSize, limit, onlyFull, busy, byHand = false, retriesByHand } = options;
		const [{ ids: retrying, blocked: heldBack }, waiting] = await Promise.all([
			retries.due(target, options),
			due({ status: 'pending', target, before: now + window, limit, byHand }),
		]);
		const pending = busy ? waiting.filter((delivery) => !busy.has(placeOf(delivery))) : waiting;
		const blocked = heldBack || pending.length < waiting.length;
		const isFull = pending.length >= batchSize;
		const ripe = isFull || (!onlyFull && (retrying.length > 0 || pending.some(({ nextAt }) => nextAt <= now)));
		const mayRetry = () => retries.mayHave(target);
		if (!ripe) {
			const at = await Promise.all([
				pending[0]?.nextAt ?? earliest(due, target, 'pending', byHand),
				mayRetry() ? earliest(due, target, 'retrying', retriesByHand) : null,
			]);
			const known = at.filter((value) => value !== null);
			return { claimed: [], nextAt: known.length > 0 ? Math.min(...known) : null, more: false, blocked };
		}
		// Oldest first; what still has time to wait goes along where there is room in a request that is made anyway.
		const dueNow = pending.filter(({ nextAt }) => nextAt <= now).length;
		const wanted = inWholeRequests(dueNow, pending.length, batchSize);
		const taken = pending.slice(0, Math.max(0, Math.min(wanted, limit - retrying.length)));
		const ids = taken.map(({ id }) => id);
		// What fits one group is named as it is taken; the sender renames where its adapter packs otherwise.
		const batch = retrying.length === 0 && ids.length <= batchSize ? (ids[0] ?? null) : null;
		const claimed = await Promise.all([
			take({ target, ids: retrying, from: 'retrying', token, batch: null }),
			take({ target, ids, from: 'pending', token, batch }),
		]);
		return {
			claimed: claimed.flat(),
			nextAt: pending[taken.length]?.nextAt ?? null,
			more: retrying.length + waiting.length >= limit || mayRetry(),
			blocked,
		};
	}

	return {
		claim,
		claimProbe: async (target, options) => take(await probeOf(database, target, options)),
		hasRetries: retries.has,
	};
}

type DueDeliveries = ReturnType<typeof createDueDeliveries>;

/** What waits for another try, target by target. */
function createRetries(database: Knex, due: DueDeliveries) {
	/**
	 * Targets that are known to have nothing to retry, and those that are being looked at. Only their sender makes
	 * deliveries wait for a retry, and a sender that takes over begins with `recover`, so that this process knows.
	 */
	const retries = new Map<string, 'looking' | 'none'>();

	/**
	 * What is due to be tried again: always whole batches, since a receiver that knows a batch's id would drop the rest of
	 * it. They can differ in when they are due, where their sender died. What has no batch has lost it to a race of two
	 * nodes in an earlier version, and goes by itself.
	 */
	async function retriesDue(
		target: string,
		{ now, limit, busy, retriesByHand: byHand = false }: ClaimOptions,
	): Promise<{ ids: string[]; blocked: boolean }> {
		if (retries.get(target) === 'none') return { ids: [], blocked: false };
		retries.set(target, 'looking');
		const rows = await due({ status: 'retrying', target, before: now, limit, byHand });
		if (rows.length === 0) {
			// What has come to wait while this was looked up may be missing in what was found.
			const none = (await earliest(due, target, 'retrying')) === null;
			if (none && retries.get(target) === 'looking') retries.set(target, 'none');
			return { ids: [], blocked: false };
		}
		const batches = [...new Set(rows.flatMap(({ batch }) => batch ?? []))];
		const ids = rows.filter(({ batch }) => batch === null).map(({ id }) => id);
		const whole = await database(TABLE)
			.select<DueDelivery[]>('id', 'batch', 'collection', 'item')
			.where({ status: 'retrying', target })
			.where((either) => void either.whereIn('batch', batches).orWhereIn('id', ids))
			.orderBy('next_at');
		const groupOf = ({ batch, id }: Pick<DueDelivery, 'batch' | 'id'>) => batch ?? id;
		const held = new Set(whole.filter((row) => busy?.has(placeOf(row))).map(groupOf));
		return { ids: whole.filter((row) => !held.has(groupOf(row))).map(({ id }) => id), blocked: held.size > 0 };
	}

	return {
		due: retriesDue,
		mayHave: (target: string) => retries.get(target) !== 'none',
		has: (target: string): void => void retries.delete(target),
	};
}

async function earliest(
	due: DueDeliveries,
	target: string,
	status: 'pending' | 'retrying',
	byHand = false,
): Promise<number | null> {
	const [first] = await due({ status, target, before: Number.MAX_SAFE_INTEGER, limit: 1, byHand });
	return first?.nextAt ?? null;
}

/** One group, to see whether a failing target is back: the oldest that was tried, else the oldest of all. */
async function probeOf(
	database: Knex,
	target: string,
	{ token, batchSize, byHand = false, retriesByHand = false }: Parameters<DeliveryQueue['claimProbe']>[1],
): Promise<Taking> {
	const oldest = await database(TABLE)
		.select<{ batch: string | null }[]>('batch')
		.where({ status: 'retrying', target })
		.where((retrying) => void (retriesByHand && retrying.whereNotNull('operation')))
		.orderBy('next_at')
		.first<{ batch: string } | undefined>();
	const query = database(TABLE).select<{ id: string }[]>('id').orderBy('next_at');
	const rows = await (oldest
		? query.where({ status: 'retrying', target, batch: oldest.batch })
		: query
				.where({ status: 'pending', target })
				.where((pending) => void (byHand && pending.whereNotNull('operation')))
				.limit(batchSize));
	const ids = rows.map(({ id }) => id);
	return { target, ids, from: oldest ? 'retrying' : 'pending', token, batch: null };
}

/** Marks them as being sent, and returns those that no other node has taken meanwhile, in the order asked for. */
const takeTogether = async (taking: Taking, together: SharedTransaction): Promise<ClaimedDelivery[]> =>
	taking.ids.length === 0 ? [] : together.joined(TAKE, taking);

/** How many to take: all that are due, and what fills requests up; the rest may fill another one later. */
function inWholeRequests(due: number, available: number, batchSize: number): number {
	const full = Math.floor(available / batchSize) * batchSize;
	return Math.max(full, Math.min(available, Math.ceil(due / batchSize) * batchSize));
}

/** One update for all senders that take something at this moment, unless they take very much. */
const TAKE: JointWrite<Taking, ClaimedDelivery[]> = {
	isOneStatement: (database, takings) => returnsRows(database) && inParts(takings).length === 1,
	async write(transaction, takings) {
		const taken = new Map<string, Raw>();
		for (const part of inParts(takings))
			for (const row of await takePart(transaction, part)) taken.set(String(row['id']), row);
		return takings.map(({ ids, from, token, batch }) =>
			ids.flatMap((id) => {
				const row = taken.get(id);
				if (!row || row['lease_token'] !== token) return [];
				const delivery = readDelivery(row);
				const named = batch !== null && delivery.batch === batch && delivery.tries === 0;
				return { ...delivery, token, from, named, ...(named ? { batch: null, batches: [] } : {}) };
			}),
		);
	},
};

async function takePart(transaction: Knex, part: Taking[]): Promise<Raw[]> {
	const ids = part.flatMap((taking) => taking.ids);
	const from = part[0]?.from ?? 'pending';
	const names = part.flatMap(({ target, batch }): [string, string][] => (batch === null ? [] : [[target, batch]]));
	const nameOf = (column: string) =>
		transaction.raw('case when ?? is null then ? else ?? end', [
			'batches',
			caseOfTarget(transaction, names, column),
			column,
		]);
	const claiming = transaction(TABLE)
		.whereIn('id', ids)
		.where({ status: from })
		.update({
			status: 'sending',
			lease_token: caseOfTarget(
				transaction,
				part.map(({ target, token }) => [target, token]),
				'lease_token',
			),
			// In this order: MySQL reads in an assignment what those before it have written.
			...(names.length === 0 ? {} : { batch: nameOf('batch'), batches: nameOf('batches') }),
		});
	if (returnsRows(transaction)) return claiming.returning<Raw[]>('*');
	await claiming;
	const tokens = part.map(({ token }) => token);
	return transaction(TABLE)
		.select<Raw[]>('*')
		.whereIn('id', ids)
		.whereIn('lease_token', tokens)
		.where('status', 'sending');
}

/** Parts of what was one status, each target at most once in a part, none too large for one statement. */
function inParts(takings: Taking[]): Taking[][] {
	const parts: Taking[][] = [];
	const pieces = takings.flatMap((taking) =>
		inGroupsOf(ROWS_PER_UPDATE, taking.ids).map((ids) => ({ ...taking, ids })),
	);
	for (const piece of pieces) {
		const fitting = parts.find(
			(part) =>
				part[0]?.from === piece.from &&
				part.length < TARGETS_PER_UPDATE &&
				part.every(({ target }) => target !== piece.target) &&
				part.reduce((rows, { ids }) => rows + ids.length, piece.ids.length) <= ROWS_PER_UPDATE,
		);
		if (fitting) fitting.push(piece);
		else parts.push([piece]);
	}
	return parts;
}

/** MySQL's UPDATE returns no rows. */
const returnsRows = (database: Knex) => !/mysql|maria/.test(String(database.client.config.client));
