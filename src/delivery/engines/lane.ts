import type { Work } from '../engine.js';

/** The lane of the planner; the others have the ids of their targets. */
export const PLAN = 'plan';

/** The planner, or one target. */
export interface Lane {
	running: boolean;
	again: boolean;
	timer: NodeJS.Timeout | null;
	wakesAt: number;
	leasedUntil: number;
	/** Tells the running turn that there is more to send. */
	woken: (() => boolean) | null;
	/** Turns in a row whose results could not be stored. */
	unstored: number;
	/** When it may go on after that, in ms since 1970. */
	resumesAt: number;
	/** This node has found it long after it was due, without having been told. */
	found: boolean;
	/** The turn that runs, or ran last. */
	ended: Promise<void>;
}

export const newLane = (): Lane => ({
	running: false,
	again: false,
	timer: null,
	wakesAt: 0,
	leasedUntil: 0,
	woken: null,
	unstored: 0,
	resumesAt: 0,
	found: false,
	ended: Promise.resolve(),
});

/** Where targets are handed to whichever node has time for them. */
export interface Sharing {
	/** False where this node has to work on the target itself. */
	add(target: string): boolean;
	/** No node has worked on the target for long after it was due. */
	found(target: string): void;
	/** Once per poll: how many targets wait or are being sent to, and how many nodes share them. */
	looked(targets: number, nodes: number): void;
}

/** What all lanes of a node share. */
export interface NodeState {
	/** null before it starts and once it is stopped. */
	work: Work | null;
	/** How many nodes there are. */
	nodes: number;
	/** When the planner last ended, in ms since 1970. */
	plannedAt: number;
}
