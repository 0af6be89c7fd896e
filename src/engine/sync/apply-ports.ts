import type { Row } from '../../core/item-change.js';
import type { ConflictChoice } from '../../core/sync/decide-conflict.js';
import type { SyncModel } from '../../core/sync/sync-model.js';
import type { RowState, WireValue } from '../../core/sync/row-state.js';
import type { ConflictPolicy, DeletePolicy, EventName } from '../../core/vocabulary.js';
import type { RowVersion, SyncIdEntry } from '../../core/sync/row-version.js';
import type { SyncReads } from './sync-reads.js';
import type { IdentifyDoors } from './identify.js';

/** How one collection is taken in from one instance. */
export interface Intake {
	/** The fields that are taken; others are left out. */
	model: SyncModel;
	conflict: ConflictPolicy;
	onDelete: DeletePolicy;
	/** Fields that find a row that was never synced. */
	match: string[];
	/** The user here who stands for users of the other side that nobody knows; null where there is none. */
	userFallback: string | null;
}

/** What the user in whose name things are written may do with a collection; `*` = all of its fields. */
export interface WriteAccess {
	create: ReadonlySet<string>;
	update: ReadonlySet<string>;
	delete: boolean;
}

/** A conflict as it is kept: for the inbox, or as a record of what was decided by itself. */
export interface StoredConflict {
	id: string;
	status: 'open' | 'resolved' | 'automatic';
	kind: 'fields' | 'delete' | 'identity' | 'unique';
	/** The remote source, where there is one for that instance. */
	target: string | null;
	peer: string;
	/** `versionId` of the row. */
	version: string;
	collection: string;
	syncId: string;
	localKey: string | null;
	fields: { field: string; base: WireValue; here: WireValue; there: WireValue; took: 'here' | 'there' | 'held' }[];
	/** The other side's values that wait. */
	theirs: RowState | null;
	message: string;
	at: number;
}

/** What was written here because another instance said so: enough to take it back. */
export interface LogEntry {
	id: string;
	run: string;
	at: number;
	peer: string;
	collection: string;
	syncId: string;
	localKey: string | null;
	event: EventName;
	/** In wire form; null where there was no row, or is none. */
	before: Record<string, WireValue> | null;
	after: Record<string, WireValue> | null;
}

/** Everything that is written in one transaction. */
export interface ApplyTransaction {
	reads: SyncReads;
	openConflicts(versions: string[]): Promise<StoredConflict[]>;
	/** Open conflicts about unique values that rows of an instance have in common with other rows here. */
	openRivalries(peer: string): Promise<StoredConflict[]>;
	/** In the name of the user; Directus' permissions, validation, flows and hooks apply. Throws Directus' errors. */
	create(collection: string, values: Row): Promise<string>;
	update(collection: string, keys: string[], values: Row): Promise<void>;
	remove(collection: string, keys: string[]): Promise<void>;
	keepIds(added: SyncIdEntry[], moved: SyncIdEntry[]): Promise<void>;
	/** Makes a row here known by this sync id, whatever either of them was before. */
	takeOver(entry: SyncIdEntry): Promise<void>;
	/** Ends a conflict as somebody decided; false where it is not as it was read any more. */
	decide(conflict: StoredConflict, by: { user: string | null; use: ConflictChoice }): Promise<boolean>;
	keep(kept: {
		versions: RowVersion[];
		conflicts: StoredConflict[];
		/** Open conflicts that are settled, by id. */
		closed: string[];
		log: LogEntry[];
		/** Rows that everybody is to hear of although nothing of them was written. */
		touched: { collection: string; key: string }[];
	}): Promise<void>;
}

export interface ApplyDoors {
	instance: string;
	now(): number;
	newId(): string;
	identityOf: IdentifyDoors['identityOf'];
	/** null where the collection is not there. */
	intakeOf(collection: string): Intake | null;
	accessOf(collection: string): WriteAccess;
	/** Where the bytes of new files are stored. */
	storage: string;
	/** Whether changes of a collection are recorded here. */
	records(collection: string): boolean;
	/** The remote source for the sending instance, where there is one. */
	target: string | null;
	/** The remote sources behind which these instances are. */
	targetsOf(instances: string[]): string[];
	/** Does the work in one transaction in the user's name; what Directus tells others of it is told after commit. */
	transaction<T>(collection: string, work: (transaction: ApplyTransaction) => Promise<T>): Promise<T>;
}
