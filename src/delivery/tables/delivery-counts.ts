import type { Knex } from 'knex';
import type { DeliveryStatus } from '../../contract/vocabulary.js';

const TABLE = 'downstream_deliveries';
const WAITING: DeliveryStatus[] = ['pending', 'sending', 'retrying'];

type Raw = Record<string, string | number | null>;

/** Counting delivered rows takes longer the more of them there are; a count this old, in ms, is as good. */
const OVER_FRESH_MS = 10_000;
const OVER_MANY = 10_000;

/** Finding the oldest delivery of a queue longer than this reads every row, so its result is kept for a while. */
const QUEUE_LONG = 10_000;
const QUEUE_FRESH_MS = 5_000;

/** Deliveries of one status and target. */
export interface OpenCount {
	status: DeliveryStatus;
	target: string;
	count: number;
	/** When the oldest of them was made, in ms since 1970; now for failed ones. */
	oldest: number;
}

/** Counts deliveries for the status, and remembers for a moment what takes long to count. */
export function createDeliveryCounts(database: Knex) {
	let over: { at: number; delivered: number; cancelled: number } | null = null;
	let queue: { at: number; oldest: Map<string, number> } | null = null;

	/** Reads every row: of a long queue, not at every request. */
	async function findOldest(now: number, waiting: number): Promise<Map<string, number>> {
		if (queue && now - queue.at < QUEUE_FRESH_MS && waiting > QUEUE_LONG) return queue.oldest;
		const rows: Raw[] = await database(TABLE)
			.select('status', 'target')
			.min({ oldest: 'created_at' })
			.whereIn('status', WAITING)
			.groupBy('status', 'target');
		const oldest = new Map(rows.map((row) => [`${row['status']} ${row['target']}`, Number(row['oldest'])]));
		queue = { at: now, oldest };
		return oldest;
	}

	return {
		/** Deliveries that are not over, and failed ones: counted by the index alone. */
		async open(now: number): Promise<OpenCount[]> {
			const rows: Raw[] = await database(TABLE)
				.select('status', 'target')
				.count({ count: '*' })
				.whereIn('status', [...WAITING, 'failed'])
				.groupBy('status', 'target');
			const counts = rows.map((row) => ({
				status: row['status'] as DeliveryStatus,
				target: String(row['target']),
				count: Number(row['count']),
			}));
			const waiting = counts.filter(({ status }) => status !== 'failed').reduce((sum, { count }) => sum + count, 0);
			const oldest = waiting > 0 ? await findOldest(now, waiting) : new Map<string, number>();
			return counts.map((row) => ({ ...row, oldest: oldest.get(`${row.status} ${row.target}`) ?? now }));
		},
		/** Deliveries that are over and did not fail. */
		async over(now: number): Promise<{ delivered: number; cancelled: number }> {
			if (over && now - over.at < OVER_FRESH_MS && over.delivered > OVER_MANY) return over;
			const rows: Raw[] = await database(TABLE)
				.select('status')
				.count({ count: '*' })
				.whereIn('status', ['delivered', 'cancelled'])
				.groupBy('status');
			const of = (status: string) => Number(rows.find((row) => row['status'] === status)?.['count'] ?? 0);
			over = { at: now, delivered: of('delivered'), cancelled: of('cancelled') };
			return over;
		},
	};
}
