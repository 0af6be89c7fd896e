import type { Row } from '../../core/item-change.js';
import type { RowState, WireValue } from '../../core/sync/row-state.js';
import type { ApplyDoors, ApplyTransaction, LogEntry, StoredConflict } from './apply-ports.js';
import type { Prepared } from './prepare-apply.js';
import type { RowRef, RowVersion, SyncIdEntry } from '../../core/sync/row-version.js';

/** Who sent it, under which `webhook-id`. */
export interface Sender {
	instance: string;
	run: string;
	/** Set where somebody here has decided a conflict. */
	decision?: {
		/** What of the row is decided, from its state with its edits stamped. */
		stateOf(here: RowState): RowState;
		/** The conflict that it ends, by id. */
		conflict: string;
		/** Which row it is, is known, or it is one of its own: none is looked for by its fields. */
		apart: boolean;
	};
}

/** What the rows of one transaction come to, kept until its end. */
export interface Batch {
	tx: ApplyTransaction;
	doors: ApplyDoors;
	from: Sender;
	ready: Prepared;
	versions: Map<string, RowVersion>;
	added: SyncIdEntry[];
	moved: SyncIdEntry[];
	conflicts: StoredConflict[];
	closed: string[];
	log: LogEntry[];
	/** Rows whose decision everybody has to hear of although nothing was written. */
	touched: { collection: string; key: string }[];
	/** Fields that hold something else than what is agreed, on purpose: what, is read at the end. */
	overrides: Map<string, { collection: string; key: string; fields: Set<string> }>;
	/** Rows that were deleted, and are here again. */
	back: RowRef[];
}

/** One row as it is here, its own edits stamped. */
export interface Here {
	key: string | null;
	row: Row | null;
	version: RowVersion;
	state: RowState;
	/** null where there is no row. */
	read: Record<string, WireValue> | null;
	/** Fields that say something else than what is agreed, without anybody having recorded a change. */
	drifted: string[];
}
