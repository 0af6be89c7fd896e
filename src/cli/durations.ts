const UNITS = [
	[86_400_000, 'd'],
	[3_600_000, 'h'],
	[60_000, 'min'],
	[1_000, 's'],
] as const;

/** A duration in ms as people say it, in its largest unit: `3 min`, `850 ms`. */
export function duration(ms: number): string {
	const [size, unit] = UNITS.find(([least]) => ms >= least) ?? [1, 'ms'];
	return `${Math.round(ms / size)} ${unit}`;
}

/** How long ago a time was; a dash where there is none. */
export function ago(time: string | null, now: number): string {
	if (time === null) return '–';
	const past = now - Date.parse(time);
	return Math.abs(past) < 1_000 ? 'just now' : past < 0 ? `in ${duration(-past)}` : `${duration(past)} ago`;
}
