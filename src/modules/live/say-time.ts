const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
	['second', 1],
	['minute', 60],
	['hour', 3_600],
	['day', 86_400],
	['month', 2_629_800],
	['year', 31_557_600],
];

/** "3 minutes ago", "in 2 hours": the largest unit of which there is at least one. Times in ms since 1970. */
export function sayRelative(at: number, now: number, locale: string): string {
	const seconds = Math.round((at - now) / 1_000);
	const [unit, length] = STEPS.findLast(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
	return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/** The full date and time, to the second. */
export const sayAbsolute = (at: number, locale: string) =>
	new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);

/** A duration for people: "38 ms", "2.4 s", "3 min", "5 h", "2 d". */
export function sayDuration(ms: number, locale: string): string {
	const say = (value: number, unit: string, digits = 0) =>
		new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits }).format(
			value,
		);
	if (ms < 1_000) return say(Math.round(ms), 'millisecond');
	if (ms < 60_000) return say(ms / 1_000, 'second', 1);
	if (ms < 3_600_000) return say(Math.floor(ms / 60_000), 'minute');
	if (ms < 86_400_000) return say(Math.floor(ms / 3_600_000), 'hour');
	return say(Math.floor(ms / 86_400_000), 'day');
}
