import type { MadeRow } from '../core/identity/made-id.js';
import type { SyncReads } from '../rows/sync-reads.js';
import type { NamedModel } from '../core/identity/natural-name.js';
import type { Identities } from '../core/wire/identities.js';
import type { SyncIdEntry } from '../core/merge/row-version.js';
import type { Row } from '../../kernel/core/row.js';

export interface IdentifyPorts {
	reads: SyncReads;
	/** What a collection's keys are, and how its items are known; null for one that is not there. */
	identityOf(collection: string): NamedModel | null;
	/** A new sync id; the same each time for a row that nothing but its number tells from others. */
	newId(made?: MadeRow): string;
	/** Whether a row was made here just now, as far as that is known: it has its number by chance. */
	isNew?(collection: string, key: string): boolean;
}

/** What rows and users of this instance are known by. */
export interface Known extends Pick<Identities, 'syncId' | 'userForm'> {
	/** Entries that the map does not have yet. */
	added: SyncIdEntry[];
	/** Entries whose row was made again under another key. */
	moved: SyncIdEntry[];
}

/** Rows of one collection, by key; null for a row that is not there any more. */
export type RowsByKey = Map<string, Row | null>;
