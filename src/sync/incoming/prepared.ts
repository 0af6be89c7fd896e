import type { Intake, StoredConflict, RecognisedRow } from './apply-ports.js';
import type { Row } from '../../kernel/core/row.js';
import type { RowVersion, RowRef } from '../core/merge/row-version.js';
import type { Unplanned } from '../../capture/core/unplanned.js';
import type { Known } from './identify-ports.js';
import type { SyncChange } from '../../contract/sync-messages.js';

/** All that is known here of the rows of a batch and of what they refer to, read before the first write. */
export interface Prepared {
	intakes: Map<string, Intake | null>;
	/** By collection and sync id, the key here; of rows that are here, or were. Grows as rows are created. */
	keys: Map<string, Map<string, string>>;
	/** By collection and sync id: rows that are here. Grows as rows are created. */
	existing: Map<string, Set<string>>;
	rows: Map<string, Map<string, Row>>;
	versions: Map<string, RowVersion>;
	/** Rows that were edited and whose change is not planned yet, by `collection/key`. */
	edited: Map<string, Unplanned>;
	open: Map<string, StoredConflict[]>;
	/** For values that are read here. */
	known: Known;
	/** Users here, by what they are known by. */
	users: Map<string, string>;
	/** Why it cannot be said which row is meant, and the only one here that may be, where there is one. */
	questions: Map<SyncChange, { message: string; item: string | null }>;
	/** Rows that were deleted here and made again, which are not planned yet. */
	back: RowRef[];
	/** Rows that were found by something else than their sync id, by `collection/syncId`. */
	recognised: Map<string, RecognisedRow>;
}
