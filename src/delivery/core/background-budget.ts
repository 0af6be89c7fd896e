import type { BackgroundLoad } from '../../contract/answers/status.js';

/** Saves closer together than this, in ms, are a stream: background work then leaves time for them. */
export const STREAM_GAP_MS = 250;
/** Commits this close together, in ms, count as one save: one request may end several transactions. */
const ONE_SAVE_MS = 3;
/** The share of the time that background work may take while saves keep coming. */
const SHARE = 0.1;
/** The longest pause before a round of background work, in ms. */
export const LONGEST_WAIT_MS = 400;
/** A change that has waited longer than this, in ms, doubles the share; every further step doubles it again. */
const LATE_MS = 1_000;
const LATE_STEP_MS = 500;

/**
 * Decides when the next round of background work (planning, and what its senders read and write) may begin.
 *
 * While saves keep coming, a round of d ms is followed by a pause of d × (1 / share − 1), 400 ms at most. The first
 * save after a quiet moment is planned at once, and so is everything while nobody saves. A change that waits longer than
 * a second raises the share: from then on throughput matters more than latency.
 *
 * Times are in ms on a clock that only this process reads and that never jumps.
 */
export function createBackgroundBudget(now: () => number) {
	let lastSave = -Infinity;
	let isStream = false;
	let waitingSince: number | null = null;
	/** The first save since the last round of planning began. */
	let savedSinceThen: number | null = null;
	let mayBeginAt = -Infinity;
	let spent = 0;
	let active = 0;
	let busySince = 0;

	const savesKeepComing = () => isStream && now() - lastSave < STREAM_GAP_MS;
	const waitingMs = () => (waitingSince === null ? 0 : now() - waitingSince);

	function share(): number {
		if (!savesKeepComing()) return 1;
		const late = waitingMs() - LATE_MS;
		return late < 0 ? SHARE : Math.min(1, SHARE * 2 ** (1 + Math.floor(late / LATE_STEP_MS)));
	}

	function end(): void {
		active -= 1;
		if (active > 0) return;
		const took = now() - busySince;
		spent += took;
		const pause = took * (1 / share() - 1);
		mayBeginAt = Math.min(Math.max(mayBeginAt, now()) + pause, now() + LONGEST_WAIT_MS);
	}

	return {
		/** A save was committed, and what it changed waits to be planned. */
		saved(): void {
			const at = now();
			if (at - lastSave > ONE_SAVE_MS) isStream = at - lastSave < STREAM_GAP_MS;
			lastSave = at;
			waitingSince ??= at;
			savedSinceThen ??= at;
		},
		/** A round of planning begins. It may not see what is saved from now on. */
		planning: () => void (savedSinceThen = null),
		/** That round has planned all that there was: nothing from before it waits any longer. */
		planned: () => void (waitingSince = savedSinceThen),
		/** Measures background work; time shared by several pieces counts once. */
		async measure<T>(work: () => Promise<T>): Promise<T> {
			if (active === 0) busySince = now();
			active += 1;
			try {
				return await work();
			} finally {
				end();
			}
		},
		/** How long the next round has to wait, in ms; ask again then, since saves may have ended. */
		waitMs(): number {
			if (!savesKeepComing()) return 0;
			const late = waitingMs() >= LATE_MS && share() === 1;
			return late ? 0 : Math.max(0, Math.min(mayBeginAt - now(), lastSave + STREAM_GAP_MS - now()));
		},
		load: (): BackgroundLoad => ({
			share: share(),
			waiting_ms: Math.round(waitingMs()),
			spent_ms: Math.round(spent),
		}),
	};
}

export type BackgroundBudget = ReturnType<typeof createBackgroundBudget>;
