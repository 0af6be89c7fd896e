import type { Step } from './item-change.js';

/** The recorded changes of a row that are not planned yet, taken together. */
export interface Unplanned {
	/** When the last one was made, ms since 1970. */
	at: number;
	/** One of them created the row. */
	isNew: boolean;
	/** One of them deleted it, even if it was created again afterwards. */
	wasDeleted: boolean;
	/** In order. */
	steps: Step[];
}
