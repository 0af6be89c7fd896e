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
	const [unit, length] = STEPS.slice(0, 4).findLast(([, size]) => ms >= size * 1_000) ?? ['millisecond', 0.001];
	const count = ms / 1_000 / length;
	return new Intl.NumberFormat(locale, {
		style: 'unit',
		unit,
		unitDisplay: 'short',
		maximumFractionDigits: unit === 'second' ? 1 : 0,
	}).format(length > 1 ? Math.floor(count) : count);
}
