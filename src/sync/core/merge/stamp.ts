import type { RowState, Stamp } from './row-state.js';

const TIME_DIGITS = 9;
const COUNTER_DIGITS = 2;
const COUNTERS = 36 ** COUNTER_DIGITS;
/** The last millisecond that nine digits can hold, in the year 5188. */
const LAST_MS = 36 ** TIME_DIGITS - 1;

/**
 * The stamp of a value set now on this instance: later than every stamp of its row, however the clocks of the instances
 * differ, and not earlier than now.
 *
 * @param now ms since 1970
 * @param newest the newest stamp of the row (`newestStamp`), null for a row without one
 */
export function nextStamp(now: number, newest: Stamp | null, instance: string): Stamp {
	const ms = Math.min(LAST_MS, Math.max(0, Math.trunc(now)));
	if (newest === null || timeOf(newest) < ms) return stampOf(ms, 0, instance);
	const counter = counterOf(newest) + 1;
	if (counter < COUNTERS) return stampOf(timeOf(newest), counter, instance);
	// The last possible moment has no successor. Such stamps are refused today, but once were not.
	return timeOf(newest) < LAST_MS ? stampOf(timeOf(newest) + 1, 0, instance) : stampOf(LAST_MS, COUNTERS - 1, instance);
}

/** The newest stamp that anything in a row's state has or takes into account; null for a row never stamped. */
export function newestStamp(state: RowState): Stamp | null {
	let newest: Stamp | null = null;
	for (const part of state.deleted ? [...state.groups, state.deleted] : state.groups) {
		for (const stamp of [part.stamp, ...Object.values(part.knows)]) {
			if (newest === null || stamp > newest) newest = stamp;
		}
	}
	return newest;
}

/** When a stamp was made, ms since 1970. */
export const timeOf = (stamp: Stamp): number => Number.parseInt(stamp.slice(0, TIME_DIGITS), 36);

/** Which instance made a stamp. */
export const instanceOf = (stamp: Stamp): string => stamp.slice(TIME_DIGITS + COUNTER_DIGITS + 1);

const counterOf = (stamp: Stamp): number => Number.parseInt(stamp.slice(TIME_DIGITS, TIME_DIGITS + COUNTER_DIGITS), 36);

const digits = (value: number, length: number): string => value.toString(36).padStart(length, '0');

const stampOf = (ms: number, counter: number, instance: string): Stamp =>
	`${digits(ms, TIME_DIGITS)}${digits(counter, COUNTER_DIGITS)}-${instance}`;
