import type { Row } from '../../kernel/core/row.js';
import type { ConflictChoice } from '../core/merge/decide-by-hand.js';
import type { SyncModel } from '../core/rules/sync-model.js';
import type { RowState, WireValue } from '../core/merge/row-state.js';
import type { Cascade } from '../../capture/core/watch.js';
import type { ConflictKind, ConflictPolicy, DeletePolicy, EventName } from '../../contract/vocabulary.js';
import type { RowVersion, SyncIdEntry } from '../core/merge/row-version.js';
import type { SyncReads } from '../rows/sync-reads.js';
import type { Permitted, Refusal } from '../core/wire/permitted-change.js';
import type { MissingReference } from '../core/wire/identities.js';
import type { IdentifyPorts } from './identify-ports.js';

/** How one collection is taken in from one instance. */
export interface Intake {
	/** The fields that are taken; others are left out. */
	model: SyncModel;
	/** The fields that the sender may say a value for, which rows are given on arrival. */
	givable: SyncModel;
	conflict: ConflictPolicy;
	onDelete: DeletePolicy;
	/** Fields that find a row that was never synced. */
	match: string[];
	/** The user here who stands for users of the other side that are unknown here; null where there is none. */
	userFallback: string | null;
}

/** A conflict as it is kept: for the inbox, or as a record of what was decided by itself. */
export interface StoredConflict {
	id: string;
	status: 'open' | 'resolved' | 'automatic';
	kind: ConflictKind;
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

/** A row here that had never been synced, and how it was recognised as the one that is meant. */
export interface RecognisedRow {
	key: string;
	/** `key`: by its key; `ends`: a link, by what it links; `match`: by the values of these fields. */
	by: 'key' | 'ends' | 'match';
	fields: readonly string[];
}

/** Details about the rows of a batch that only previews show, by `collection/syncId`. */
export interface BatchDetails {
	recognised: ReadonlyMap<string, RecognisedRow>;
	/** References whose rows have not arrived. */
	awaits: ReadonlyMap<string, MissingReference[]>;
}

/** Everything that is written in one transaction. */
export interface ApplyTransaction {
	reads: SyncReads;
	openConflicts(versions: string[]): Promise<StoredConflict[]>;
	/** Open conflicts about unique values that rows of an instance have in common with other rows here. */
	openUniqueConflicts(peer: string): Promise<StoredConflict[]>;
	/** In the name of the user; Directus' permissions, validation, flows and hooks apply. Throws Directus' errors. */
	create(collection: string, values: Row): Promise<string>;
	update(collection: string, keys: string[], values: Row): Promise<void>;
	remove(collection: string, keys: string[]): Promise<void>;
	/** Throws as `update` does where the user may not update that row, and changes nothing. */
	assureMayUpdate(collection: string, key: string): Promise<void>;
	/** How many rows of a collection an instance has deleted here since then (ms since 1970), and how many there are. */
	deletions(collection: string, peer: string, since: number): Promise<{ recent: number; rows: number }>;
	/** Takes a value that is unique out of a row, past Directus: until it is written, still in this transaction. */
	takeOut(collection: string, key: string, field: string): Promise<void>;
	/** Puts such a value back, as the driver gave it. */
	putBack(collection: string, key: string, field: string, value: unknown): Promise<void>;
	keepIds(added: SyncIdEntry[], moved: SyncIdEntry[]): Promise<void>;
	/** Makes a row here known by this sync id, whatever either of them was before. */
	takeOver(entry: SyncIdEntry): Promise<void>;
	/** Ends a conflict as a user decided; false where it is not as it was read any more. */
	decide(conflict: StoredConflict, by: { user: string | null; use: ConflictChoice }): Promise<boolean>;
	keep(kept: {
		versions: RowVersion[];
		conflicts: StoredConflict[];
		/** Open conflicts that are settled, by id. */
		closed: string[];
		log: LogEntry[];
		/** Rows that everybody is to hear of although nothing of them was written. */
		touched: { collection: string; key: string }[];
		details?: BatchDetails;
	}): Promise<void>;
}

export interface ApplyPorts {
	instance: string;
	now(): number;
	newId: IdentifyPorts['newId'];
	/** The key of a row that others may know by this id since before this instance went back to a backup; null where there is none. */
	formerKey(collection: string, syncId: string): string | null;
	identityOf: IdentifyPorts['identityOf'];
	/** null where the collection is not there. */
	intakeOf(collection: string): Intake | null;
	/** What the user in whose name things are written may do. */
	accessOf(collection: string): Permitted;
	/** Why nothing of a collection is accepted from this sender, whatever its permissions; null if it is. */
	refusalOf(collection: string): Refusal | null;
	/** Where the bytes of new files are stored. */
	storage: string;
	/** Why a file of this type, or with so many bytes, is not kept here; null where it is. */
	refusesFile(file: { type?: unknown; size?: unknown }): Refusal | null;
	/** What the database does to rows of other collections when one of this collection goes. */
	cascadesOf(collection: string): readonly Cascade[];
	/** All fields of a collection that can be brought back; null where nothing of it ever is. */
	wholeOf(collection: string): SyncModel | null;
	/** Whether changes of a collection are recorded here. */
	records(collection: string): boolean;
	/** The remote source for the sending instance, where there is one. */
	target: string | null;
	/** The remote sources behind which these instances are. */
	targetsOf(instances: string[]): string[];
	/** Open questions about moves of an instance that would have put a row under itself; read outside of any transaction. */
	openCircles(peer: string): Promise<StoredConflict[]>;
	/** Does the work in one transaction in the user's name; what Directus tells others of it is told after commit. */
	transaction<T>(collection: string, work: (transaction: ApplyTransaction) => Promise<T>): Promise<T>;
}
