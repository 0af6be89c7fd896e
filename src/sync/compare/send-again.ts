import type { Knex } from 'knex';
import type { RecordedChange } from '../../capture/core/item-change.js';
import { addDeliveries } from '../../delivery/tables/delivery-table.js';
import type { Row } from '../../kernel/core/row.js';
import { UNDATED } from '../core/merge/stamp-first.js';
import type { SyncPlan } from '../outgoing/plan-sync.js';
import type { RemoteSource } from '../remote-source.js';
import { changedAt, dateColumns } from '../rows/sync-rows.js';
import type { SyncPorts } from '../sync-ports.js';

/** Rows that are read and planned at a time. */
const CHUNK = 1_000;

/** How often rows are read anew that are changed at the same time. */
const TRIES = 5;

/** Writes what a plan has found out, and owes its deliveries to the source at once, as part of an operation. */
export async function queuePlan(
	transaction: Knex,
	plan: SyncPlan,
	operation: string,
	{ clock, sync }: SyncPorts<'clock', 'keepPlan'>,
): Promise<void> {
	const now = clock.now();
	await sync.keepPlan(transaction, plan);
	const deliveries = plan.deliveries.map((delivery) => ({ ...delivery, nextAt: now, operation }));
	await addDeliveries(transaction, deliveries, clock.id, now);
}

export const asChange = (
	collection: string,
	row: Row,
	{ primary, dates }: { primary: string; dates: string[] },
): RecordedChange => ({
	id: 0,
	collection,
	item: String(row[primary]),
	event: 'update',
	at: changedAt(row, dates) ?? UNDATED,
	user: null,
	before: null,
	between: null,
	beforeRelated: null,
	absent: false,
	fields: null,
});

/**
 * Has rows sent to a source. Gives how many.
 * @param force although it is known to have them
 */
export async function sendAgain(
	ports: SyncPorts<'clock' | 'database' | 'engine' | 'getSchema', 'hasMoved' | 'keepPlan' | 'planFor' | 'reads'>,
	source: RemoteSource,
	{
		collection,
		keys,
		operation,
		force = true,
	}: { collection: string; keys: string[]; operation: string; force?: boolean },
): Promise<number> {
	const { database, sync, engine } = ports;
	const schema = await ports.getSchema();
	const primary = schema.collections[collection]?.primary ?? 'id';
	const dates = dateColumns(schema, collection);
	let sent = 0;
	for (let start = 0; start < keys.length; start += CHUNK) {
		const some = keys.slice(start, start + CHUNK);
		for (let left = TRIES; left > 0; left -= 1) {
			try {
				sent += await queueRows(some);
				break;
			} catch (error) {
				// One of the rows was changed meanwhile: they are read again.
				if (left === 1 || !sync.hasMoved(error)) throw error;
			}
		}
	}
	engine.wake(source.id);
	return sent;

	async function queueRows(some: string[]): Promise<number> {
		const rows = await sync.reads.rows(collection, some, dates);
		const changes = [...rows.values()].map((row) => asChange(collection, row, { primary, dates }));
		const plan = await sync.planFor(source.id, changes, { force });
		await database.transaction((transaction) => queuePlan(transaction, plan, operation, ports));
		return plan.deliveries.length;
	}
}
