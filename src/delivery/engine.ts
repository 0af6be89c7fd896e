/**
 * What wakes the senders. The database is the truth: an engine only says who works on what, and when. Whatever it
 * forgets, its own poll finds again, and whatever it does twice is refused by the database.
 *
 * An engine must
 * - call `work.plan` soon after `wake('plan')`, on one node at a time, until it says that nothing is left;
 * - call `work.send(target)` soon after `wake(target)`, and again when the answer says that something will be due, on
 *   one node at a time per target, and never twice at once;
 * - call `work.takeOver(target)` before the first turn of a node that may not have had the target before;
 * - find, within two polls, what no node was woken for: changes committed by a process that died, deliveries whose
 *   sender died, targets whose wait is over;
 * - let `turn.holds` say no as soon as another node may work on the target, and never yes again in that turn;
 * - after `stop` start nothing, let what is running come to its end, and leave nothing that keeps a process alive.
 *
 * `test/engines.test.ts` holds every engine to this.
 */
export interface Engine {
	/** Which engine works at this moment, and why that one. */
	working(): Working;
	start(work: Work): void;
	stop(): Promise<void>;
	/**
	 * Something waits: `plan` for the outbox, else a target's id. Never throws, never waits.
	 * @param at when it will be due, in ms since 1970; now, if not said
	 */
	wake(what: string, at?: number): void;
	/** This process, as it is known to the others. */
	readonly node: string;
	/** Processes that share the work. */
	nodes(): number;
}

export type EngineName = 'embedded' | 'bullmq';

export interface Working {
	name: EngineName;
	/** A sentence. */
	why: string;
	/** The engine that was asked for is another one, which cannot work at present. */
	isStandIn: boolean;
}

/** What there is to do. */
export interface Work {
	/** Plans some of the outbox; true where more is waiting. */
	plan(): Promise<boolean>;
	/** Sends what a target is owed; when something will be due next (ms since 1970), or null. */
	send(target: string, turn: TurnPorts): Promise<number | null>;
	/**
	 * This node begins with a target: what its predecessor was sending is due again.
	 * @param note what `leave` said there; `NOTE_LOST` where the predecessor could not say anything
	 */
	takeOver(target: string, note: string | null): Promise<void>;
	/** This node gives up a target; returns a note for the node that takes it over, or null. */
	leave(target: string): string | null;
	/** Targets that have something to send, and when. */
	waiting(): Promise<{ target: string; nextAt: number; sending: boolean }[]>;
	/** Once per poll: rules that changed on another node, and what else is looked after now and then. */
	tick(): Promise<void>;
	/** What only this instance's nodes are called together; null while it is not known which instance this is. */
	instance(): string | null;
}

/** One turn of working on a target. */
export interface TurnPorts {
	/** Whether the turn must begin nothing more, and only end what it began. */
	stopping(): boolean;
	/** Whether the target is still this node's. Once it is not, nothing more may be sent, and nothing overwritten. */
	holds(): boolean;
	/**
	 * Takes what is to be called when the target is woken meanwhile; where that says false, or is not there, the target is
	 * to be sent to once more afterwards.
	 */
	listen(woken: () => boolean): void;
}
