import type { OutgoingChangePorts } from './outgoing-changes.js';
import type { Clock, Logger } from '../../kernel/ports.js';
import type { RemoteSource } from '../remote-source.js';
import type { ClaimedDelivery } from '../../delivery/ports.js';
import type { SyncResult } from '../../contract/sync-messages.js';
import type { WireRequest, WireResponse } from '../../kernel/core/wire.js';
import type { StoredAttempt } from '../../delivery/stored.js';

export interface SyncChannelPorts extends OutgoingChangePorts {
	clock: Clock;
	logger: Logger;
	/** This instance. */
	instance: string;
	/** Which instance is behind the source; null as long as nobody has asked it. */
	peer(target: string): string | null;
	/** Whether there is a Directus without the extension, as far as that is known, or can be found out. */
	isPlain(source: RemoteSource): Promise<boolean>;
	/** The source's instance has said who it is. */
	met(target: string, instance: string): Promise<void>;
	/** Why so many deletions may not go out just now; null where they may. */
	brake(target: string, deletes: ClaimedDelivery[]): Promise<Map<ClaimedDelivery, string>>;
	/** Told what the other side made of it: fields that it does not take are shown with the source. */
	refused(target: string, results: SyncResult[]): void;
	/** Told that the other side keeps something as a conflict. */
	conflictsChanged(target: string): void;
	/** Told the fingerprints of what the other side offers of these collections now. */
	offered(target: string, fingerprints: Record<string, string>): void;
	/** Sends the bytes of a file; throws with a code and a message where they were not taken. */
	sendFile(source: RemoteSource, file: string, sha256: string): Promise<void>;
	send(request: WireRequest, timeoutMs: number): Promise<WireResponse>;
	/**
	 * What was learnt of sources, each by its id and address. Grows. `most`: how many bytes a request may have; `packs`: who
	 * takes packed bodies.
	 */
	learnt: { most: Map<string, number>; packs: Set<string> };
	attempted(attempt: StoredAttempt): void;
	/** What waits for something else to arrive need not wait any longer. */
	hurryWaiting(target: string): Promise<void>;
	/** By `collection/key`, why the remote does not take an item until somebody decides; only items that wait. */
	parked(target: string, items: { collection: string; item: string }[]): Promise<Map<string, string>>;
	/** When something last arrived there, and when the two were last compared, in ms since 1970. */
	contact(target: string): Promise<{ lastSuccessAt: number | null; comparedAt: number | null }>;
	/** These rows are there: what failed because one of them was parked is sent again. */
	arrived(target: string, rows: { collection: string; sync_id: string }[]): Promise<void>;
}
