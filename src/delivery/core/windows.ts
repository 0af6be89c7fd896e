import { WEEKDAYS, type SendWindows } from '../../../schema.js';

const MINUTE = 60_000;
const DAY = 1_440;
/** Clocks are put forward and back at such moments only, everywhere. */
const STEP = 30;
/** A window of one weekday may be skipped once, where clocks are put forward over it. */
const LOOK_AHEAD = 15 * DAY;

/** When the next window opens (ms since 1970); null where one is open now. */
export function opensAt(windows: SendWindows, now: number): number | null {
	const first = Math.floor(now / MINUTE);
	const clock = clockOf(windows.time_zone);
	const isOpen = openIn(windows);
	let ahead = 0;
	for (let minute = first; minute <= first + LOOK_AHEAD; minute += 1) {
		if (minute === first || minute % STEP === 0) ahead = clock(minute * MINUTE) - minute;
		if (isOpen(minute + ahead)) return minute === first ? null : minute * MINUTE;
	}
	return null;
}

/** Whether a window is open at a minute of the week, counted in local time from 1970-01-01, a Thursday. */
function openIn({ hours }: SendWindows): (minute: number) => boolean {
	const windows = hours.map(({ days, from, to }) => ({
		days: new Set((days ?? WEEKDAYS).map((day) => WEEKDAYS.indexOf(day))),
		from: minutes(from),
		to: minutes(to),
	}));
	return (minute) => {
		const at = ((minute % DAY) + DAY) % DAY;
		const day = (Math.floor(minute / DAY) + 4) % 7;
		return windows.some(({ days, from, to }) =>
			from < to
				? days.has(day) && at >= from && at < to
				: (days.has(day) && at >= from) || (days.has((day + 6) % 7) && at < to),
		);
	};
}

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** By time zone, what clocks there show at a moment, in minutes as if it were UTC. */
function clockOf(timeZone: string): (at: number) => number {
	const format = new Intl.DateTimeFormat('en-GB', {
		timeZone,
		year: 'numeric',
		month: 'numeric',
		day: 'numeric',
		hour: 'numeric',
		minute: 'numeric',
		hourCycle: 'h23',
	});
	return (at) => {
		const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
		const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
		return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute')) / MINUTE;
	};
}
