import type { Clock } from '../kernel/ports.js';
import { enter, UNKNOWN, type Load, type Supply, type TurnState } from './core/turn.js';
import type { Health } from './core/target-health.js';
import type { Channel, Group, Sent } from './channel.js';
import { createItemsUnderWay } from './items-under-way.js';
import { createPace, type Allowances } from './pace.js';
import type { DeliveryQueue, Settlement } from './ports.js';
import type { DeliveryTarget } from './stored.js';

export interface SendPorts<Target extends DeliveryTarget = DeliveryTarget> {
	clock: Clock;
	queue: DeliveryQueue;
	/** The published target of that id, or null. */
	target(id: string): Target | null;
	/** The way to a target, made anew for each turn. */
	open(target: Target, allowed: () => Promise<void>): Promise<Channel>;
	/** What the tables know of the target's health. */
	state(id: string): Promise<{ health: Health; paused: boolean }>;
	/**
	 * Nothing more is to be sent until the target is resumed: it says that it is gone, or refuses our credentials.
	 * @param askedAt when the request was begun (ms since 1970): an answer from before a resume does not undo it
	 */
	pause(target: Target, reason: string, askedAt: number): Promise<void>;
	/** Told of every settled batch, after it was written. */
	settled(target: Target, health: Health, settlements: Settlement[]): Promise<void>;
	/** Requests that this process may still open, over all targets. */
	slots: { take(): boolean; give(): void };
	allowances: Allowances;
}

/** What came of one group. */
export interface Result extends Omit<Sent, 'results'> {
	settlements: Settlement[];
	/** ms since 1970. */
	startedAt: number;
	durationMs: number;
}

/** All that one turn knows. */
export interface Turn<Target extends DeliveryTarget = DeliveryTarget> {
	readonly ports: SendPorts<Target>;
	/** As it was when the turn began; saved anew, it is another one. */
	readonly target: Target;
	readonly options: NonNullable<Target['options']>;
	readonly channel: Channel;
	readonly pace: ReturnType<typeof createPace>;
	/** Marks what this turn has claimed. */
	readonly token: string;
	/** Whether the lease is surely still held: this process may have been stopped for a while. */
	holds(): boolean;
	/** Groups that wait to be sent. */
	readonly ready: Group[];
	/** Results that wait to be written. */
	readonly results: Result[];
	readonly underWay: ReturnType<typeof createItemsUnderWay>;
	state: TurnState;
	supply: Supply;
	/** With all that is known, and as it was last written. */
	health: Health;
	written: Health;
	/** Requests that the target is at work on. */
	inFlight: number;
	/** Groups that were sent, and whose outcome is not known. */
	undecided: number;
	/** The last claim took a probe. */
	isProbing: boolean;
	/** ms until the rate limit has a request left; 0 where it has. */
	paceMs: number;
	/** When it was last looked whether the target was paused, in ms since 1970. */
	pauseSeenAt: number;
	writing: Promise<void> | null;
	/** Why the turn cannot go on; null where it can. */
	broken: unknown;
	/** Results could not be written, and are not any more. */
	isUnwritable: boolean;
	/** Ends the waiting. */
	wakeUp(): void;
}

/** A turn in its first state; null where the target is to be sent nothing. */
export async function openTurn<Target extends DeliveryTarget>(
	id: string,
	ports: SendPorts<Target>,
	holds: () => boolean,
): Promise<Turn<Target> | null> {
	const { clock } = ports;
	const token = clock.id();
	const target = ports.target(id);
	const options = target?.options;
	if (!target || !options) return null;
	const { health, paused } = await ports.state(id);
	if (paused) return null;
	let pace: ReturnType<typeof createPace> | null = null;
	const channel = await ports.open(target, async () => {
		await pace?.wait();
		if (!holds()) throw new Error('another node is at work on it by now');
	});
	const rate = options.rate ? { perSecond: options.rate, burst: Math.max(1, Math.ceil(options.rate)) } : channel.rate;
	pace = createPace(id, rate, ports);
	return {
		ports,
		target,
		options,
		channel,
		pace,
		token,
		holds,
		ready: [],
		results: [],
		underWay: createItemsUnderWay(),
		state: 'looking',
		supply: UNKNOWN,
		health,
		written: health,
		inFlight: 0,
		undecided: 0,
		isProbing: false,
		paceMs: 0,
		pauseSeenAt: clock.now(),
		writing: null,
		broken: null,
		isUnwritable: false,
		wakeUp: () => {},
	};
}

/** Synchronous on purpose: `wake` has to see the state that the turn is in at that moment. */
export function go(turn: Turn, to: TurnState): void {
	turn.state = enter(turn.state, to);
}

export const loadOf = ({ ready, inFlight, undecided, results, writing, channel }: Turn): Load => ({
	ready: ready.length,
	inFlight,
	undecided,
	isWriting: results.length > 0 || writing !== null,
	concurrency: channel.concurrency,
	readsAhead: channel.readsAhead,
});
