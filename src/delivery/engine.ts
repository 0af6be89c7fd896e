/**
 * What wakes the senders. The database is the truth: an engine only says who works on what, and when. Whatever it
 * forgets, its own poll finds again, and whatever it does twice is refused by the database.
 *
 * An engine must
 * - call `work.plan` soon after `wake('plan')`, on one node at a time, until it says that nothing is left;
 * - call `work.send(target)` soon after `wake(target)`, and again when the answer says that something will be due, on
 *   one node at a time per target, and never twice at once;
 * - find, within two polls, what no node was woken for: changes committed by a process that died, deliveries whose
 *   sender died, targets whose wait is over;
 * - after `stop` start nothing, let what is running come to its end, and leave nothing that keeps a process alive.
 */
export interface Engine {
	readonly name: 'embedded' | 'bullmq';
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

/** What there is to do. */
export interface Work {
	/** Plans some of the outbox; true where more is waiting. */
	plan(): Promise<boolean>;
	/**
	 * Sends what a target is owed; when something will be due next (ms since 1970), or null.
	 * @param listen takes what is to be called when the target is woken meanwhile; where that says false, or is not there,
	 * the target is to be sent to once more afterwards
	 */
	send(target: string, stopping: () => boolean, listen: (woken: () => boolean) => void): Promise<number | null>;
	/** A new sender takes over: what its predecessor was sending is due again. */
	recover(target: string): Promise<void>;
	/** Targets that have something to send, and when. */
	waiting(): Promise<{ target: string; nextAt: number; sending: boolean }[]>;
	/** Once per poll: rules that changed on another node, and what else is looked after now and then. */
	tick(): Promise<void>;
}
