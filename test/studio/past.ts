import { v7 } from 'uuid';
import { addHours, durationRange, hourOf, nothingIn, type HourCount } from '../../src/delivery/core/throughput.js';
import { addToHours } from '../../src/delivery/tables/hour-table.js';
import type { Directus } from '../kit/directus.js';

type Row = Record<string, string | number | null>;

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** How much was published in each of the last 24 hours, oldest first, in thirds of what was really sent. */
const BUSY = [0, 0, 0, 0, 1, 0, 0, 1, 1, 2, 2, 1, 1, 2, 1, 1, 2, 1, 0, 1, 0, 0, 1, 0];

/** In which of them one target failed for a while. */
const FAILING_HOUR = 11;
const REFUSAL = { code: 'HTTP_502', message: 'the target answered 502: Bad Gateway' };

/**
 * Gives a world a yesterday: what was really sent is copied to the hours before, with its attempts, as if it had been
 * sent then, and one target had an incident, which is over. What was sent first stays as it is.
 *
 * @param unlucky the id of that target
 */
export async function shiftIntoPast({ sql }: Directus, unlucky: string, now = Date.now()): Promise<void> {
	const sent = await sql('downstream_deliveries').where({ status: 'delivered' }).select<Row[]>('*');
	const tried = await sql('downstream_attempts').select<Row[]>('*');
	const deliveries: Row[] = [];
	const attempts: Row[] = [];
	for (const [index, thirds] of BUSY.entries()) {
		for (let third = 0; third < thirds; third++) {
			const shift = (BUSY.length - index) * HOUR - third * 20 * MINUTE;
			const some = sent.filter((_, place) => (place + index) % 3 === third);
			const then = shifted({ deliveries: some, attempts: tried }, shift);
			if (index === FAILING_HOUR) failFirst(then, unlucky);
			deliveries.push(...then.deliveries);
			attempts.push(...then.attempts);
		}
	}
	for (let at = 0; at < deliveries.length; at += 20)
		await sql('downstream_deliveries').insert(deliveries.slice(at, at + 20));
	for (let at = 0; at < attempts.length; at += 20) await sql('downstream_attempts').insert(attempts.slice(at, at + 20));
	await addToHours(sql, hoursOf(deliveries, attempts));
	const began = now - (BUSY.length - FAILING_HOUR) * HOUR;
	await sql('downstream_incidents').insert({
		id: v7({ msecs: began }),
		target: unlucky,
		kind: 'flush',
		started_at: began,
		resolved_at: began + 47 * MINUTE,
		count: 15,
		last_error: JSON.stringify(REFUSAL),
		notified_at: began + MINUTE,
	});
}

interface History {
	deliveries: Row[];
	attempts: Row[];
}

function shifted(history: History, shift: number): History {
	const back = (row: Row, name: string) => (row[name] == null ? null : Number(row[name]) - shift);
	const batches = new Map<string, string>();
	const deliveries = history.deliveries.map((row) => {
		const at = Number(back(row, 'created_at'));
		for (const [batch] of String(row['batches'] ?? row['batch']).matchAll(UUID))
			batches.set(batch, batches.get(batch) ?? v7({ msecs: at }));
		return {
			...row,
			id: v7({ msecs: at }),
			...Object.fromEntries(
				['changed_at', 'created_at', 'next_at', 'delivered_at'].map((name) => [name, back(row, name)]),
			),
			...Object.fromEntries(
				['batch', 'batches'].map((name) => [
					name,
					row[name] == null ? null : String(row[name]).replaceAll(UUID, (batch) => batches.get(batch) ?? batch),
				]),
			),
		};
	});
	const attempts = history.attempts.flatMap((row) => {
		const batch = batches.get(String(row['batch']));
		return batch === undefined ? [] : [{ ...row, id: v7(), batch, at: back(row, 'at') }];
	});
	return { deliveries, attempts };
}

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** What went to this target went through at the fourth try only. */
function failFirst(history: History, target: string): void {
	for (const row of history.deliveries.filter((delivery) => delivery['target'] === target)) {
		row['tries'] = 4;
		row['delivered_at'] = Number(row['delivered_at']) + 7 * MINUTE;
	}
	for (const row of history.attempts.filter((attempt) => attempt['target'] === target)) {
		const at = Number(row['at']);
		row['at'] = at + 7 * MINUTE;
		const refused = [0, 1, 3].map((minutes) => ({
			...row,
			id: v7(),
			at: at + minutes * MINUTE,
			outcome: 'retry',
			response: JSON.stringify({ status: 502, headers: { 'content-type': 'text/html' }, body: '<h1>Bad Gateway</h1>' }),
			error: JSON.stringify(REFUSAL),
		}));
		history.attempts.push(...refused);
	}
}

function hoursOf(deliveries: Row[], attempts: Row[]): HourCount[] {
	const inHour = (row: Row, at: string) => nothingIn(String(row['target']), hourOf(Number(row[at])));
	const arrived = deliveries.map((row) => ({ ...inHour(row, 'delivered_at'), delivered: 1 }));
	const requested = attempts.map((row) => {
		const count = {
			...inHour(row, 'at'),
			requests: 1,
			retried: row['outcome'] === 'retry' ? Number(row['deliveries']) : 0,
		};
		const range = durationRange(Number(row['duration_ms']));
		return { ...count, durations: count.durations.map((_, place) => (place === range ? 1 : 0)) };
	});
	return [...addHours([...arrived, ...requested]).values()];
}
