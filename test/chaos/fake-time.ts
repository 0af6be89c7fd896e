import { existsSync } from 'node:fs';

/** Where Debian puts the library that gives a process another time. */
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';
export const CAN_FAKE = existsSync(FAKETIME);

/** The environment of a process whose clock is so many ms ahead. */
export const withClockOff = (ms: number): Record<string, string> => ({
	LD_PRELOAD: FAKETIME,
	FAKETIME: `${ms >= 0 ? '+' : ''}${ms / 1_000}s`,
	FAKETIME_DONT_FAKE_MONOTONIC: '1',
});
