import type { BackgroundLoad } from '../../contract/answers/status.js';

/** Saves closer together than this, in ms, are a stream: background work then leaves time for them. */
export const STREAM_GAP_MS = 250;
/** A save may be the first of many: so long, in ms, nothing is planned unless the next one has come. */
export const FIRST_WAIT_MS = 40;
/** After an answer, its client gets so long, in ms, for its next save. */
export const ANSWER_WAIT_MS = 25;
/** A request that has been at work for longer than this, in ms, may have nothing to save: a stream, an upload. */
const AT_WORK_MS = 1_000;
/** A stream is over when nothing was saved for so many of its usual gaps. */
const GAPS = 4;
/** How much of the usual gap is the latest one. */
const LATEST = 0.2;
/** The share of the time that background work may take while saves keep coming. */
const SHARE = 0.1;
/** While saves keep coming, changes of so many ms are planned together: a round costs much the same for one as for ten. */
export const GATHER_MS = 400;
/** Where saves are further apart than this, in ms, a round would be for few of them: then none waits for the next one. */
export const SPARSE_GAP_MS = 100;
/** The longest pause before a round of background work, in ms. */
export const LONGEST_WAIT_MS = 600;
/** A change that has waited longer than this, in ms, doubles the share; every further step doubles it again. */
const LATE_MS = 1_000;
const LATE_STEP_MS = 500;

/** How saves follow each other, and whether more are to be expected. */
function createSaveStream(now: () => number) {
	let lastSave = -Infinity;
	let lastAnswer = -Infinity;
	/** When each request that is at work has come. */
	const requests = new Set<{ at: number }>();
	/** Between saves of this stream; null where there is none. */
	let usualGap: number | null = null;

	const isAtWork = () => [...requests].some(({ at }) => now() - at < AT_WORK_MS);

	/** When saves have ended, if nothing more comes. */
	function quietAt(): number {
		if (isAtWork()) return lastSave + STREAM_GAP_MS;
		const gap = usualGap === null ? FIRST_WAIT_MS : clamped(GAPS * usualGap, FIRST_WAIT_MS, STREAM_GAP_MS);
		return Math.min(Math.max(lastSave + gap, lastAnswer + ANSWER_WAIT_MS), lastSave + STREAM_GAP_MS);
	}

	return {
		saved(at: number): void {
			const gap = at - lastSave;
			if (gap >= STREAM_GAP_MS) usualGap = null;
			else usualGap = usualGap === null ? gap : usualGap + LATEST * (gap - usualGap);
			lastSave = at;
		},
		/** @returns to be called with the answer of the request */
		requested(): () => void {
			const request = { at: now() };
			requests.add(request);
			return () => {
				requests.delete(request);
				lastAnswer = now();
			};
		},
		quietAt,
		keepComing: () => usualGap !== null && now() < quietAt(),
		areSparse: () => usualGap !== null && usualGap > SPARSE_GAP_MS,
	};
}

/**
 * Decides when the next round of background work (planning, and what its senders read and write) may begin.
 *
 * While saves keep coming, a round begins when the oldest change has waited for 400 ms (for 40 ms where saves are more
 * than 100 ms apart), and after a round of d ms there is a pause of d × (1 / share − 1), 600 ms at most. When saves end, which shows by a gap longer than usual, the rest is
 * planned at once. So is a save after a quiet moment, unless the next one follows at its heels. While a request that may
 * save is at work, saves have not ended. A change that waits longer than a second raises the share: from then on
 * throughput matters more than latency.
 *
 * Times are in ms on a clock that only this process reads and that never jumps.
 */
export function createBackgroundBudget(now: () => number) {
	const saves = createSaveStream(now);
	let waitingSince: number | null = null;
	/** The first save since the last round of planning began. */
	let savedSinceThen: number | null = null;
	let mayBeginAt = -Infinity;
	let spent = 0;
	let active = 0;
	let busySince = 0;

	const waitingMs = () => (waitingSince === null ? 0 : now() - waitingSince);

	function share(): number {
		if (!saves.keepComing()) return 1;
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
			saves.saved(at);
			waitingSince ??= at;
			savedSinceThen ??= at;
		},
		/**
		 * A request that may save has come.
		 * @returns to be called with its answer; whether some change waits to be planned
		 */
		requested(): () => boolean {
			const answered = saves.requested();
			return () => {
				answered();
				return waitingSince !== null;
			};
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
			if (waitingMs() >= LATE_MS && share() === 1) return 0;
			const quiet = saves.quietAt() - now();
			const gathered = (waitingSince ?? now()) + (saves.areSparse() ? FIRST_WAIT_MS : GATHER_MS);
			return Math.max(0, Math.min(Math.max(mayBeginAt, gathered) - now(), quiet));
		},
		load: (): BackgroundLoad => ({
			share: share(),
			waiting_ms: Math.round(waitingMs()),
			spent_ms: Math.round(spent),
		}),
	};
}

const clamped = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

export type BackgroundBudget = ReturnType<typeof createBackgroundBudget>;
