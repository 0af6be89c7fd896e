import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEALTHY } from './target-health.js';
import {
	afterClaim,
	afterHalting,
	afterLooking,
	afterSending,
	bringsMore,
	closedUntil,
	enter,
	longestWait,
	lookAgain,
	mustHalt,
	takesOnlyFull,
	UNKNOWN,
	type Load,
	type Supply,
	type TurnState,
} from './turn.js';

const NOW = 1_000_000;
const IDLE: Load = { ready: 0, inFlight: 0, undecided: 0, isWriting: false, concurrency: 2, readsAhead: false };
const EXHAUSTED: Supply = { ...UNKNOWN, isExhausted: true };

const anyLoad = fc.record<Load>({
	ready: fc.nat(3),
	inFlight: fc.nat(3),
	undecided: fc.nat(3),
	isWriting: fc.boolean(),
	concurrency: fc.integer({ min: 1, max: 3 }),
	readsAhead: fc.boolean(),
});
const anySupply = fc.record<Supply>({
	nextAt: fc.option(fc.integer({ min: NOW - 1_000, max: NOW + 100_000 })),
	isExhausted: fc.boolean(),
	isBlocked: fc.boolean(),
	isAhead: fc.boolean(),
	isWoken: fc.boolean(),
});

describe('the states of a turn', () => {
	it('follow each other in rounds', () => {
		const rounds: TurnState[] = ['looking', 'claiming', 'sending', 'waiting', 'looking', 'halting', 'over'];
		expect(rounds.reduce(enter)).toBe('over');
	});

	it.each<[TurnState, TurnState]>([
		['over', 'looking'],
		['failing', 'sending'],
		['sending', 'failing'],
		['looking', 'over'],
		['waiting', 'sending'],
		['claiming', 'looking'],
		['halting', 'claiming'],
	])('refuses to go from %s to %s', (from, to) => {
		expect(() => enter(from, to)).toThrow(`from "${from}" to "${to}"`);
	});

	it('follow each other as they may, whatever is decided', () => {
		fc.assert(
			fc.property(anySupply, anyLoad, (supply, load) => {
				enter('looking', afterLooking(supply, load));
				enter('sending', afterSending(supply, load).to);
				enter('halting', afterSending(afterHalting(supply), load).to);
			}),
		);
	});
});

describe('a turn that looks', () => {
	it('halts when it stops, or its target was saved anew, even with nothing ready', () => {
		const going = { isStopping: false, isServed: true, isProbing: false, health: HEALTHY, ready: 0 };
		expect(mustHalt(going, NOW)).toBe(false);
		expect(mustHalt({ ...going, isStopping: true }, NOW)).toBe(true);
		expect(mustHalt({ ...going, isServed: false }, NOW)).toBe(true);
	});

	it('halts with groups that may not be sent any more, unless they are a probe', () => {
		const held = { ...HEALTHY, holdUntil: NOW + 1_000 };
		const going = { isStopping: false, isServed: true, isProbing: false, health: held, ready: 1 };
		expect(mustHalt(going, NOW)).toBe(true);
		expect(mustHalt({ ...going, ready: 0 }, NOW)).toBe(false);
		expect(mustHalt({ ...going, isProbing: true }, NOW)).toBe(false);
		expect(mustHalt(going, NOW + 1_001)).toBe(false);
	});

	it('claims again when it was woken, or when something has become due', () => {
		const later = { ...EXHAUSTED, nextAt: NOW + 100 };
		expect(afterLooking(lookAgain(later, IDLE, NOW), IDLE)).toBe('sending');
		expect(afterLooking(lookAgain(later, IDLE, NOW + 100), IDLE)).toBe('claiming');
		expect(afterLooking(lookAgain({ ...later, isWoken: true }, IDLE, NOW), IDLE)).toBe('claiming');
	});

	it('keeps in mind that it was woken until the target has room', () => {
		const full = { ...IDLE, inFlight: 2, undecided: 2 };
		const woken = { ...EXHAUSTED, isWoken: true };
		expect(lookAgain(woken, full, NOW)).toEqual(woken);
		expect(lookAgain(woken, { ...full, inFlight: 1 }, NOW)).toMatchObject({ isExhausted: false, isWoken: false });
	});

	it('claims while the target is at work where the channel reads ahead, and then only full requests', () => {
		const full = { ...IDLE, inFlight: 2, undecided: 2, readsAhead: true };
		const supply = lookAgain({ ...EXHAUSTED, isWoken: true }, full, NOW);
		expect(afterLooking(supply, full)).toBe('claiming');
		expect(takesOnlyFull(supply, full)).toBe(true);
		expect(takesOnlyFull(supply, { ...full, inFlight: 1 })).toBe(false);
	});

	it('claims nothing while enough is ready', () => {
		expect(afterLooking(UNKNOWN, { ...IDLE, ready: 1 })).toBe('claiming');
		expect(afterLooking(UNKNOWN, { ...IDLE, ready: 2 })).toBe('sending');
	});
});

