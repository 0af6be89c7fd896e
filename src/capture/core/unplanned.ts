import type { Step } from './item-change.js';

/** What happened to a row that is not planned yet. */
export interface Unplanned {
	/** The last of it, ms since 1970. */
	at: number;
	/** It was made then. */
	isNew: boolean;
	/** It was deleted then, whatever came after. */
	wasDeleted: boolean;
	/** All of it, in order. */
	steps: Step[];
}
