import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../test/kit/random.js';
import { WEEKDAYS, syncOptions, type SendWindows } from '../../../schema.js';
import { opensAt } from './windows.js';

const SEED = Number(process.env['DOWNSTREAM_TEST_SEED'] ?? Date.now() % 1_000_000);
const MINUTE = 60_000;

const night: SendWindows = { time_zone: 'Europe/Amsterdam', hours: [{ from: '22:00', to: '06:00' }] };
const next = (windows: SendWindows, at: string) => {
	const opens = opensAt(windows, Date.parse(at));
	return opens === null ? null : new Date(opens).toISOString();
};

/** Whether a window is open, by the clock that a person in that time zone sees. */
function isOpen({ time_zone, hours }: SendWindows, at: number): boolean {
	const shown = (when: number) =>
		new Date(when).toLocaleString('en-GB', {
			timeZone: time_zone,
			weekday: 'short',
			hour: '2-digit',
			minute: '2-digit',
		});
	const [weekday = '', time = ''] = shown(at).toLowerCase().split(/,? /);
	const day = WEEKDAYS.findIndex((name) => name === weekday);
	const on = (index: number, days: SendWindows['hours'][number]['days']) =>
		!days || days.includes(WEEKDAYS[(index + 7) % 7] ?? 'sun');
	return hours.some(({ days, from, to }) =>
		from < to
			? on(day, days) && time >= from && time < to
			: (on(day, days) && time >= from) || (on(day - 1, days) && time < to),
	);
}

describe('hours in which is sent', () => {
	it('are meant in their time zone, in summer and in winter', () => {
		expect(next(night, '2026-01-10T12:00:00Z')).toBe('2026-01-10T21:00:00.000Z');
		expect(next(night, '2026-07-10T12:00:00Z')).toBe('2026-07-10T20:00:00.000Z');
		expect(next(night, '2026-07-10T03:59:59Z')).toBeNull();
		expect(next(night, '2026-07-10T04:00:00Z')).toBe('2026-07-10T20:00:00.000Z');
	});

	it('may be of some days, and go past midnight', () => {
		const friday: SendWindows = { time_zone: 'UTC', hours: [{ days: ['fri'], from: '23:00', to: '01:00' }] };
		expect(next(friday, '2026-07-10T22:59:00Z')).toBe('2026-07-10T23:00:00.000Z');
		expect(next(friday, '2026-07-11T00:59:00Z')).toBeNull();
		expect(next(friday, '2026-07-11T01:00:00Z')).toBe('2026-07-17T23:00:00.000Z');
	});

	it('come a week later where clocks are put forward over them', () => {
		const sunday: SendWindows = {
			time_zone: 'Europe/Amsterdam',
			hours: [{ days: ['sun'], from: '02:10', to: '02:50' }],
		};
		expect(next(sunday, '2026-03-28T12:00:00Z')).toBe('2026-04-05T00:10:00.000Z');
	});

	it(`are those of a clock on the wall, and the first of them (seed ${SEED})`, () => {
		const random = randomFrom(SEED);
		const some = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
		const time = () =>
			`${String(Math.floor(random() * 24)).padStart(2, '0')}:${String(Math.floor(random() * 60)).padStart(2, '0')}`;
		const zones = ['Europe/Amsterdam', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'];
		for (let run = 0; run < 40; run += 1) {
			const hours = Array.from({ length: 1 + Math.floor(random() * 2) }, () => ({
				from: time(),
				to: time(),
				...(random() < 0.5 ? { days: [some(WEEKDAYS), some(WEEKDAYS)] } : {}),
			}));
			const { options } = { options: syncOptions.safeParse({ windows: { time_zone: some(zones), hours } }).data };
			const windows = options?.windows;
			if (!windows) continue;
			// Around the days on which clocks are changed, too.
			const around = Date.parse(
				some(['2026-03-28T00:00Z', '2026-10-24T00:00Z', '2026-04-04T00:00Z', '2026-07-01T00:00Z']),
			);
			const now = around + Math.floor(random() * 3 * 86_400_000);
			const opens = opensAt(windows, now);
			const told = JSON.stringify({ windows, now: new Date(now).toISOString() });
			expect(isOpen(windows, now), told).toBe(opens === null);
			if (opens === null) continue;
			expect(isOpen(windows, opens), told).toBe(true);
			expect(isOpen(windows, opens - MINUTE), told).toBe(false);
			for (let at = now; at < opens; at += Math.max(MINUTE, (opens - now) / 50))
				expect(isOpen(windows, at), told).toBe(false);
		}
	});
});
