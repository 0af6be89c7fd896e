import { gate, type Health } from './target-health.js';

/** Which states a turn may go to from each of its states; `send.ts` tells what they mean. */
const FOLLOWS = {
	looking: ['claiming', 'sending', 'halting', 'failing'],
	claiming: ['sending', 'failing'],
	sending: ['looking', 'waiting', 'over'],
	halting: ['waiting', 'over', 'failing'],
	waiting: ['looking'],
	failing: [],
	over: [],
} as const satisfies Record<string, readonly string[]>;

export type TurnState = keyof typeof FOLLOWS;

/** The next state, where it may follow the one before. */
export function enter(from: TurnState, to: TurnState): TurnState {
	const allowed: readonly TurnState[] = FOLLOWS[from];
	if (!allowed.includes(to)) throw new Error(`a turn went from "${from}" to "${to}", which it must not`);
	return to;
}

/** What a turn has in hand. */
export interface Load {
	/** Groups that wait to be sent. */
	ready: number;
	/** Requests that the target is at work on. */
	inFlight: number;
	/** Groups that were sent, and whose outcome is not known. */
	undecided: number;
	/** Results wait to be written, or are being written. */
	isWriting: boolean;
	/** Requests that may be in flight at once. */
	concurrency: number;
	/** The next request is made ready while the target is at work on one. */
	readsAhead: boolean;
}

/** What a turn knows of deliveries that it has not claimed. */
export interface Supply {
	/** When the next one will be due, in ms since 1970; null where none waits. */
	nextAt: number | null;
	/** Nothing is due now, as far as is known. */
	isExhausted: boolean;
	/** Something is due of an item that is under way. */
	isBlocked: boolean;
	/** What comes in is collected until it fills a request, since the target is at work. */
	isAhead: boolean;
	/** Something was planned since the turn last looked. */
	isWoken: boolean;
}

export const UNKNOWN: Supply = { nextAt: null, isExhausted: false, isBlocked: false, isAhead: false, isWoken: false };

/** Whether what is ready must be put back: it may not be sent, or not by this turn. */
export const mustHalt = (
	turn: { isStopping: boolean; isServed: boolean; isProbing: boolean; health: Health; ready: number },
	now: number,
): boolean =>
	turn.isStopping ||
	!turn.isServed ||
	(turn.ready > 0 && !turn.isProbing && gate(turn.health, now).allow === 'nothing');

/** What has become due, by time or by a change that was planned meanwhile, is claimed where there is room for it. */
export function lookAgain(supply: Supply, { inFlight, concurrency, readsAhead }: Load, now: number): Supply {
	if (!readsAhead && inFlight >= concurrency) return supply;
	if (supply.isWoken) return { ...supply, isExhausted: false, isAhead: readsAhead, isWoken: false };
	const isDue = !readsAhead && supply.nextAt !== null && supply.nextAt <= now;
	return isDue ? { ...supply, isExhausted: false } : supply;
}

/** Where a turn goes that need not halt. */
export const afterLooking = (supply: Supply, { ready, concurrency }: Load): 'claiming' | 'sending' =>
	!supply.isExhausted && ready < concurrency ? 'claiming' : 'sending';

/** A claim while the target is at work on all that it may takes nothing unless it fills a request. */
export const takesOnlyFull = ({ isAhead }: Supply, { inFlight, concurrency }: Load): boolean =>
	isAhead && inFlight >= concurrency;

/** The claim has taken what it could. */
export const afterClaim = (
	supply: Supply,
	due: { nextAt: number | null; more: boolean; blocked: boolean },
): Supply => ({
	...supply,
	nextAt: due.nextAt,
	isBlocked: due.blocked,
	isExhausted: !due.more && !due.blocked,
});

/** Nothing may be claimed before a point in time; null where that is unknown. */
export const closedUntil = (supply: Supply, until: number | null): Supply => ({
	...supply,
	nextAt: until,
	isExhausted: true,
});

/** A turn that halts takes nothing more by itself. */
export const afterHalting = (supply: Supply): Supply => ({ ...supply, isExhausted: true, isWoken: false });

/**
 * Whether something more is due after results were written: a retry has to be waited for, and a target that is back
 * has a backlog.
 * @param isAsked every result has an answer of the target behind it
 */
export const bringsMore = (
	outcomes: readonly { status: string }[],
	turn: { isProbing: boolean; isOpen: boolean; isAsked: boolean },
): boolean => (turn.isProbing ? !turn.isOpen || !turn.isAsked : outcomes.some(({ status }) => status === 'retrying'));

/** Where a turn goes that has sent what it could, or has halted. */
export function afterSending(supply: Supply, load: Load): { to: 'over' | 'looking' | 'waiting'; supply: Supply } {
	const isIdle = load.ready === 0 && load.undecided === 0 && !load.isWriting;
	if (isIdle) return { to: supply.isExhausted && !supply.isWoken ? 'over' : 'looking', supply };
	if (load.readsAhead && !supply.isExhausted && load.ready < load.concurrency)
		return { to: 'looking', supply: { ...supply, isAhead: true } };
	return { to: 'waiting', supply };
}

/** How soon to look again for due deliveries while a request is in flight. */
const LOOK_AGAIN_MS = 50;

/**
 * How long a turn waits at most, in ms; null where something will wake it.
 * @param paceMs until the rate limit has a request left; 0 where it has
 */
export function longestWait(supply: Supply, load: Load, paceMs: number, now: number): number | null {
	const { inFlight, concurrency, readsAhead } = load;
	if (paceMs > 0 || inFlight === 0) return Math.max(1, Math.min(paceMs || 10, 1_000));
	if (supply.nextAt === null || supply.isBlocked || readsAhead || inFlight >= concurrency) return null;
	return Math.min(Math.max(LOOK_AGAIN_MS, supply.nextAt - now), 60_000);
}
