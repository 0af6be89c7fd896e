import type { Clock, Logger } from '../kernel/ports.js';
import type { Knex } from 'knex';
import { addHours, durationRange, firstHour, hourOf, nothingIn, throughputOf } from './core/throughput.js';
import type { Throughput } from '../contract/answers/status.js';
import type { HourCount } from './core/throughput.js';
import type { Settlement } from './ports.js';
import type { StoredAttempt } from './stored.js';
import { addToHours, readHours } from './tables/hour-table.js';
import { messageOf } from '../kernel/core/message-of.js';

/** How long counts stay in memory before they are written. */
const WRITE_EVERY_MS = 5_000;

/** Past this the database has been away for long, and the statistic is what can be spared: targets times hours. */
const KEPT_AT_MOST = 50_000;

/**
 * Counts what this process sends, hour by hour, without a query per request: in memory, added to the table now and
 * then, so that several nodes add up. What a process had not written when it was killed is not counted.
 */
export function createHourCounts(ports: { database: Knex; clock: Pick<Clock, 'now'>; logger: Logger }) {
	const { database, clock, logger } = ports;
	let unwritten = new Map<string, HourCount>();
	let writtenAt = clock.now();
	/** Reading and writing take turns, so that nothing is read twice or not at all while it is being written. */
	let turn: Promise<unknown> = Promise.resolve();

	function inTurn<T>(work: () => Promise<T>): Promise<T> {
		const mine = turn.then(work, work);
		turn = mine.catch(() => {});
		return mine;
	}

	function of(target: string, at: number): HourCount {
		const hour = hourOf(at);
		const key = `${hour} ${target}`;
		const known = unwritten.get(key) ?? nothingIn(target, hour);
		unwritten.set(key, known);
		return known;
	}

	async function writeNow(): Promise<void> {
		if (unwritten.size === 0) return;
		const writing = unwritten;
		unwritten = new Map();
		try {
			await addToHours(database, [...writing.values()]);
		} catch (error) {
			unwritten = new Map([...addHours([...writing.values(), ...unwritten.values()])].slice(-KEPT_AT_MOST));
			logger.debug(`[downstream] the counts of the hour are not written yet: ${messageOf(error)}`);
		}
	}

	return {
		attempted({ target, at, durationMs }: StoredAttempt): void {
			const count = of(target, at);
			const range = durationRange(durationMs);
			count.requests += 1;
			count.durations[range] = (count.durations[range] ?? 0) + 1;
		},
		settled(target: string, settlements: Settlement[]): void {
			for (const { deliveries, at, outcome } of settlements)
				if (outcome.status !== 'cancelled')
					of(target, at)[outcome.status === 'retrying' ? 'retried' : outcome.status] += deliveries.length;
		},
		/** Writes what there is, if the last time is long enough ago. Never throws: what could not be written is kept. */
		async tick(): Promise<void> {
			if (clock.now() - writtenAt < WRITE_EVERY_MS) return;
			writtenAt = clock.now();
			await inTurn(writeNow);
		},
		write: (): Promise<void> => inTurn(writeNow),
		/** The hours that end with the running one, with what this process has not written yet. */
		read: (hours: number): Promise<Throughput> =>
			inTurn(async () => {
				const now = clock.now();
				const written = await readHours(database, firstHour(now, hours));
				return throughputOf([...written, ...unwritten.values()], now, hours);
			}),
	};
}
