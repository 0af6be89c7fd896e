import { LIMITS } from '../../../schema.js';
import type { Verdict } from './verdict.js';

/**
 * How a target is doing: one row that all nodes share, because a breaker that lives in one process lies to the others.
 *
 * closed: deliveries flow. Five failures in a row open the breaker. open: nothing is sent, changes are collected, and
 * one probe (the oldest delivery) goes out when `probeAt` is reached; a probe that fails moves `probeAt` on, up to five
 * minutes; one that succeeds closes the breaker, and the backlog drains. Beside that, `holdUntil` is what the target
 * itself asked for by `Retry-After` or its rate-limit headers.
 */
export interface Health {
	/** Consecutive failures that speak of the target rather than of one delivery. */
	failures: number;
	openedAt: number | null;
	probeAt: number | null;
	holdUntil: number | null;
	lastSuccessAt: number | null;
	lastFailureAt: number | null;
	lastError: { code: string; message: string } | null;
	/** Durations of the latest requests in ms, oldest first. */
	latencies: number[];
}

export const HEALTHY: Health = {
	failures: 0,
	openedAt: null,
	probeAt: null,
	holdUntil: null,
	lastSuccessAt: null,
	lastFailureAt: null,
	lastError: null,
	latencies: [],
};

const LATENCIES_KEPT = 200;

/** Statuses by which a target refuses everybody, not just this delivery. */
const REFUSES_ALL = ['HTTP_401', 'HTTP_403', 'HTTP_404', 'HTTP_405', 'HTTP_407', 'HTTP_410'];

/**
 * The health after one attempt.
 * @param attempt its verdict, how long it took, and how many ms the target asked to be left alone (also on success, where
 * its rate limit has run out; null = not)
 * @param random [0, 1)
 */
export function afterAttempt(
	health: Health,
	attempt: {
		/** null if no request was made, which says nothing about the target. */
		verdict: Verdict | null;
		durationMs: number;
		held: number | null;
		/** What was refused for good of a request whose rest was taken. */
		refused?: { code: string; message: string } | null;
	},
	now: number,
	random: number,
): Health {
	const { verdict, durationMs, held } = attempt;
	if (!verdict) return health;
	const latencies = [...health.latencies, Math.round(durationMs)].slice(-LATENCIES_KEPT);
	const holdUntil =
		held !== null && held > 0
			? Math.max(health.holdUntil ?? 0, now + held)
			: health.holdUntil !== null && health.holdUntil <= now
				? null
				: health.holdUntil;
	if (verdict.kind === 'delivered')
		return {
			...health,
			...(attempt.refused ? { lastFailureAt: now, lastError: attempt.refused } : {}),
			failures: 0,
			openedAt: null,
			probeAt: null,
			holdUntil,
			lastSuccessAt: now,
			latencies,
		};
	const ofTarget = verdict.kind === 'retry' ? verdict.code !== 'HTTP_429' : REFUSES_ALL.includes(verdict.code);
	// A request that was in flight when the breaker opened is no probe.
	const wasUnderWay = health.openedAt !== null && now - durationMs < health.openedAt;
	const failures = health.failures + (ofTarget && !wasUnderWay ? 1 : 0);
	const failed = {
		...health,
		failures,
		holdUntil,
		latencies,
		lastFailureAt: now,
		lastError: { code: verdict.code, message: verdict.message },
	};
	if (failures < LIMITS.breakerFailures || wasUnderWay) return failed;
	return {
		...failed,
		openedAt: health.openedAt ?? now,
		probeAt: now + probeWait(failures - LIMITS.breakerFailures, random),
	};
}

/** 1 s, 2 s, 4 s …, ±20 %, and never more than five minutes. */
function probeWait(failedProbes: number, random: number): number {
	const wait = Math.round(1_000 * 2 ** Math.min(failedProbes, 22) * (0.8 + 0.4 * random));
	return Math.min(LIMITS.breakerProbeMax, wait);
}

/**
 * What may be sent now: everything, one probe, or nothing before a point in time (ms since 1970). Times further off than
 * any that is ever set were written by a clock that was wrong: they have passed.
 */
export function gate(health: Health, now: number): { allow: 'all' | 'probe' } | { allow: 'nothing'; until: number } {
	const held = heldUntil(health, now);
	if (held !== null) return { allow: 'nothing', until: held };
	if (health.openedAt === null) return { allow: 'all' };
	const probeAt = nextProbe(health, now);
	return probeAt === null || probeAt <= now ? { allow: 'probe' } : { allow: 'nothing', until: probeAt };
}

/** Until when the target has asked to be left alone, in ms since 1970; null where it has not, or that is over. */
export const heldUntil = ({ holdUntil }: Health, now: number): number | null =>
	holdUntil !== null && holdUntil > now && holdUntil <= now + LIMITS.holdMost ? holdUntil : null;

/** When the next probe goes out, where the breaker is open; never later than the longest pause from now. */
export const nextProbe = ({ openedAt, probeAt }: Health, now: number): number | null =>
	openedAt === null ? null : probeAt === null || probeAt > now + LIMITS.breakerProbeMax * 1.2 ? now : probeAt;

/** The value below which `share` (0–1) of the durations lie, or null without any. */
export function percentile(latencies: number[], share: number): number | null {
	const sorted = latencies.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? null;
}
