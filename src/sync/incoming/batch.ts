import type { Row } from '../../kernel/core/row.js';
import type { RowState, WireValue } from '../core/merge/row-state.js';
import type { SyncChange, SyncResult } from '../../contract/sync-messages.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { Cascade } from '../../capture/core/watch.js';
import type { ApplyPorts, ApplyTransaction, RecognisedRow, LogEntry, StoredConflict } from './apply-ports.js';
import type { RowRef, RowVersion, SyncIdEntry } from '../core/merge/row-version.js';
import type { MissingReference } from '../core/wire/identities.js';
import type { Known } from './identify-ports.js';
import type { Prepared } from './prepared.js';

/** Who sent it, under which `webhook-id`. */
export interface Sender {
	instance: string;
	run: string;
	/** The open question, by id, whose waiting move is looked at again, as if it came now. */
	frees?: string;
	/** Set where a user here has decided a conflict. */
	decision?: {
		/** What of the row is decided, from its state with its edits stamped. */
		stateOf(local: RowState): RowState;
		/** The conflict that it ends, by id. */
		conflict: string;
		/** Skip matching: the decision already names the row, or says that it is a new one. */
		apart: boolean;
	};
}

/** What the rows of one transaction come to, kept until its end. */
export interface Batch {
	tx: ApplyTransaction;
	ports: ApplyPorts;
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
	/** Fields that differ from the agreed value on purpose; their values are read at the end. */
	overrides: Map<string, { collection: string; key: string; fields: Set<string> }>;
	/** Told which fields of a row were written, where values were taken out of rows. */
	written(collection: string, key: string, fields: Iterable<string>): void;
	/** What the database deletes or changes with the deletions of the batch. */
	along: Cascades;
	/** Deletions that wait for a decision because there are too many. */
	braked: ReadonlyMap<SyncChange, SyncResult>;
	/** Rows that were deleted, and are here again. */
	back: RowRef[];
	/** Rows that had never been synced, and what references wait for: by `collection/syncId`, for previews. */
	recognised: Map<string, RecognisedRow>;
	awaits: Map<string, MissingReference[]>;
}

/** A row of this instance that the database deletes, or one of whose references it empties, when another row goes. */
export interface DependentRow {
	collection: string;
	key: string;
	row: Row;
	/** The reference to the deleted row. */
	field: string;
	effect: Cascade['effect'];
	model: SyncModel;
}

/** Rows that are deleted or changed with the deletions of a batch. */
export interface Cascades {
	/** All that goes along with a row, over any number of collections, as far as it has not gone by itself. */
	with(collection: string, key: string): DependentRow[];
	/** A row has been deleted. */
	noteDeleted(collection: string, key: string): void;
	known: Known;
}

/** One row as it is here, its own edits stamped. */
export interface LocalRow {
	key: string | null;
	row: Row | null;
	version: RowVersion;
	state: RowState;
	/** null where there is no row. */
	read: Record<string, WireValue> | null;
	/** Fields by which the row would be under itself. */
	circles?: ReadonlySet<string>;
	/** Fields that say something else than what is agreed, without anybody having recorded a change. */
	drifted: string[];
}
