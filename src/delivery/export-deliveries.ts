import type { Knex } from 'knex';
import type { DeliveryFilter } from '../contract/delivery-routes.js';
import { writtenItem } from '../contract/vocabulary.js';
import { isoTime } from '../kernel/core/iso-time.js';
import { attemptsOf } from './tables/attempt-table.js';
import { deliveriesWith, nextIds } from './tables/delivery-lists.js';
import type { StoredAttempt, StoredDelivery } from './stored.js';

export type ExportFormat = 'ndjson' | 'csv';

export const EXPORT_TYPES: Record<ExportFormat, string> = {
	ndjson: 'application/x-ndjson; charset=utf-8',
	csv: 'text/csv; charset=utf-8',
};

/** Deliveries read at a time; of attempts each has up to 32 KiB of request and answer. */
const CHUNK = 500;
const CHUNK_WITH_ATTEMPTS = 50;

const COLUMNS = [
	'id',
	'kind',
	'target',
	'target_name',
	'status',
	'collection',
	'item',
	'event',
	'reason',
	'changed_at',
	'created_at',
	'next_at',
	'delivered_at',
	'tries',
	'error_code',
	'error_message',
	'user',
	'operation',
	'webhook_id',
] as const;
type Line = Record<(typeof COLUMNS)[number], string | number | null>;

/**
 * The log of deliveries as text, oldest first, a chunk of it at a time: what is in memory does not grow with the log.
 * What is added meanwhile is left out. The log holds no secrets: they were masked before it was written.
 */
export async function* exportDeliveries(
	ports: { database: Knex; nameOf(target: string): string | null },
	asked: { filter: DeliveryFilter; format: ExportFormat; attempts: boolean; upTo: string },
): AsyncGenerator<string> {
	const { database, nameOf } = ports;
	const { filter, format, attempts, upTo } = asked;
	if (format === 'csv') yield `${COLUMNS.join(',')}\r\n`;
	let after = '';
	for (;;) {
		const ids = await nextIds(database, filter, after, attempts ? CHUNK_WITH_ATTEMPTS : CHUNK);
		const chunk = (await deliveriesWith(database, ids)).filter(({ id }) => id <= upTo);
		const made = attempts
			? await attemptsOf(
					database,
					chunk.flatMap(({ batches }) => batches),
				)
			: [];
		const byBatch = Map.groupBy(made, ({ batch }) => batch);
		yield chunk.map((delivery) => write(delivery, byBatch)).join('');
		const last = ids.at(-1);
		if (last === undefined || last > upTo) return;
		after = last;
	}

	function write(delivery: StoredDelivery, byBatch: Map<string, StoredAttempt[]>): string {
		const line = lineOf(delivery, nameOf(delivery.target));
		if (format === 'csv') return `${COLUMNS.map((column) => cell(line[column])).join(',')}\r\n`;
		const own = delivery.batches.flatMap((batch) => byBatch.get(batch) ?? []);
		return `${JSON.stringify(attempts ? { ...line, attempts: own.map(shownAttempt) } : line)}\n`;
	}
}

function lineOf(delivery: StoredDelivery, name: string | null): Line {
	const { id, kind, target, status, collection, item, event, reason, tries, error, user, operation, batch } = delivery;
	return {
		id,
		kind,
		target,
		target_name: name,
		status,
		collection,
		item: writtenItem(item),
		event,
		reason,
		changed_at: isoTime(delivery.changedAt),
		created_at: isoTime(delivery.createdAt),
		next_at: status === 'pending' || status === 'retrying' ? isoTime(delivery.nextAt) : null,
		delivered_at: isoTime(delivery.deliveredAt),
		tries,
		error_code: error?.code ?? null,
		error_message: error?.message ?? null,
		user,
		operation,
		webhook_id: batch,
	};
}

const shownAttempt = ({ at, durationMs, outcome, deliveries, request, response, error }: StoredAttempt) => ({
	at: isoTime(at),
	duration_ms: durationMs,
	outcome,
	deliveries,
	request,
	response,
	error,
});

/** By RFC 4180. A spreadsheet must not take what a receiver said for a formula. */
function cell(value: string | number | null): string {
	if (value === null) return '';
	const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
