import type { Knex } from 'knex';
import type { DeliveryStatus } from '../../contract/vocabulary.js';
import { dueAgain } from './delivery-table.js';

const TABLE = 'downstream_deliveries';

/** Makes deliveries due again if they are still in one of these states. Returns how many were. */
export const retryAt = (
	database: Knex,
	ids: string[],
	{ from, nextAt, operation }: { from: readonly DeliveryStatus[]; nextAt: number; operation: string },
): Promise<number> =>
	database(TABLE)
		.whereIn('id', ids)
		.whereIn('status', from)
		.update({ ...dueAgain(nextAt), operation });

/** Cancels deliveries that are still in one of these states. Returns how many were. */
export const cancelAt = (
	database: Knex,
	ids: string[],
	{ from, at, operation }: { from: readonly DeliveryStatus[]; at: number; operation: string },
): Promise<number> =>
	database(TABLE)
		.whereIn('id', ids)
		.whereIn('status', from)
		.update({ status: 'cancelled', delivered_at: at, operation, lease_token: null });

/** The targets of these deliveries. */
export async function targetsOfDeliveries(database: Knex, ids: string[]): Promise<string[]> {
	const rows = await database(TABLE).distinct<{ target: string }[]>('target').whereIn('id', ids);
	return rows.map(({ target }) => target);
}

/** Deliveries of an operation, by status. */
export async function countOperation(database: Knex, operation: string): Promise<Map<string, number>> {
	const rows: { status?: string; count?: number | string }[] = await database(TABLE)
		.where({ operation })
		.groupBy('status')
		.select('status')
		.count({ count: '*' });
	return new Map(rows.map(({ status = '', count }) => [status, Number(count)]));
}

/** Makes a target's deliveries due now that are waiting because of this error. */
export async function hurryRetrying(
	database: Knex,
	{ target, error, now }: { target: string; error: string; now: number },
): Promise<void> {
	await database(TABLE).where({ status: 'retrying', target, error_code: error }).update({ next_at: now });
}

/** Cancels all that is not sent, whatever target it is owed to. */
export async function cancelUnsent(
	transaction: Knex,
	at: number,
	{ code, message }: { code: string; message: string },
): Promise<void> {
	await transaction(TABLE).whereIn('status', ['pending', 'sending', 'retrying']).update({
		status: 'cancelled',
		delivered_at: at,
		lease_token: null,
		error_code: code,
		error_message: message,
	});
}