describe('a turn that has claimed', () => {
	it('claims again where more is due, or waits for an item that is under way', () => {
		const due = { nextAt: null, more: false, blocked: false };
		expect(afterClaim(UNKNOWN, due)).toMatchObject({ isExhausted: true, isBlocked: false });
		expect(afterClaim(UNKNOWN, { ...due, more: true })).toMatchObject({ isExhausted: false });
		expect(afterClaim(UNKNOWN, { ...due, blocked: true })).toMatchObject({ isExhausted: false, isBlocked: true });
	});

	it('still knows that it was woken meanwhile', () => {
		const woken = { ...UNKNOWN, isWoken: true };
		expect(afterClaim(woken, { nextAt: null, more: false, blocked: false }).isWoken).toBe(true);
		expect(closedUntil(woken, NOW)).toMatchObject({ isWoken: true, isExhausted: true, nextAt: NOW });
	});
});

describe('a turn that has sent', () => {
	it('is over only with nothing in hand, nothing due, and no wake-up', () => {
		fc.assert(
			fc.property(anySupply, anyLoad, (supply, load) => {
				const isDone = load.ready + load.undecided === 0 && !load.isWriting && supply.isExhausted && !supply.isWoken;
				expect(afterSending(supply, load).to === 'over').toBe(isDone);
			}),
		);
	});

	it('looks again at once when it was woken at the last moment', () => {
		expect(afterSending({ ...EXHAUSTED, isWoken: true }, IDLE).to).toBe('looking');
	});

	it('waits for requests in flight and results to be written', () => {
		expect(afterSending(EXHAUSTED, { ...IDLE, inFlight: 1, undecided: 1 }).to).toBe('waiting');
		expect(afterSending(EXHAUSTED, { ...IDLE, undecided: 1 }).to).toBe('waiting');
		expect(afterSending(EXHAUSTED, { ...IDLE, isWriting: true }).to).toBe('waiting');
	});

	it('makes the next request ready where the channel reads ahead and has room for it', () => {
		const load = { ...IDLE, inFlight: 2, undecided: 2, readsAhead: true };
		expect(afterSending(UNKNOWN, load)).toMatchObject({ to: 'looking', supply: { isAhead: true } });
		expect(afterSending(UNKNOWN, { ...load, ready: 2 }).to).toBe('waiting');
		expect(afterSending(UNKNOWN, { ...load, readsAhead: false }).to).toBe('waiting');
	});

	it('never looks again at once after halting', () => {
		fc.assert(
			fc.property(anySupply, anyLoad, (supply, load) => {
				expect(afterSending(afterHalting(supply), load).to).not.toBe('looking');
			}),
		);
	});
});

describe('a turn that waits', () => {
	const busy = { ...IDLE, inFlight: 1, undecided: 1 };

	it('waits for the rate limit, a second at the most', () => {
		expect(longestWait(EXHAUSTED, busy, 40, NOW)).toBe(40);
		expect(longestWait(EXHAUSTED, busy, 5_000, NOW)).toBe(1_000);
	});

	it('looks again soon where nothing is in flight that would wake it', () => {
		expect(longestWait(EXHAUSTED, { ...IDLE, ready: 1 }, 0, NOW)).toBe(10);
	});

	it('waits until the next delivery is due, where the target has room for it', () => {
		const later = { ...EXHAUSTED, nextAt: NOW + 300 };
		expect(longestWait(later, busy, 0, NOW)).toBe(300);
		expect(longestWait(later, busy, 0, NOW + 299)).toBe(50);
		expect(longestWait({ ...later, nextAt: NOW + 1e9 }, busy, 0, NOW)).toBe(60_000);
		expect(longestWait(later, { ...busy, inFlight: 2 }, 0, NOW)).toBe(null);
		expect(longestWait({ ...later, isBlocked: true }, busy, 0, NOW)).toBe(null);
		expect(longestWait(later, { ...busy, readsAhead: true }, 0, NOW)).toBe(null);
		expect(longestWait(EXHAUSTED, busy, 0, NOW)).toBe(null);
	});
});

describe('what was written', () => {
	const flowing = { isProbing: false, isOpen: false, isAsked: true };

	it('brings more where something is tried again', () => {
		expect(bringsMore([{ status: 'delivered' }], flowing)).toBe(false);
		expect(bringsMore([{ status: 'delivered' }, { status: 'retrying' }], flowing)).toBe(true);
	});

	it('of a probe brings the backlog where the target is back, and another probe where nothing was asked', () => {
		const probing = { ...flowing, isProbing: true, isOpen: true };
		expect(bringsMore([{ status: 'retrying' }], probing)).toBe(false);
		expect(bringsMore([{ status: 'delivered' }], { ...probing, isOpen: false })).toBe(true);
		expect(bringsMore([{ status: 'cancelled' }], { ...probing, isAsked: false })).toBe(true);
	});
});
