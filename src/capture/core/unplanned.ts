import type { EventName } from '../../contract/vocabulary.js';
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
	/** The row as it is now was made here, and not received; null where that is not so, or planned already. */
	madeHere: MadeHere | null;
}

/** The outbox' number of a creation, and the last deletion of a row with the same key before it; null where none is left. */
export interface MadeHere {
	id: number;
	after: { id: number; at: number } | null;
}

interface RecordedStep extends Step {
	id: number;
	event: EventName;
	/** As in `RecordedChange`. */
	received: boolean;
}

/** @param steps at least one, in order */
export function unplannedOf(steps: readonly RecordedStep[]): Unplanned {
	let deleted: MadeHere['after'] = null;
	let madeHere: MadeHere | null = null;
	for (const { id, at, event, received } of steps) {
		if (event === 'update') continue;
		madeHere = event === 'create' && !received ? { id, after: deleted } : null;
		if (event === 'delete') deleted = { id, at };
	}
	return {
		at: steps.at(-1)?.at ?? 0,
		isNew: steps.some(({ event }) => event === 'create'),
		wasDeleted: deleted !== null,
		steps: steps.map(({ at, fields }) => ({ at, fields })),
		madeHere,
	};
}
